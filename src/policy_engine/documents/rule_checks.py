"""What an expression of a pack may not hold: figures that stand bare, and questions about knowledge itself."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.errors import Problem, problem
from policy_engine.expression import tree

__all__ = ["bare_constants", "knowledge"]


def bare_constants(node: tree.Node) -> Iterator[Problem]:
    """Every figure but 0 and 1 is a parameter with a citation; so is one that is put together from figures."""
    together = isinstance(node, tree.Binary) and _is_figure(node)
    if together or _stands_bare(node):
        yield problem("link.bare_constant", node.span, found=node.span.text)
    if not together:
        for part in tree.children(node):
            yield from bare_constants(part)


def _stands_bare(node: tree.Node) -> bool:
    if isinstance(node, tree.Call) and node.function in ("date", "duration"):
        return all(isinstance(argument, tree.Literal) for argument in node.arguments)
    return isinstance(node, tree.Literal) and _is_figure(node) and node.value not in (0, 1)


def _is_figure(node: tree.Node) -> bool:
    """A literal that is no text and no truth, or such as `1 + 1`."""
    if isinstance(node, tree.Binary):
        return node.op in ("+", "-", "*", "/") and _is_figure(node.left) and _is_figure(node.right)
    return isinstance(node, tree.Literal) and not isinstance(node.value, (str, bool))


def knowledge(node: tree.Node) -> Iterator[Problem]:
    """`is known(x)` stands only in decisions of kind completeness."""
    for part in tree.walk(node):
        if isinstance(part, tree.Call) and part.function == "is known":
            yield problem("link.is_known", part.span)
