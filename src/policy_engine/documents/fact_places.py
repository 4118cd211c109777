"""Where in its file a fact stands, by its path."""

from __future__ import annotations

from policy_engine.documents.yaml import ListNode, MapNode, Node
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.source import Span

__all__ = ["place_of"]


def place_of(subject: Node, path: str, kind: str, vocabulary: Vocabulary) -> Span:
    """The place of the value at a path such as `members[2].birth_date`, under a subject's node of this kind.

    Where the path is not written out to its end, the place of what is.
    """
    node = subject
    for names, number in vocabulary.names(kind, path):
        below = _entry(node, names)
        if number is not None and isinstance(below, ListNode):
            below = below.items[number - 1]
        if below is None:
            break
        node = below
    return node.span


def _entry(node: Node, names: tuple[str, ...]) -> Node | None:
    """What a record says under one of these names, without its evidence."""
    node = _bare(node)
    found = (node.get(name) for name in names) if isinstance(node, MapNode) else ()
    return next((_bare(value) for value in found if value is not None), None)


def _bare(node: Node) -> Node:
    value = node.get("value") if isinstance(node, MapNode) else None
    return node if value is None else value
