"""The contents of the module and of its stubs, compared with the extension module's tables."""

from __future__ import annotations

import ast
import importlib
import inspect
import keyword
import pydoc
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import wharf
from wharf import _wharf

PRODUCTS = _wharf.products()
FOLDER = Path(wharf.__file__).parent


def stub(product: str, name: str = "__init__") -> dict[str, ast.ClassDef]:
    tree = ast.parse((FOLDER / product / f"{name}.pyi").read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def methods(node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    return {child.name: child for child in node.body if isinstance(child, ast.FunctionDef)}


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
        stubbed = methods(stubs[owner])[operation.method]
        arguments = {argument.arg: default for argument, default in zip(stubbed.args.kwonlyargs, stubbed.args.kw_defaults)}
        assert {name: default is None for name, default in arguments.items()} == dict(operation.arguments), operation.name
        parameters = list(inspect.signature(method).parameters.values())[1:]
        assert {parameter.name for parameter in parameters} == set(arguments)
        assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters)
        documentation = inspect.getdoc(method)
        assert documentation and f"`{operation.name}`" in documentation
        assert method.__name__ == operation.method and not keyword.iskeyword(operation.method)
        assert all(f"{name}: " in documentation for name in arguments)
        counted += 1
    assert counted == len({operation.method + operation.client for operation in _wharf.describe(product)["operations"]})


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_waiter_is_a_method_with_a_stub(product: str) -> None:
    module, stubs = importlib.import_module(f"wharf.{product}"), stub(product)
    for name, client, method, _, arguments, gives in _wharf.describe(product)["waiters"]:
        for prefix in ("", "Async"):
            owner = clients(prefix, client)
            stubbed = methods(stubs[owner])[method]
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


def is_dict(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "TypedDict" for base in node.bases)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_options_are_those_of_the_stub(product: str) -> None:
    for owner in ("Connection", "AsyncConnection"):
        init = methods(stub(product)[owner])["__init__"]
        assert [argument.arg for argument in init.args.kwonlyargs] == _wharf.describe(product)["options"]


def test_pages_have_items_and_pages() -> None:
    for product in PRODUCTS:
        types = importlib.import_module(f"wharf.{product}.types")
        for operation in _wharf.describe(product)["operations"]:
            made = getattr(types, operation.output)
            assert issubclass(made, wharf.ItemPage) == (operation.items is not None)
            assert issubclass(made, wharf.Page) == (operation.items is not None), "a member has the name of a method"


def test_help_works() -> None:
    text = pydoc.plain(pydoc.render_doc(wharf.tke.Connection(region="x").clusters.describe_clusters))
    assert "describe_clusters(*, cluster_ids=None" in text and "Lists the clusters" in text
    assert "ID of the cluster" in (FOLDER / "tke" / "types.pyi").read_text(encoding="utf-8")
    assert pydoc.plain(pydoc.render_doc(wharf.tke.types.Cluster))
    assert pydoc.plain(pydoc.render_doc(wharf.tke))


def test_importing_is_cheap() -> None:
    # No product, no asyncio and no other large module is imported.
    program = "import sys, wharf; print(sorted(name for name in sys.modules if name in {heavy} or name.startswith('wharf.')))"
    heavy = {"asyncio", "inspect", "typing", "datetime", "ast", "ssl", "json", "logging", "dataclasses"}
    command = [sys.executable, "-S", "-c", program.format(heavy=heavy)]
    environment: dict[str, Any] = {"PYTHONPATH": str(FOLDER.parent)}
    loaded = ast.literal_eval(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    assert loaded == [f"wharf.{name}" for name in ("_calls", "_errors", "_kubernetes", "_paging", "_response", "_structure", "_values", "_wharf")]
