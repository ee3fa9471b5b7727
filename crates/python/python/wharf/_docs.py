"""Docstrings, types and enumerations, which are read from the stubs on demand."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    # Name, type, and whether it has a default value.
    _Parameter: TypeAlias = tuple[str, str, bool]


class Function:
    """A function of a stub."""

    __slots__ = ("_node", "doc")

    def __init__(self, node: ast.FunctionDef) -> None:
        import ast

        self._node, self.doc = node, ast.get_docstring(node)

    def parameters(self) -> list[_Parameter]:
        """Returns the parameters without `self`."""
        given = self._node.args
        plain = [(argument, False) for argument in given.args[1:]]
        named = [(argument, default is not None) for argument, default in zip(given.kwonlyargs, given.kw_defaults)]
        return [(argument.arg, _text(argument.annotation), has_default) for argument, has_default in plain + named]

    def returns(self) -> str:
        """Returns the type of the result."""
        return _text(self._node.returns)


class Class:
    """A class of a stub."""

    __slots__ = ("bases", "doc", "functions", "members")

    bases: list[str]
    doc: str | None
    functions: dict[str, Function]
    members: dict[str, tuple[str, str]]
    """Types and docstrings."""

    def __init__(self, node: ast.ClassDef) -> None:
        import ast

        self.bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
        self.doc = ast.get_docstring(node)
        self.functions = {child.name: Function(child) for child in node.body if isinstance(child, ast.FunctionDef)}
        self.members = {}
        for child, after in zip(node.body, [*node.body[1:], ast.Pass()]):
            if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
                self.members[child.target.id] = (_text(child.annotation), _string(after))


class Stub:
    """A stub: its classes and enumerations, and the stubs of families that it imports, with the imported names."""

    __slots__ = ("classes", "imports", "literals")

    def __init__(self, text: str) -> None:
        import ast

        body = ast.parse(text).body
        self.classes = {node.name: Class(node) for node in body if isinstance(node, ast.ClassDef)}
        self.literals = {
            node.target.id: tuple(ast.literal_eval(item) for item in _items(node.value))
            for node in body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _text(node.annotation) == "TypeAlias"
        }
        self.imports = [
            (node.module, [alias.name for alias in node.names])
            for node in body
            if isinstance(node, ast.ImportFrom) and node.module and "._stubs." in node.module
        ]


# The stubs that were read, by module.
_read: dict[str, Stub] = {}


def docstring(module: str, name: str, function: str | None = None) -> str | None:
    """Returns the docstring that the stub of a module, or a stub that it imports, has for a class, or for a function of
    a class. That of a structure lists its members."""
    if function is not None:
        found = find_function(module, name, function)
        return None if found is None else found.doc
    found_class = find_class(module, name)
    if found_class is None or found_class.doc is None or not found_class.members:
        return None if found_class is None else found_class.doc
    members = (f"    {member} ({ty}): {' '.join(doc.split())}" for member, (ty, doc) in found_class.members.items())
    return "\n".join([found_class.doc, "", "Attributes:", *members])


def find_class(module: str, name: str) -> Class | None:
    """Returns a class of the stub of a module, or of a stub that it imports."""
    return next((stub.classes[name] for stub in _stubs(module, name) if name in stub.classes), None)


def find_function(module: str, name: str, function: str) -> Function | None:
    """Returns a function of a class or of one of its bases in the same stub."""
    for stub in _stubs(module, name):
        names = [name] if name in stub.classes else []
        for each in names:
            found = stub.classes[each]
            if function in found.functions:
                return found.functions[function]
            names.extend(base for base in found.bases if base in stub.classes)
    return None


def literal(module: str, name: str) -> Any:
    """Returns the values of an enumeration as `Literal`, or `None` if there is no enumeration of that name."""
    for stub in _stubs(module, name):
        if name in stub.literals:
            from typing import Literal

            return Literal[stub.literals[name]]
    return None


def _stubs(module: str, name: str) -> Iterator[Stub]:
    """Returns the stub of a module, and those stubs that it imports the name from."""
    own = _stub(module)
    yield own
    for other, imported in own.imports:
        if imported == ["*"] or name in imported:
            yield _stub(other)


def _stub(module: str) -> Stub:
    if module not in _read:
        from pathlib import Path

        folder = Path(__file__).parent.joinpath(*module.split(".")[1:])
        path = folder / "__init__.pyi" if folder.is_dir() else folder.with_suffix(".pyi")
        try:
            text = path.read_text(encoding="utf-8")
        except OSError:
            # The stubs are not installed.
            text = ""
        _read[module] = Stub(text)
    return _read[module]


def _text(node: ast.expr | None) -> str:
    import ast

    return "" if node is None else ast.unparse(node)


def _string(node: ast.stmt) -> str:
    import ast

    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""


def _items(node: ast.expr | None) -> list[ast.expr]:
    """Returns what is between the brackets of `Literal[...]`."""
    import ast

    if not isinstance(node, ast.Subscript):
        return []
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
