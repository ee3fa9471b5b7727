"""Runs stubtest. The stubs of families have no modules at run time: each gets one here, with the classes and enumerations
that it declares."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from types import ModuleType

from mypy import stubtest

import wharf


def stand_in(path: Path) -> ModuleType:
    product = path.parent.parent.name
    module = ModuleType(f"wharf.{product}._stubs.{path.stem}")
    homes = (importlib.import_module(f"wharf.{product}"), importlib.import_module(f"wharf.{product}.types"))
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            setattr(module, node.target.id, getattr(homes[1], node.target.id))
        home = next((home for home in homes if isinstance(node, ast.ClassDef) and hasattr(home, node.name)), None)
        if isinstance(node, ast.ClassDef) and home is not None:
            setattr(module, node.name, getattr(home, node.name))
    return module


for path in Path(wharf.__file__).parent.glob("*/_stubs/*.pyi"):
    if path.stem != "__init__":
        module = stand_in(path)
        sys.modules[module.__name__] = module
sys.exit(stubtest.main())
