"""Value types."""

from __future__ import annotations

from wharf._errors import invalid
from wharf._wharf import Secret, seconds_since_1970

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any, TypeAlias, TypedDict, type_check_only

    from typing_extensions import Required

    from wharf._structure import Structure
    from wharf._wharf import JsonText

    # A JSON document in a string: a ready text, or the data it is written from, by the API's names.
    _JsonDocument: TypeAlias = str | JsonText | Structure | Mapping[str, Any] | Sequence[Any]

    @type_check_only
    class CredentialsDict(TypedDict, total=False):
        """A key, its secret, and the session token of a temporary key."""

        id: Required[str]
        secret: Required[str | Secret]
        token: str | Secret

    @type_check_only
    class RetryOptions(TypedDict, total=False):
        """Retry options; delays in seconds."""

        max_attempts: int
        base_delay: float
        throttled_delay: float
        max_delay: float


class Timestamp(str):
    """A point in time as the API wrote it, kept unchanged. `datetime` reads it."""

    __slots__ = ("_ahead",)

    _ahead: int

    def __new__(cls, text: str = "", _ahead: int = 0) -> Timestamp:
        self = super().__new__(cls, text)
        self._ahead = _ahead
        return self

    @property
    def datetime(self) -> datetime | None:
        """The instant, with a time zone; `None` if the text is not a time.

        A time without a zone is in the zone that the field's document states, or else in UTC.
        """
        seconds = seconds_since_1970(self, self._ahead)
        if seconds is None:
            return None
        from datetime import datetime, timedelta, timezone

        return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)

    def __repr__(self) -> str:
        return f"Timestamp({super().__repr__()})"


class Other(str):
    """A value that the enumeration of an input does not list, for example one that only a newer service knows.

        tke.clusters.create_cluster(cluster_type=wharf.Other("EDGE_CLUSTER"), ...)

    At run time an input takes every text; type checkers accept a listed value or this.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Other({super().__repr__()})"


class Credentials:
    """A key, its secret, and the session token of a temporary key, with its expiry."""

    __slots__ = ("id", "secret", "token", "expiration")

    _plain_members = ("id", "secret", "token", "expiration")

    id: str
    """The key's identifier. Not a secret."""
    secret: Secret
    """The key's secret."""
    token: Secret | None
    """The session token."""
    expiration: datetime | None
    """Expiry of the key, with a time zone. `None` for a key that does not expire."""

    def __init__(
        self, id: str, secret: str | Secret, token: str | Secret | None = None, expiration: datetime | None = None
    ) -> None:
        self.id = id
        self.secret = secret if isinstance(secret, Secret) else Secret(secret)
        self.token = token if token is None or isinstance(token, Secret) else Secret(token)
        if expiration is not None and expiration.tzinfo is None:
            raise invalid("expiration", "is a datetime without a time zone")
        self.expiration = expiration

    def __repr__(self) -> str:
        return f"Credentials(id={self.id!r}, secret=[hidden]{', token=[hidden]' if self.token else ''})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Credentials):
            return NotImplemented
        return self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[str, Secret, Secret | None, datetime | None]:
        return self.id, self.secret, self.token, self.expiration


def wire_time(value: object, way: str) -> str | None:
    """Returns a `datetime` as the APIs take it, or `None` for a value of another type. Called by the extension
    module."""
    from datetime import datetime, timezone

    if not isinstance(value, datetime):
        return None
    if value.tzinfo is None:
        raise invalid(way, "is a datetime without a time zone")
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
