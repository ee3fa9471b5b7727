"""Faults of the reference server, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wharf import _wharf


class Faults:
    """Faults for tests.

    Each method adds a fault. It applies to every call, or only to the calls that its arguments select: of a `product`,
    an `operation` or an `account`, at most `times` calls, after the first `after` ones. Of the faults on the wire one
    applies per call, in the order in which they were added; delays, replaced outputs and wrong totals apply
    additionally. At most 1,000 faults are pending; one more removes the oldest.
    """

    __slots__ = ("_core",)

    def __init__(self, core: _wharf.Server) -> None:
        self._core = core

    def throttle(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Refuses the call because of too many calls, with the code that the product documents for that."""
        self._add("throttle", None, None, product, operation, account, times, after)

    def refuse(
        self,
        code: str,
        message: str = "",
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Refuses the call with this code; the world does not act."""
        self._add("refuse", code, message, product, operation, account, times, after)

    def http_status(
        self,
        status: int,
        retry_after: int | None = None,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Responds with an HTTP status and a page of text, as a proxy would; the world does not act."""
        self._add("http_status", status, retry_after, product, operation, account, times, after)

    def cut_before(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Cuts the connection before the body is read; the world does not act."""
        self._add("cut_before", None, None, product, operation, account, times, after)

    def cut_after(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Cuts the connection after the world has acted: the response is lost."""
        self._add("cut_after", None, None, product, operation, account, times, after)

    def garbage(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and responds with text that is not JSON."""
        self._add("garbage", None, None, product, operation, account, times, after)

    def empty(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and responds without a body."""
        self._add("empty", None, None, product, operation, account, times, after)

    def content_type(
        self,
        content_type: str = "text/html",
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and responds with this content type instead of its own."""
        self._add("content_type", content_type, None, product, operation, account, times, after)

    def compressed(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and compresses the response with gzip, whether the request accepts that or not."""
        self._add("compressed", None, None, product, operation, account, times, after)

    def drip(
        self,
        bytes: int = 1,
        pause: float = 0.1,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and sends the body slowly: so many bytes at a time, and a pause in seconds between them."""
        self._add("drip", bytes, pause, product, operation, account, times, after)

    def expired_token(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Refuses calls with a token, because it has expired: of temporary credentials or of the identity service."""
        self._add("expired_token", None, None, product, operation, account, times, after)

    def truncate(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and cuts the connection in the middle of the response."""
        self._add("truncate", None, None, product, operation, account, times, after)

    def delay(
        self,
        seconds: float,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and delays the response."""
        self._add("delay", seconds, None, product, operation, account, times, after)

    def total(
        self,
        total: int,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Responds with this number as the total of items."""
        self._add("total", total, None, product, operation, account, times, after)

    def answer(
        self,
        answer: Mapping[str, Any] | Callable[[dict[str, Any]], Mapping[str, Any]],
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Replaces the output of the world, by the API's names and without a request id: a `dict`, or a function that
        gets the parameters and returns one. The function may raise `Refusal`."""
        self._add("answer", answer, None, product, operation, account, times, after)

    def clear(self) -> None:
        """Removes all faults and resets the clock."""
        self._core.clear_faults()

    @property
    def waiting(self) -> int:
        """Returns the number of waiting faults; a fault without `times` waits forever."""
        return self._core.waiting_faults()

    def skew_clock(self, seconds: int) -> None:
        """Sets the server's clock for signature checks wrong by this number of seconds."""
        self._core.skew_clock(seconds)

    def _add(
        self,
        kind: str,
        value: object,
        second: object,
        product: str | None,
        operation: str | None,
        account: str | None,
        times: int | None,
        after: int | None,
    ) -> None:
        self._core.add_fault(
            kind, value, second, product=product, operation=operation, account=account, times=times, after=after
        )
