"""Docstrings, which are read from the stubs on demand."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import TypeAlias

    # The docstrings by the path of names, and the stubs of families that are imported, with the imported names.
    _Stub: TypeAlias = tuple[dict[tuple[str, ...], str], list[tuple[str, list[str]]]]

# The stubs that were read, by module.
_read: dict[str, _Stub] = {}


def docstring(module: str, *names: str) -> str | None:
    """Returns the docstring that the stub of a module, or a stub that it imports, has for a name."""
    found, imports = _stub(module)
    if names in found:
        return found[names]
    for other, imported in imports:
        if imported == ["*"] or names[0] in imported:
            text = _stub(other)[0].get(names)
            if text is not None:
                return text
    return None


def _stub(module: str) -> _Stub:
    if module not in _read:
        _read[module] = _parse(module)
    return _read[module]


def _parse(module: str) -> _Stub:
    import ast
    from pathlib import Path

    folder = Path(__file__).parent.joinpath(*module.split(".")[1:])
    path = folder / "__init__.pyi" if folder.is_dir() else folder.with_suffix(".pyi")
    found: dict[tuple[str, ...], str] = {}
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except OSError:
        # The stubs are not installed.
        return found, []
    _collect(tree, (), found)
    imports = [
        (node.module, [alias.name for alias in node.names])
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module and "._stubs." in node.module
    ]
    return found, imports


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
