"""Structures of the APIs."""

from __future__ import annotations

from wharf._errors import invalid
from wharf._wharf import JsonText, Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from wharf._wharf import Received

_HIDDEN = "[hidden]"


class Structure:
    """A structure of an API: an output, a part of one, or a part of an input.

    Its fields are attributes, `None` where the service left them out. Two structures are equal when they have the same
    class and equal fields.
    """

    # The metadata of the call is stored separately from the fields.
    __slots__ = ("__dict__", "__weakref__", "_response")

    _response: Received

    # Name on the wire, and whether it is a secret, by the name of the attribute.
    _members: ClassVar[dict[str, tuple[str, bool]]] = {}

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, **members: Any) -> None:
        for name in members:
            if name not in self._members:
                raise invalid(name, f"is no member of {type(self).__name__}")
        self.__dict__.update(members)

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            # Fields without a value are not stored.
            if name in type(self)._members:
                return None
            raise AttributeError(f"{type(self).__name__!r} has no member {name!r}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._members})

    def to_dict(self, *, wire_names: bool = False, expose_secrets: bool = False) -> dict[str, Any]:
        """Returns the fields that have a value, as plain Python values at every depth.

        Secrets and JSON documents in strings stay `Secret` and `JsonText`, which hide their contents. With
        `expose_secrets` they are `str`. With `wire_names` the keys are the API's names.
        """
        return {
            (self._members[name][0] if wire_names else name): _plain(value, wire_names, expose_secrets)
            for name, value in self.__dict__.items()
            if value is not None and name in self._members
        }

    def _wire(self) -> dict[str, Any]:
        return {
            self._members[name][0]: value
            for name, value in self.__dict__.items()
            if value is not None and name in self._members
        }

    def _given(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if value is not None}

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Structure)
        return self._given() == other._given()

    def __repr__(self) -> str:
        members = self._members
        parts = (
            f"{name}={_HIDDEN if members.get(name, ('', False))[1] else _shown(value)}"
            for name, value in self._given().items()
        )
        return f"{type(self).__name__}({', '.join(parts)})"

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


def _shown(value: Any) -> str:
    """Returns a value for people. A free map may contain JSON documents, which are never shown."""
    if not isinstance(value, dict):
        return repr(value)
    document = ("{", "[")
    parts = (
        f"{name!r}: {_HIDDEN if isinstance(item, str) and item.lstrip().startswith(document) else repr(item)}"
        for name, item in value.items()
    )
    return f"{{{', '.join(parts)}}}"


def _plain(value: Any, wire_names: bool, expose: bool) -> Any:
    if isinstance(value, Structure):
        return value.to_dict(wire_names=wire_names, expose_secrets=expose)
    if isinstance(value, list):
        return [_plain(item, wire_names, expose) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item, wire_names, expose) for name, item in value.items()}
    if expose and isinstance(value, Secret):
        return value.expose()
    if expose and isinstance(value, JsonText):
        return value.text
    return value
