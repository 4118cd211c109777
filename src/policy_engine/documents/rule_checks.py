"""What an expression of a pack may not hold: figures that stand bare, and questions about knowledge itself."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.errors import Problem, problem
from policy_engine.expression import tree

__all__ = ["bare_constants", "knowledge"]


def bare_constants(node: tree.Node) -> Iterator[Problem]:
    """Every figure but 0 and 1 is a parameter with a citation."""
    for part in tree.walk(node):
        if isinstance(part, tree.Call) and part.function in ("date", "duration"):
            if all(isinstance(argument, tree.Literal) for argument in part.arguments):
                yield problem("link.bare_constant", part.span, found=part.span.text)
        elif isinstance(part, tree.Literal) and not isinstance(part.value, (str, bool)) and part.value not in (0, 1):
            yield problem("link.bare_constant", part.span, found=part.span.text)


def knowledge(node: tree.Node) -> Iterator[Problem]:
    """`is known(x)` stands only in decisions of kind completeness."""
    for part in tree.walk(node):
        if isinstance(part, tree.Call) and part.function == "is known":
            yield problem("link.is_known", part.span)
