"""Methods of clients and connections. Each is an object that acts as a method: its docstring and signature are made on
access."""

from __future__ import annotations

from types import MethodType

from wharf._calls import AsyncCall, AsyncPagedCall, AsyncWait, teller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from inspect import Signature
    from typing import Any

    from wharf._wharf import Operation, Pending, _Waiter

# Options of every waiter, in addition to its arguments.
_WAIT_OPTIONS = ("timeout", "poll_interval", "max_poll_interval", "grace")


def docstring(module: str, name: str, function: str | None = None) -> str | None:
    """Returns the docstring that the stubs have for a class, or for a function of a class."""
    from wharf import _docs

    return _docs.docstring(module, name, function)


class _Named:
    def __init__(self, name: str, module: str, owner: str) -> None:
        self.__name__ = name
        self.__qualname__ = f"{owner}.{name}"
        self.__module__ = module

    def __get__(self, client: Any, owner: type | None = None) -> Any:
        return self if client is None else MethodType(self, client)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"<function {self.__qualname__}>"

    def _docstring(self) -> str | None:
        return docstring(self.__module__, *self.__qualname__.split("."))

    __doc__ = property(_docstring)

    @property
    def __signature__(self) -> Signature:
        from wharf._signature import of_method

        owner, name = self.__qualname__.split(".")
        return of_method(self.__module__, owner, name, *self._parameters())

    def _parameters(self) -> tuple[list[str], list[tuple[str, bool]]]:
        """Returns the parameters that can be positional, and the others, with whether they are required."""
        raise NotImplementedError

    def _unnamed(self) -> TypeError:
        """Returns the error for arguments without a name."""
        names = [f"{name}=..." for name, needed in self._parameters()[1] if needed]
        example = f": {self.__name__}({', '.join(names)})" if names else ""
        return TypeError(f"{self.__name__}() takes arguments by name{example}")


# An operation.
class Method(_Named):
    __doc__ = _Named.__doc__

    def __init__(self, operation: Operation, module: str, owner: str) -> None:
        super().__init__(operation.method, module, owner)
        self._operation = operation

    def __call__(self, client: Any, /, *positional: Any, **arguments: Any) -> Any:
        if positional:
            raise self._unnamed()
        answer, pager = client._core.execute(self._operation, arguments)
        if pager is not None:
            answer._pager = pager
        return answer

    def _parameters(self) -> tuple[list[str], list[tuple[str, bool]]]:
        return [], self._operation.arguments


# An operation for `asyncio`.
class AsyncMethod(Method):
    __doc__ = _Named.__doc__

    def __call__(self, client: Any, /, *positional: Any, **arguments: Any) -> AsyncCall[Any]:
        if positional:
            raise self._unnamed()
        call = client._core.prepare(self._operation, arguments)
        way = self._operation.items
        return AsyncCall(call) if way is None else AsyncPagedCall(call, tuple(way))


# A waiter.
class Wait(_Named):
    __doc__ = _Named.__doc__

    def __init__(self, waiter: _Waiter, module: str, owner: str) -> None:
        self._waiter, _, method, _, arguments, _ = waiter
        super().__init__(method, module, owner)
        self._arguments = [name for name, _ in arguments]

    def _parameters(self) -> tuple[list[str], list[tuple[str, bool]]]:
        return self._arguments, [(name, False) for name in (*_WAIT_OPTIONS, "on_progress")]

    def _given(self, positional: tuple[Any, ...], arguments: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        if len(positional) > len(self._arguments):
            raise TypeError(f"{self.__name__}() takes {len(self._arguments)} arguments without a name")
        for name, value in zip(self._arguments, positional):
            if name in arguments:
                raise TypeError(f"{self.__name__}() got {name} twice")
            arguments[name] = value
        return arguments, teller(arguments.pop("on_progress", None))

    def __call__(self, client: Any, /, *positional: Any, **arguments: Any) -> Any:
        given, on_progress = self._given(positional, arguments)
        return client._core.wait(self._waiter, given, on_progress)


# A waiter for `asyncio`.
class AsyncWaitMethod(Wait):
    __doc__ = _Named.__doc__

    def __call__(self, client: Any, /, *positional: Any, **arguments: Any) -> AsyncWait[Any]:
        given, on_progress = self._given(positional, arguments)

        def begin() -> Pending:
            return client._core.wait_async(self._waiter, given, on_progress)  # type: ignore[no-any-return]

        return AsyncWait(begin)


# The constructor of a connection, which names the options.
class Init(_Named):
    __doc__ = _Named.__doc__

    def __init__(self, module: str, owner: str, options: tuple[str, ...], connect: Callable[..., None]) -> None:
        super().__init__("__init__", module, owner)
        self._options, self._connect = options, connect

    def __call__(self, connection: Any, /, *positional: Any, **options: Any) -> None:
        if positional:
            raise TypeError(f"{type(connection).__name__}() takes options by name: {type(connection).__name__}(region=...)")
        self._connect(connection, **options)

    def _parameters(self) -> tuple[list[str], list[tuple[str, bool]]]:
        return [], [(name, False) for name in self._options]


class Homes:
    """The clients of a product that have a method, for messages about unknown names."""

    __slots__ = ("_clients",)

    def __init__(self, bodies: dict[str, dict[str, Any]]) -> None:
        self._clients: dict[str, list[str]] = {}
        for client, methods in sorted(bodies.items()):
            for method in methods:
                self._clients.setdefault(method, []).append(client)

    def missing(self, owner: type, name: str) -> AttributeError:
        """Returns the error of an attribute that does not exist."""
        text = f"{owner.__name__!r} object has no attribute {name!r}"
        clients = [client for client in self._clients.get(name, ()) if client]
        if clients:
            places = " and of ".join(f"`{client}`" for client in clients)
            return AttributeError(f"{text}: it is a method of {places}")
        if name.startswith("_"):
            return AttributeError(text)
        from wharf._structure import did_you_mean

        known = {method: ".".join([*clients[:1], method]) for method, clients in self._clients.items()}
        known.update((attribute, attribute) for attribute in dir(owner) if not attribute.startswith("_"))
        return AttributeError(text + did_you_mean(name, known, known.__getitem__))
