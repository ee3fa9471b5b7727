"""Plain values and records."""

from __future__ import annotations

from wharf._structure import Structure, plain
from wharf._values import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from wharf._paging import ItemPage


def to_plain(value: Any, *, wire_names: bool = False, expose_secrets: bool = False) -> Any:
    """Returns any value of this package as values that `json.dumps` takes: `dict`, `list`, `str`, `int`, `float`, `bool`
    and `None`.

    Takes structures, lists and dicts of them, errors, responses, progress, and the calls of a test server. It can be the
    `default` of `json.dumps`. A time is text in the format of ISO 8601, or as the API wrote it. Secrets are `[hidden]`.

    Args:
        value: The value.
        wire_names: Whether structures are as the API has them: its names, and documents in strings as text.
        expose_secrets: Whether secrets are plaintext.

    Raises:
        TypeError: If the value is of another type.
    """
    made = plain(value, wire_names, expose_secrets)
    if made is value and not isinstance(value, (str, int, float, type(None))):
        raise TypeError(f"object of type {type(value).__name__} is no value of wharf")
    return made


def to_records(
    items: Iterable[Structure | Mapping[str, Any]] | ItemPage[Any], *, separator: str = ".", expose_secrets: bool = False
) -> list[dict[str, Any]]:
    """Returns structures as flat records, for `pandas.DataFrame` and `csv.DictWriter`.

        pandas.DataFrame(wharf.to_records(tke.clusters.describe_clusters().items()))

    Nested structures become columns with the names on the path (`cluster_network_settings.vpc_id`). Lists stay lists of
    plain values. Times are `datetime` with a time zone; a time that cannot be read stays text. Secrets are `[hidden]`.
    All records have the same columns, `None` where a structure has no value.

    Args:
        items: The structures, or the output of a paged operation, which counts as the items of all its pages.
        separator: Text between the names of a path.
        expose_secrets: Whether secrets are plaintext.
    """
    from wharf._paging import ItemPage

    records = []
    for item in items.iter_items() if isinstance(items, ItemPage) else items:
        record: dict[str, Any] = {}
        _flatten(item, "", separator, expose_secrets, record)
        records.append(record)
    # A dict has the columns in the order in which they were first seen.
    columns = dict.fromkeys(name for record in records for name in record)
    return [{name: record.get(name) for name in columns} for record in records]


def _flatten(value: Any, path: str, separator: str, expose: bool, record: dict[str, Any]) -> None:
    if isinstance(value, Structure):
        members = value._members
        value = {
            name: plain(member, False, expose, True) if name in members and members[name][2] else member
            for name, member in value._given().items()
        }
    elif isinstance(value, Timestamp):
        value = value.datetime or str(value) or None
    elif not isinstance(value, dict) and not hasattr(value, "isoformat"):
        value = plain(value, False, expose)
    if isinstance(value, dict):
        for name, member in value.items():
            _flatten(member, f"{path}{separator}{name}" if path else str(name), separator, expose, record)
    else:
        record[path] = value
