"""Calls for `asyncio`."""

from __future__ import annotations

from collections.abc import Coroutine
from types import GenericAlias

from wharf._paging import Items, Pages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any, Generic, TypeVar

    from wharf._wharf import Call, Pending

    _T_co = TypeVar("_T_co", covariant=True)
    _P_co = TypeVar("_P_co", covariant=True)

    class _Awaited(Coroutine[Any, Any, _T_co], Generic[_T_co]): ...

    class _AwaitedPage(_Awaited[_P_co], Generic[_P_co, _T_co]): ...

else:

    class _Awaited(Coroutine):
        __slots__ = ()
        __class_getitem__ = classmethod(GenericAlias)

    _AwaitedPage = _Awaited


class Progress:
    """State of a resource during a wait."""

    __slots__ = ("state", "text")

    _plain_members = ("text", "state")

    text: str
    """For people: the state and further details (`Creating`, `1 of 2 running`)."""
    state: Any
    """For programs: the state as `str`, or a `dict` with its parts."""

    def __init__(self, text: str, state: Any) -> None:
        self.text, self.state = text, state

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Progress({self.text!r}, {self.state!r})"


def teller(on_progress: Callable[[Progress], object] | None) -> Callable[[str, Any], object] | None:
    """Returns the callback as the extension module calls it."""
    return None if on_progress is None else lambda text, state: on_progress(Progress(text, state))


class AsyncWork(_Awaited["_T_co"]):
    """An object that can be awaited once. It can be made a task; cancelling the task cancels the work."""

    __slots__ = ("_running",)

    def _start(self) -> Pending:
        raise NotImplementedError

    def _finish(self, result: Any) -> _T_co:
        return result  # type: ignore[no-any-return]

    def __await__(self) -> Generator[Any, Any, _T_co]:
        pending = self._start()
        try:
            result = yield from pending.future.__await__()
        finally:
            # Does nothing if it is done.
            pending.cancel()
        return self._finish(result)

    def _steps(self) -> Generator[Any, Any, _T_co]:
        running: Generator[Any, Any, _T_co] | None = getattr(self, "_running", None)
        if running is None:
            running = self._running = self.__await__()
        return running

    def send(self, value: Any, /) -> Any:
        """Runs a step, as of every coroutine."""
        return self._steps().send(value)

    def throw(self, *error: Any) -> Any:
        """Raises an exception at the point of suspension, as of every coroutine."""
        return self._steps().throw(*error)

    def close(self) -> None:
        """Cancels the work."""
        self._steps().close()


class AsyncCall(AsyncWork["_T_co"]):
    """A call that is made when it is awaited. Its input is already checked."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def _start(self) -> Pending:
        return self._call.start()

    def _finish(self, result: Any) -> _T_co:
        answer, pager = result
        if pager is not None:
            answer._pager = pager
        return answer  # type: ignore[no-any-return]


class AsyncPagedCall(AsyncCall["_P_co"], _AwaitedPage["_P_co", "_T_co"]):
    """A call of a paged operation. Await it for the first page only, or iterate over `items()` or `pages()`."""

    __slots__ = ("_way",)

    def __init__(self, call: Call, way: tuple[str, ...]) -> None:
        super().__init__(call)
        self._way = way

    def items(self) -> Items[_T_co]:
        """Returns the items of all pages, fetched on demand, for `async for`. Pages are as large as the API allows
        unless the call sets a size."""
        return Items(self._call.pages(), self._way)

    def pages(self) -> Pages[_P_co]:
        """Returns the pages, fetched on demand, for `async for`."""
        return Pages(self._call.pages())


class AsyncWait(AsyncWork["_T_co"]):
    """A waiter that waits when it is awaited."""

    __slots__ = ("_begin",)

    def __init__(self, begin: Callable[[], Pending]) -> None:
        self._begin = begin

    def _start(self) -> Pending:
        return self._begin()


class AsyncParts(AsyncWait["_T_co"]):
    """Work whose result is several values, from which an object is made."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[..., _T_co], begin: Callable[[], Pending]) -> None:
        super().__init__(begin)
        self._make = make

    def _finish(self, result: Any) -> _T_co:
        return self._make(*result)
