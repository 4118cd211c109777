"""Which signature of a function a call fits, and what may stand behind `in`."""

from __future__ import annotations

from policy_engine.expression import tree
from policy_engine.expression.functions import Signature, fits
from policy_engine.expression.operators import comparable
from policy_engine.expression.tree import Node
from policy_engine.expression.types import ListType, Mixed, RangeType, Type

__all__ = ["member", "ordered", "usage"]


def member(operand: Type, test: Type) -> bool:
    """May `operand in test` be asked? Equal to it, in a list of such, or in a list of ranges or of lists of such."""
    if comparable("=", operand, test):
        return True
    if isinstance(test, RangeType):
        return comparable("<", operand, test.item)
    if isinstance(test, ListType):
        return member(operand, test.item)
    return isinstance(test, Mixed) and any(member(operand, type_) for type_ in test.types)


def ordered(signature: Signature, node: tree.Call, arguments: tuple[Node, ...]) -> tuple[Node, ...] | None:
    """The arguments in the order of the parameters, or None where this signature does not fit."""
    parameters = signature.parameters
    if node.names:
        given = dict(zip(node.names, arguments, strict=True))
        names = [name for name, _ in parameters]
        if len(given) != len(arguments) or set(given) != set(names[: len(given)]):
            return None
        arguments = tuple(given[name] for name in names[: len(given)])
    if signature.variadic and len(arguments) > 1:
        kind = parameters[0][1]
        fitting = all(fits(kind, item.typed) and not isinstance(item.typed, ListType) for item in arguments)
        return arguments if fitting else None
    if not len(parameters) - signature.optional <= len(arguments) <= len(parameters):
        return None
    pairs = zip(parameters, arguments, strict=False)
    return arguments if all(fits(kind, argument.typed) for (_, kind), argument in pairs) else None


def usage(function: str, signature: Signature) -> str:
    return f"{function}({', '.join(f'{name}: {kind}' for name, kind in signature.parameters)})"
