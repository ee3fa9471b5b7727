"""The contents of the module and of its stubs, compared with the extension module's tables."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import json
import keyword
import pydoc
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest

import wharf
from wharf import _wharf

PRODUCTS = _wharf.products()
FOLDER = Path(wharf.__file__).parent


@functools.cache
def parsed(path: Path) -> list[ast.stmt]:
    return ast.parse(path.read_text(encoding="utf-8")).body


def classes(path: Path) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in parsed(path) if isinstance(node, ast.ClassDef)}


def imported(product: str, name: str) -> list[tuple[str, list[str]]]:
    """Returns the modules of families that a stub imports, with the names."""
    prefix = f"wharf.{product}._stubs."
    imports = (node for node in parsed(FOLDER / product / f"{name}.pyi") if isinstance(node, ast.ImportFrom))
    of_families = (node for node in imports if node.module and node.module.startswith(prefix))
    return [((node.module or "").removeprefix(prefix), [alias.name for alias in node.names]) for node in of_families]


def stub(product: str, name: str = "__init__") -> dict[str, ast.ClassDef]:
    """Returns the classes that a stub declares or exports from the stubs of families."""
    found = dict(classes(FOLDER / product / f"{name}.pyi"))
    for module, names in imported(product, name):
        declared = classes(FOLDER / product / "_stubs" / f"{module}.pyi")
        exported = declared if names == ["*"] else {each: declared[each] for each in names}
        assert exported.keys() == declared.keys(), f"{module} has classes that nothing exports"
        assert not found.keys() & exported.keys(), module
        found.update(exported)
    return found


def public(stubs: dict[str, ast.ClassDef]) -> set[str]:
    """Returns the names without those of the bases that clients and connections share."""
    return {name for name in stubs if not name.startswith("_")}


def methods(stubs: dict[str, ast.ClassDef], owner: str) -> dict[str, ast.FunctionDef]:
    """Returns the methods of a class and of its bases in the stubs."""
    found = {child.name: child for child in stubs[owner].body if isinstance(child, ast.FunctionDef)}
    for base in stubs[owner].bases:
        if isinstance(base, ast.Name) and base.id in stubs:
            inherited = methods(stubs, base.id)
            assert not found.keys() & inherited.keys(), f"{owner} has two methods of a name"
            found.update(inherited)
    return found


def clients(prefix: str, client: str) -> str:
    return f"{prefix}{client.capitalize()}Client" if client else f"{prefix}Connection"


def test_the_products() -> None:
    assert len(PRODUCTS) >= 5 and {"tke", "tcr", "cce", "ack", "ccs"} <= set(PRODUCTS)
    assert set(PRODUCTS) <= set(dir(wharf))
    assert sum(len(_wharf.describe(product)["operations"]) for product in PRODUCTS) >= 220
    with pytest.raises(AttributeError):
        wharf.elephant  # type: ignore[attr-defined]  # pyright: ignore


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("prefix", ["", "Async"])
def test_every_operation_is_a_method_with_a_stub(product: str, prefix: str) -> None:
    module, stubs = importlib.import_module(f"wharf.{product}"), stub(product)
    counted = 0
    for operation in _wharf.describe(product)["operations"]:
        owner = clients(prefix, operation.client)
        method = getattr(getattr(module, owner), operation.method)
        stubbed = methods(stubs, owner)[operation.method]
        arguments = {argument.arg: default for argument, default in zip(stubbed.args.kwonlyargs, stubbed.args.kw_defaults)}
        assert {name: default is None for name, default in arguments.items()} == dict(operation.arguments), operation.name
        # The connection has the same method.
        assert getattr(getattr(module, f"{prefix}Connection"), operation.method) is method
        parameters = list(inspect.signature(method).parameters.values())[1:]
        types = {argument.arg: ast.unparse(argument.annotation) for argument in stubbed.args.kwonlyargs if argument.annotation}
        assert {parameter.name: parameter.annotation for parameter in parameters} == types
        assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters)
        documentation = inspect.getdoc(method)
        assert documentation and f"`{operation.name}`" in documentation
        assert method.__name__ == operation.method and not keyword.iskeyword(operation.method)
        assert all(f"{name}: " in documentation for name in arguments)
        counted += 1
    assert counted == len({operation.method + operation.client for operation in _wharf.describe(product)["operations"]})


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_method_of_a_stub_exists(product: str) -> None:
    module, stubs = importlib.import_module(f"wharf.{product}"), stub(product)
    assert public(stubs) == set(module.__all__) - {"types"}
    facts = _wharf.describe(product)
    for prefix in ("", "Async"):
        wanted: dict[str, set[str]] = {
            owner: set() for owner in public(stubs) if owner.startswith("Async") == bool(prefix)
        }
        for operation in facts["operations"]:
            wanted[clients(prefix, operation.client)].add(operation.method)
        for _, client, method, *_ in facts["waiters"]:
            wanted[clients(prefix, client)].add(method)
        wanted[f"{prefix}Connection"] |= {"__init__", *(operation.client for operation in facts["operations"] if operation.client)}
        wanted[f"{prefix}Connection"] |= {operation.method for operation in facts["operations"]}
        for owner, names in wanted.items():
            assert set(methods(stubs, owner)) == names, owner
            assert all(hasattr(getattr(module, owner), name) for name in names)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_stubs_of_families_are_for_type_checkers_alone(product: str) -> None:
    found = {path.stem for path in (FOLDER / product / "_stubs").iterdir()}
    exported = {module for name in ("__init__", "types") for module, _ in imported(product, name)}
    assert found == exported | {"__init__"}
    for module in exported:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(f"wharf.{product}._stubs.{module}")


def test_no_stub_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FOLDER.rglob("*.pyi")}
    assert len(lengths) > 100
    assert not {path: lines for path, lines in lengths.items() if lines > 2000}


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_waiter_is_a_method_with_a_stub(product: str) -> None:
    module, stubs = importlib.import_module(f"wharf.{product}"), stub(product)
    for name, client, method, _, arguments, gives in _wharf.describe(product)["waiters"]:
        for prefix in ("", "Async"):
            owner = clients(prefix, client)
            stubbed = methods(stubs, owner)[method]
            assert [argument.arg for argument in stubbed.args.args[1:]] == [argument for argument, _ in arguments], name
            parameters = inspect.signature(getattr(getattr(module, owner), method)).parameters
            assert list(parameters)[1:] == [argument.arg for argument in stubbed.args.args[1:] + stubbed.args.kwonlyargs]
            returns = ast.unparse(stubbed.returns) if stubbed.returns else ""
            assert gives.removesuffix("[]") in returns and ("list[" in returns) == gives.endswith("[]")
        if gives:
            assert issubclass(getattr(module.types, gives.removesuffix("[]")), wharf.Structure)


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_structure_is_a_class_with_a_stub(product: str) -> None:
    module, stubs = importlib.import_module(f"wharf.{product}.types"), stub(product, "types")
    names = {name for name, _ in _wharf.describe(product)["structures"]}
    assert len(names) == len(_wharf.describe(product)["structures"]), "two structures have one name"
    assert names == set(module.__all__) == {name for name in stubs if not is_dict(stubs[name])}
    for name, members in _wharf.describe(product)["structures"]:
        made = getattr(module, name)
        stubbed = [child.target.id for child in stubs[name].body if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name)]
        assert stubbed == list(members), name
        # No field hides a method.
        assert not {member for member in members if hasattr(made, member)}
        assert not any(keyword.iskeyword(member) for member in members)
        assert made.__doc__ and made.__module__ == f"wharf.{product}.types"
        assert not members or list(inspect.signature(made).parameters) == list(members)
        assert all(f"\n    {member} (" in made.__doc__ for member in members)


def is_dict(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "TypedDict" for base in node.bases)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_options_are_those_of_the_stub(product: str) -> None:
    for owner in ("Connection", "AsyncConnection"):
        init, connection = methods(stub(product), owner)["__init__"], getattr(importlib.import_module(f"wharf.{product}"), owner)
        options = _wharf.describe(product)["options"]
        assert [argument.arg for argument in init.args.kwonlyargs] == options
        assert list(inspect.signature(connection).parameters) == options
        assert list(inspect.signature(connection.__init__).parameters) == ["self", *options]
        documentation = inspect.getdoc(connection.__init__) or ""
        assert all(f"    {option}: " in documentation for option in options)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_enumerations_are_those_of_the_specs(product: str) -> None:
    types, version = importlib.import_module(f"wharf.{product}.types"), (FOLDER / product / "_stubs" / "enums.pyi")
    if not version.exists():
        assert product == "sts"
        return
    specs = Path(__file__).parents[3] / "specs" / product
    known = [json.loads(path.read_text(encoding="utf-8")).get("enums") for path in specs.rglob("*.json")]
    values = {tuple(value["value"] for value in each["values"]) for enums in known if enums for each in enums.values()}
    names = [node.target.id for node in parsed(version) if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)]
    assert len(names) >= 8
    for name in names:
        assert typing.get_args(getattr(types, name)) in values, name
    with pytest.raises(AttributeError, match="Elephant"):
        types.Elephant


def test_pages_have_items_and_pages() -> None:
    for product in PRODUCTS:
        types = importlib.import_module(f"wharf.{product}.types")
        for operation in _wharf.describe(product)["operations"]:
            made = getattr(types, operation.output)
            assert issubclass(made, wharf.ItemPage) == (operation.items is not None)
            assert issubclass(made, wharf.Page) == (operation.items is not None), "a member has the name of a method"


def test_help_works() -> None:
    text = pydoc.plain(pydoc.render_doc(wharf.tke.Connection(region="x").clusters.describe_clusters))
    assert "describe_clusters(*, cluster_ids: Sequence[str] | None = None" in text and "Lists the clusters" in text
    of_the_cluster = (FOLDER / "tke" / "_stubs" / "clusters_types.pyi").read_text(encoding="utf-8")
    assert "class Cluster(" in of_the_cluster and "ID of the cluster" in of_the_cluster
    for connection in (wharf.tke.Connection(region="x"), wharf.tke.AsyncConnection(region="x")):
        text = pydoc.plain(pydoc.render_doc(connection.prometheus.create_prometheus_temp))
        assert "template: Template. `Template`." in text and "Public cloud only." in text
    text = pydoc.plain(pydoc.render_doc(wharf.tke.types.Cluster))
    assert "cluster_id (str): ID of the cluster" in text and "cluster_type (ClusterType | str)" in text
    text = pydoc.plain(pydoc.render_doc(wharf.tke.Connection))
    assert "region: The region of calls" in text and "describe_clusters(self, *, cluster_ids" in text
    assert pydoc.plain(pydoc.render_doc(wharf.tke))


def test_importing_is_cheap() -> None:
    # No product, no asyncio and no other large module is imported.
    program = "import sys, wharf; print(sorted(name for name in sys.modules if name in {heavy} or name.startswith('wharf.')))"
    heavy = {"asyncio", "inspect", "typing", "datetime", "ast", "ssl", "json", "logging", "dataclasses"}
    command = [sys.executable, "-S", "-c", program.format(heavy=heavy)]
    environment: dict[str, Any] = {"PYTHONPATH": str(FOLDER.parent)}
    loaded = ast.literal_eval(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    modules = ("_calls", "_errors", "_handles", "_kubernetes", "_paging", "_plain", "_response", "_structure", "_values", "_wharf")
    assert loaded == [f"wharf.{name}" for name in modules]
