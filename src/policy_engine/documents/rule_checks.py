"""What an expression of a pack may not hold: figures that stand bare, and questions about knowledge itself."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.errors import Problem, problem
from policy_engine.expression import tree
from policy_engine.expression.types import NumberType

__all__ = ["bare_constants", "knowledge"]


def bare_constants(node: tree.Node) -> Iterator[Problem]:
    """Every figure but 0 and 1 is a parameter with a citation; so is one that is put together from 0 and 1."""
    if _stands_bare(node):
        yield problem("link.bare_constant", node.span, found=node.span.text)
    elif _put_together(node):
        yield problem("link.bare_constant", node.span, found=node.span.text)
        return
    for part in tree.children(node):
        yield from bare_constants(part)


def _stands_bare(node: tree.Node) -> bool:
    if isinstance(node, tree.Call) and node.function in ("date", "duration"):
        return all(isinstance(argument, tree.Literal) for argument in node.arguments)
    return isinstance(node, tree.Literal) and not isinstance(node.value, (str, bool)) and node.value not in (0, 1)


def _put_together(node: tree.Node) -> bool:
    """A number that rests on nothing but 0, 1 and texts, such as `1 + 1`; `-1` is one of those itself."""
    if isinstance(node, (tree.Literal, tree.Negative)) or not isinstance(node.type, NumberType):
        return False
    ends = [part for part in tree.walk(node) if not any(tree.children(part))]
    return all(isinstance(end, tree.Literal) and not _stands_bare(end) for end in ends)


def knowledge(node: tree.Node) -> Iterator[Problem]:
    """`is known(x)` stands only in decisions of kind completeness."""
    for part in tree.walk(node):
        if isinstance(part, tree.Call) and part.function == "is known":
            yield problem("link.is_known", part.span)
