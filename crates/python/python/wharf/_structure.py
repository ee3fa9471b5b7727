"""Structures of the APIs."""

from __future__ import annotations

from wharf._errors import invalid
from wharf._wharf import JsonText, Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, ClassVar

    from wharf._wharf import Received

HIDDEN = "[hidden]"


# Facts about a member that is not known.
UNKNOWN = ("", False, False)


# Signature of a class, made on access.
class _Signature:
    __slots__ = ()

    def __get__(self, instance: object, owner: type[Structure]) -> Any:
        if instance is not None or not owner._members:
            raise AttributeError("__signature__")
        from wharf._signature import of_structure

        return of_structure(owner)


class Structure:
    """A structure of an API: an output, a part of one, or a part of an input.

    Its fields are attributes, `None` where the service left them out. Two structures are equal when they have the same
    class and equal fields.
    """

    # The metadata of the call is stored separately from the fields.
    __slots__ = ("__dict__", "__weakref__", "_response")

    _response: Received

    # Name on the wire, whether it is never shown, and whether it is a secret, by the name of the attribute.
    _members: ClassVar[dict[str, tuple[str, bool, bool]]] = {}

    __signature__ = _Signature()

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, **members: Any) -> None:
        for name in members:
            if name not in self._members:
                raise invalid(name, f"is no member of {type(self).__name__}{did_you_mean(name, self._members)}")
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
        """Returns the fields that have a value, as values that `json.dumps` takes: `dict`, `list`, `str`, `int`, `float`,
        `bool` and `None`.

        A secret is the text `[hidden]`, and so is a member of a JSON document whose name speaks of a secret. A JSON document
        in a string is parsed, and stays text if it is not JSON. A time is the API's text.

        Args:
            wire_names: Whether the result is as the API has it: its names, and documents in strings as text.
            expose_secrets: Whether secrets are plaintext.
        """
        return {
            (self._members[name][0] if wire_names else name): plain(
                value, wire_names, expose_secrets, self._members[name][2]
            )
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
            f"{name}={HIDDEN if members.get(name, UNKNOWN)[1] else shown(value)}"
            for name, value in self._given().items()
        )
        return f"{type(self).__name__}({', '.join(parts)})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        """Shows the members in the package `rich`."""
        from wharf._display import shown_members

        return shown_members(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from wharf._display import pretty

        pretty(self, printer, cycle)

    def _repr_html_(self) -> str:
        from wharf._display import html

        return html(self)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


def shown(value: Any) -> str:
    """Returns a value for people. A free map may contain JSON documents, which are never shown."""
    if not isinstance(value, dict):
        return repr(value)
    document = ("{", "[")
    parts = (
        f"{name!r}: {HIDDEN if isinstance(item, str) and item.lstrip().startswith(document) else repr(item)}"
        for name, item in value.items()
    )
    return f"{{{', '.join(parts)}}}"


def plain(value: Any, wire_names: bool, expose: bool, secret: bool = False) -> Any:
    """Returns a value of this package as plain values. Texts below a secret are hidden. Objects of other types stay."""
    if isinstance(value, Structure):
        if not secret:
            return value.to_dict(wire_names=wire_names, expose_secrets=expose)
        value = value._wire() if wire_names else value._given()
    if isinstance(value, str):
        return HIDDEN if secret and not expose else str.__str__(value)
    if isinstance(value, (list, tuple)):
        return [plain(item, wire_names, expose, secret) for item in value]
    if isinstance(value, dict):
        return {name: plain(item, wire_names, expose, secret) for name, item in value.items()}
    if isinstance(value, Secret):
        return value.expose() if expose else HIDDEN
    if isinstance(value, JsonText):
        if secret and not expose:
            return HIDDEN
        return _parsed(value, wire_names, expose)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    names = getattr(type(value), "_plain_members", None)
    if names is not None:
        return {name: plain(getattr(value, name), wire_names, expose) for name in names}
    return value


# Parts of names that speak of secrets, in documents whose members no API describes.
_SECRET_WORDS = ("credential", "passw", "privatekey", "secret", "token", "userdata")


def _parsed(document: JsonText, as_text: bool, expose: bool) -> Any:
    """Returns a document parsed or as text. Members whose names speak of secrets are hidden."""
    try:
        parsed = document.parse()
    except ValueError:
        return document.text
    masked = parsed if expose else _masked(parsed)
    if not as_text:
        return masked
    if masked == parsed:
        return document.text
    import json

    return json.dumps(masked)


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if isinstance(value, dict):
        return {name: HIDDEN if _is_secret(name) and item is not None else _masked(item) for name, item in value.items()}
    return value


def _is_secret(name: str) -> bool:
    plain_name = name.lower().replace("_", "").replace("-", "")
    return any(word in plain_name for word in _SECRET_WORDS)


def did_you_mean(name: str, known: Iterable[str], shown: Callable[[str], str] = str) -> str:
    """Returns the end of a message about an unknown name: the most similar known name, if there is one."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.7)
    return f"; did you mean {shown(near[0])}?" if near else ""
