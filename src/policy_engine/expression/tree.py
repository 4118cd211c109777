"""The tree of an expression. Every node knows its span; the checker fills in its type.

One tree serves the parser, the checker, the printer and the evaluators; nothing writes on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from policy_engine.expression.types import Type
from policy_engine.source import Span

__all__ = [
    "OWN",
    "Between",
    "Binary",
    "Call",
    "Filter",
    "If",
    "In",
    "ListOf",
    "Literal",
    "Logic",
    "Name",
    "Negative",
    "Node",
    "Path",
    "Quantified",
    "RangeOf",
    "RecordOf",
    "Test",
    "children",
    "walk",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Node:
    span: Span = field(compare=False, repr=False)
    type: Type | None = field(default=None, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        """Equal are nodes of one kind with equal parts, wherever they stand and whatever their types.

        One equality for all kinds: a method generated for each would double what importing them costs.
        """
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _COMPARED[type(self)])

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in _COMPARED[type(self)])))

    @property
    def typed(self) -> Type:
        """The node's type; only after checking."""
        assert self.type is not None, "an unchecked expression has no types"
        return self.type


OWN = "@own"
"""Under what an evaluator binds the record that own names are facts of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Literal(Node):
    """A constant: number, text, boolean, or an `@"…"` date or duration."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Name(Node):
    """A name. After checking, `id` is the canonical name and `kind` says what it stands for (`local`, or as the scope says)."""

    id: str
    kind: str = field(default="", compare=False)

    @property
    def bound_as(self) -> str:
        """Under what an evaluator binds it: a variable by its name, all else behind an `@`, which no variable has."""
        return self.id if self.kind == "local" else f"@{self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Path(Node):
    """`target.entry`; over a list, the entries of its items."""

    target: Node
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Filter(Node):
    """`target[condition]`: a position where the condition is a number, else the items for which it holds.

    After checking, the item under judgement is the name `item` of kind `item<level>`; nested filters count up.
    """

    target: Node
    condition: Node
    level: int = field(default=0, compare=False)

    @property
    def bound_as(self) -> str:
        """Under what an evaluator binds the item."""
        return f"@item{self.level}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Negative(Node):
    """Unary minus."""

    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Binary(Node):
    """`+ - * /` and the comparisons `= != < <= > >=`."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Logic(Node):
    """`and`, `or` over two or more operands."""

    op: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Between(Node):
    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Test(Node):
    """A unary test of `in`: `< 5`, `= "a"`."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class In(Node):
    """`operand in tests`: true when one of the tests (values, lists, ranges, unary tests) holds."""

    operand: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Quantified(Node):
    """`some|every name in list, … satisfies condition`; every binding is (name, list)."""

    every: bool
    bindings: tuple[tuple[str, Node], ...]
    condition: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Call(Node):
    """A call of a built-in function; `names` holds the parameter names of a named call, else is empty.

    After checking, the arguments stand in the order of the parameters, and `way` is the signature that fits.
    """

    function: str
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()
    way: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RecordOf(Node):
    """A record literal; later entries may use earlier ones."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RangeOf(Node):
    """`[low..high]`; a round or turned bracket leaves its end out."""

    low: Node
    high: Node
    low_in: bool
    high_in: bool


def children(node: Node) -> Iterator[Node]:
    """The direct parts of a node, in the order they are written."""
    for name in _PARTS[type(node)]:
        yield from _nodes(getattr(node, name))


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes under it, in the order they are written."""
    yield node
    for child in children(node):
        yield from walk(child)


def depth(root: Node) -> int:
    """The levels of a tree."""
    deepest, level = 0, [root]
    while level:
        deepest, level = deepest + 1, [child for node in level for child in children(node)]
    return deepest


_PARTS: dict[type[Node], tuple[str, ...]] = {
    kind: tuple(item.name for item in fields(kind) if item.name not in ("span", "type"))
    for kind in Node.__subclasses__()
}
"""The fields of each kind of node that may hold nodes."""
_COMPARED: dict[type[Node], tuple[str, ...]] = {
    kind: tuple(item.name for item in fields(kind) if item.compare) for kind in Node.__subclasses__()
}
