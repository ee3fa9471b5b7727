"""Signatures of methods and classes, for `help` and `inspect.signature`."""

from __future__ import annotations

from inspect import Parameter, Signature

from wharf import _docs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wharf._structure import Structure


class _Type(str):
    """A type as text, shown without quotation marks."""

    __slots__ = ()

    __repr__ = str.__str__


def of_method(
    module: str, owner: str, method: str, positional: list[str], named: list[tuple[str, bool]]
) -> Signature:
    """Returns the signature of a method, with the types of its stub. `positional` are the parameters that need no name;
    each of the others is required or `None` by default."""
    function = _docs.find_function(module, owner, method)
    types = {} if function is None else {name: ty for name, ty, _ in function.parameters()}
    parameters = [_parameter(name, Parameter.POSITIONAL_OR_KEYWORD, True, types) for name in ("self", *positional)]
    for name, needed in sorted(named, key=lambda parameter: not parameter[1]):
        parameters.append(_parameter(name, Parameter.KEYWORD_ONLY, needed, types))
    returns = _Type(function.returns()) if function is not None else Signature.empty
    return Signature(parameters, return_annotation=returns)


def of_class(module: str, name: str, options: tuple[str, ...]) -> Signature:
    """Returns the signature of a class whose arguments are all optional and have names."""
    function = _docs.find_function(module, name, "__init__")
    types = {} if function is None else {name: ty for name, ty, _ in function.parameters()}
    return Signature([_parameter(option, Parameter.KEYWORD_ONLY, False, types) for option in options])


def of_structure(structure: type[Structure]) -> Signature:
    """Returns the signature of a structure."""
    return of_class(structure.__module__, structure.__qualname__, tuple(structure._members))


def _parameter(name: str, kind: object, needed: bool, types: dict[str, str]) -> Parameter:
    annotation = _Type(types[name]) if types.get(name) else Parameter.empty
    return Parameter(name, kind, default=Parameter.empty if needed else None, annotation=annotation)  # type: ignore[arg-type]
