"""A tree back to text: the shortest brackets that read back as the same tree."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.values import Months, show

__all__ = ["unparse"]

_LOOSE, _OR, _AND, _COMPARE, _SUM, _PRODUCT, _UNARY, _TIGHT = range(8)


def unparse(node: Node) -> str:
    """The expression as text; `parse(unparse(e)) == e` for every tree that the parser makes."""
    return _write(node, _LOOSE)


def _write(node: Node, level: int) -> str:
    own, text = _WRITERS[type(node)](node)
    return f"({text})" if own < level else text


def _literal(node: tree.Literal) -> tuple[int, str]:
    if isinstance(node.value, (datetime.date, datetime.timedelta, Months)):
        return _TIGHT, "@" + show(node.value).partition("(")[2].rstrip(")")
    return _TIGHT, show(node.value)


def _path(node: tree.Path) -> tuple[int, str]:
    return _TIGHT, f"{_write(node.target, _TIGHT)}.{node.entry}"


def _filter(node: tree.Filter) -> tuple[int, str]:
    return _TIGHT, f"{_write(node.target, _TIGHT)}[{unparse(node.condition)}]"


def _negative(node: tree.Negative) -> tuple[int, str]:
    return _UNARY, f"-{_write(node.operand, _UNARY)}"


def _binary(node: tree.Binary) -> tuple[int, str]:
    own = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}.get(node.op, _COMPARE)
    left = own if own != _COMPARE else _COMPARE
    return own, f"{_write(node.left, left)} {node.op} {_write(node.right, own + 1)}"


def _logic(node: tree.Logic) -> tuple[int, str]:
    own = _OR if node.op == "or" else _AND
    return own, f" {node.op} ".join(_write(operand, own + 1) for operand in node.operands)


def _between(node: tree.Between) -> tuple[int, str]:
    low, high = _write(node.low, _SUM), _write(node.high, _SUM)
    return _COMPARE, f"{_write(node.operand, _COMPARE)} between {low} and {high}"


def _test(node: tree.Test) -> tuple[int, str]:
    return _COMPARE, f"{node.op} {_write(node.operand, _SUM)}"


def _in(node: tree.In) -> tuple[int, str]:
    return _COMPARE, f"{_write(node.operand, _COMPARE)} in ({', '.join(_write(test, _COMPARE) for test in node.tests)})"


def _if(node: tree.If) -> tuple[int, str]:
    then, otherwise = unparse(node.then), unparse(node.otherwise)
    return _LOOSE, f"if {unparse(node.condition)} then {then} else {otherwise}"


def _quantified(node: tree.Quantified) -> tuple[int, str]:
    bindings = ", ".join(f"{name} in {_write(domain, _SUM)}" for name, domain in node.bindings)
    return _LOOSE, f"{'every' if node.every else 'some'} {bindings} satisfies {unparse(node.condition)}"


def _call(node: tree.Call) -> tuple[int, str]:
    names = [f"{name}: " for name in node.names] or [""] * len(node.arguments)
    arguments = ", ".join(name + unparse(argument) for name, argument in zip(names, node.arguments, strict=True))
    return _TIGHT, f"{node.function}({arguments})"


def _list(node: tree.ListOf) -> tuple[int, str]:
    return _TIGHT, f"[{', '.join(map(unparse, node.items))}]"


def _record(node: tree.RecordOf) -> tuple[int, str]:
    return _TIGHT, "{" + ", ".join(f"{show(name)}: {unparse(value)}" for name, value in node.entries) + "}"


def _range(node: tree.RangeOf) -> tuple[int, str]:
    low, high = _write(node.low, _SUM), _write(node.high, _SUM)
    return _TIGHT, f"{'[' if node.low_in else '('}{low}..{high}{']' if node.high_in else ')'}"


_WRITERS: dict[type[Node], Callable[[Any], tuple[int, str]]] = {
    tree.Literal: _literal,
    tree.Name: lambda node: (_TIGHT, node.id),
    tree.Path: _path,
    tree.Filter: _filter,
    tree.Negative: _negative,
    tree.Binary: _binary,
    tree.Logic: _logic,
    tree.Between: _between,
    tree.Test: _test,
    tree.In: _in,
    tree.If: _if,
    tree.Quantified: _quantified,
    tree.Call: _call,
    tree.ListOf: _list,
    tree.RecordOf: _record,
    tree.RangeOf: _range,
}
