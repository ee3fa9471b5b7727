"""How structures are shown in IPython, Jupyter and `rich`. Secrets are hidden, as in `repr`."""

from __future__ import annotations

from html import escape

from wharf._structure import HIDDEN, UNKNOWN, Structure, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from wharf._paging import ItemPage

# Rows of a table. More are counted.
_ROWS = 100
# Rows of a table inside a table.
_INNER_ROWS = 10


class _Text:
    """A text that is shown without quotation marks."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def shown_members(structure: Structure) -> Iterator[tuple[str, Any]]:
    """Returns the members that have a value, as they may be shown."""
    for name, value in structure._given().items():
        if structure._members.get(name, UNKNOWN)[1]:
            yield name, _Text(HIDDEN)
        else:
            yield name, _Text(shown(value)) if isinstance(value, dict) else value


def pretty(structure: Structure, printer: Any, cycle: bool) -> None:
    """Prints a structure with a pretty printer of IPython, a member in each line if they do not fit into one."""
    name = type(structure).__name__
    if cycle:
        printer.text(f"{name}(...)")
        return
    with printer.group(4, f"{name}(", ")"):
        for at, (member, value) in enumerate(shown_members(structure)):
            if at:
                printer.text(",")
                printer.breakable()
            else:
                printer.breakable("")
            printer.text(f"{member}=")
            printer.pretty(value)


def html(structure: Structure) -> str:
    """Returns a table with a row for each member that has a value."""
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{_cell(value)}</td></tr>" for name, value in shown_members(structure))
    return f"<table><caption>{escape(type(structure).__name__)}</caption>{rows}</table>"


def page_html(page: ItemPage[Any], path: Sequence[str]) -> str:
    """Returns the members of a page, and its items as a table."""
    items: Any = page
    for name in path:
        items = None if items is None else getattr(items, name)
    rows = ((name, value) for name, value in shown_members(page) if not path or name != path[0] or len(path) > 1)
    head = "".join(f"<tr><th>{escape(name)}</th><td>{_cell(value)}</td></tr>" for name, value in rows)
    return f"<table><caption>{escape(type(page).__name__)}</caption>{head}</table>{_table(items or [], _ROWS)}"


def items_html(items: Sequence[Any], has_more: bool) -> str:
    """Returns a table of the items that are fetched."""
    more = "<p>More items are fetched on demand.</p>" if has_more else ""
    return f"{_table(items, _ROWS)}{more}"


def _table(items: Sequence[Any], most: int) -> str:
    """Returns a table with a row for each item and a column for each member that one of them has."""
    if not all(isinstance(item, Structure) for item in items[:most]):
        return f"<ul>{''.join(f'<li>{_cell(item)}</li>' for item in items[:most])}</ul>{_rest(items, most)}"
    rows = [dict(shown_members(item)) for item in items[:most]]
    columns = dict.fromkeys(name for row in rows for name in row)
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(row[name])}</td>' if name in row else '<td></td>' for name in columns)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{_rest(items, most)}"


def _rest(items: Sequence[Any], most: int) -> str:
    return f"<p>{len(items) - most} more</p>" if len(items) > most else ""


def _cell(value: Any) -> str:
    if isinstance(value, Structure):
        return html(value)
    if isinstance(value, list) and any(isinstance(item, Structure) for item in value):
        return _table(value, _INNER_ROWS)
    if isinstance(value, list):
        return escape(", ".join(item if isinstance(item, str) else repr(item) for item in value))
    return escape(value if isinstance(value, str) else repr(value))
