"""Responses of successful calls, and requests that are signed but not sent."""

from __future__ import annotations

from types import GenericAlias

from wharf._errors import Attempt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Generic, TypeVar

    from wharf._structure import Structure
    from wharf._wharf import Received

    _T_co = TypeVar("_T_co", covariant=True)
    _S = TypeVar("_S", bound=Structure)

    class _Of(Generic[_T_co]): ...

else:

    class _Of:
        __slots__ = ()
        __class_getitem__ = classmethod(GenericAlias)


class Response(_Of["_T_co"]):
    """The response of a successful call: the output, and its HTTP and service metadata.

    `wharf.Response.of(output)` is the response of an output:

        cluster = tke.clusters.create_cluster(...)
        print(wharf.Response.of(cluster).request_id)
    """

    __slots__ = ("_received", "output")

    _plain_members = ("request_id", "status", "headers", "attempts", "problems", "output")

    output: _T_co
    """The output of the operation."""

    def __init__(self, output: _T_co, received: Received, /) -> None:
        self.output, self._received = output, received

    if TYPE_CHECKING:

        @staticmethod
        def of(output: _S, /) -> Response[_S]:
            """Returns the response of an output. Raises `ValueError` for a structure that no call returned, for example
            a part of an output, or a structure that was copied or pickled."""

    else:

        @staticmethod
        def of(output, /):
            """Returns the response of an output. Raises `ValueError` for a structure that no call returned, for example
            a part of an output, or a structure that was copied or pickled."""
            received = getattr(output, "_response", None)
            if received is None:
                raise ValueError(f"this {type(output).__name__} is not what a call returned")
            return Response(output, received)

    @property
    def request_id(self) -> str | None:
        """The service's identifier of the request. Quote it in support requests."""
        return self._received.request_id

    @property
    def status(self) -> int:
        """HTTP status."""
        return self._received.status

    @property
    def headers(self) -> dict[str, str]:
        """HTTP headers, names in lower case, several values joined by commas."""
        return self._received.headers

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Failed attempts before the successful one, oldest first."""
        return tuple(Attempt(*attempt) for attempt in self._received.attempts)

    @property
    def problems(self) -> list[str]:
        """Fields that could not be read, with the reasons. They are left out of the output, or read with the loss that
        the reason states."""
        return self._received.problems

    def __repr__(self) -> str:
        return f"Response(status={self.status}, request_id={self.request_id!r})"


class SignedRequest:
    """A request that is signed but not sent, for another HTTP client. It contains the secrets of the input and of the
    credentials: do not log it."""

    __slots__ = ("body", "headers", "method", "url")

    method: str
    """HTTP method."""
    url: str
    """Full URL."""
    headers: dict[str, str]
    """HTTP headers, names in lower case. All of them must be sent unchanged."""
    body: bytes
    """Body. It must be sent unchanged."""

    def __init__(self, method: str, url: str, headers: dict[str, str], body: bytes, /) -> None:
        self.method, self.url, self.headers, self.body = method, url, headers, body

    def __repr__(self) -> str:
        return f"SignedRequest({self.method!r}, {self.url.partition('?')[0]!r})"
