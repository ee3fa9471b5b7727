"""Docstrings, which are read from the stubs on demand."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast

# By module, the docstrings by the path of names.
_read: dict[str, dict[tuple[str, ...], str]] = {}


def docstring(module: str, *names: str) -> str | None:
    """Returns the docstring that the stub of a module has for a name."""
    found = _read.get(module)
    if found is None:
        found = _read[module] = _docstrings(module)
    return found.get(names)


def _docstrings(module: str) -> dict[tuple[str, ...], str]:
    import ast
    from pathlib import Path

    folder = Path(__file__).parent.joinpath(*module.split(".")[1:])
    path = folder / "__init__.pyi" if folder.is_dir() else folder.with_suffix(".pyi")
    found: dict[tuple[str, ...], str] = {}
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except OSError:
        # The stubs are not installed.
        return found
    _collect(tree, (), found)
    return found


def _collect(node: ast.Module | ast.ClassDef, way: tuple[str, ...], found: dict[tuple[str, ...], str]) -> None:
    import ast

    for child in node.body:
        if isinstance(child, (ast.ClassDef, ast.FunctionDef)):
            names = (*way, child.name)
            text = ast.get_docstring(child)
            if text is not None:
                found[names] = text
            if isinstance(child, ast.ClassDef):
                _collect(child, names, found)
