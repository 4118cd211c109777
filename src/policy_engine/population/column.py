"""What an expression is compiled to: a column for each kind of value, and for what it waits where it is open.

Every column belongs to one frame; its expressions name columns of that frame. An unknown value is empty (null), and
Polars' `&`, `|` and `~` on booleans with nulls are Kleene's. Columns are compiled, never computed, here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias

import polars as pl

__all__ = [
    "Chosen",
    "Code",
    "Collected",
    "Column",
    "Const",
    "Day",
    "Given",
    "Items",
    "Listed",
    "NotCompiled",
    "Number",
    "Open",
    "Row",
    "Span",
    "Text",
    "Truth",
    "Values",
    "Waits",
    "each",
    "folded",
    "gated",
    "merged",
    "ordered",
    "simple",
]

Waits: TypeAlias = Mapping[tuple[str, int], pl.Expr]
"""What would settle a column, by the frame of the facts and by word: 62 bits each, 0 where the value is known."""


class NotCompiled(Exception):
    """A construct that is not proved exact in columns; `str` says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    waits: Waits = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Const(Column):
    """One known value for all rows, as the single evaluator holds it."""

    value: Any


@dataclass(frozen=True, slots=True)
class Open(Column):
    """Unknown in every row, without candidates and bounds."""


@dataclass(frozen=True, slots=True)
class Truth(Column):
    value: pl.Expr


@dataclass(frozen=True, slots=True)
class Number(Column):
    """Whole multiples of 10^-scale, between `least` and `most`; with `per`, to be divided by it (positive, at most `widest`).

    `low` and `high` are bounds where the value may be open with bounds: equal to it where it is known.
    """

    value: pl.Expr
    scale: int
    least: int
    most: int
    per: pl.Expr | None = None
    widest: int = 1
    low: pl.Expr | None = None
    high: pl.Expr | None = None


@dataclass(frozen=True, slots=True)
class Day(Column):
    value: pl.Expr


@dataclass(frozen=True, slots=True)
class Span(Column):
    """A duration: of days, in microseconds; or of months."""

    value: pl.Expr
    months: bool


@dataclass(frozen=True, slots=True)
class Text(Column):
    value: pl.Expr


@dataclass(frozen=True, slots=True)
class Code(Column):
    """The position of the code in `ids`."""

    value: pl.Expr
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen(Column):
    """A decision with one outcome: a bit for each candidate; one is the outcome, none is unknown without candidates."""

    mask: pl.Expr
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collected(Column):
    """A decision that collects: certain and possible outcomes. `each` is what every outcome waits for."""

    certain: pl.Expr
    possible: pl.Expr
    ids: tuple[str, ...]
    each: tuple[Waits, ...] = ()


@dataclass(frozen=True, slots=True)
class Row(Column):
    """A record: where its facts stand. `stored` and `path` are prefixes, as columns and as missing facts are named."""

    frame: str
    form: str
    stored: str = ""
    path: str = ""
    owner: Row | None = None


@dataclass(frozen=True, slots=True)
class Listed(Column):
    """A list of plain values in one cell: of the codes `item`, or of the type `item`. `more` as for `Items`."""

    value: pl.Expr
    item: tuple[str, ...] | str
    scale: int = 0
    more: Truth | None = None


@dataclass(frozen=True, slots=True)
class Items(Column):
    """The rows of `frame` for each row of the frame around it: `item` is one of them, `belongs` whether it belongs.

    `known` is where the list is known at all; `more` whether a further item belongs that is not known: false, or open
    where that may be. Both stand in the frame around.
    """

    frame: str
    item: Column
    known: pl.Expr
    belongs: Column
    more: Truth | None = None


@dataclass(frozen=True, slots=True)
class Values(Column):
    """Something of every item: `of` in the frame of the items."""

    items: Items
    of: Column


@dataclass(frozen=True, slots=True)
class Given(Column):
    """A list written out: a column for each item, with whether it belongs."""

    items: tuple[tuple[Column, Column], ...]


def simple(column: Column) -> bool:
    """Is it one value in each row, or a mask of candidates?"""
    return isinstance(column, (Const, Open, Truth, Number, Day, Span, Text, Code, Chosen, Collected, Listed))


def each(column: Any, of: Callable[[pl.Expr], pl.Expr]) -> Any:
    """The column with every expression of a simple column replaced."""
    changes: dict[str, Any] = {"waits": {key: of(mask) for key, mask in column.waits.items()}}
    for part in fields(column):
        value = getattr(column, part.name)
        if isinstance(value, pl.Expr):
            changes[part.name] = of(value)
        elif isinstance(value, Truth):
            changes[part.name] = each(value, of)
        elif part.name == "each":
            changes["each"] = tuple({key: of(mask) for key, mask in waits.items()} for waits in value)
    return replace(column, **changes)


def folded(expression: pl.Expr) -> pl.Expr:
    """The expression; one that names no column, as its value: Polars takes only plain literals for all rows."""
    if expression.meta.root_names() or expression.meta.is_literal():
        return expression
    found = pl.select(expression).to_series()
    return pl.lit(found.item(), found.dtype)


_COMPARISONS = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_MIRROR = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def ordered(op: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """The truth of `left op right`. A literal stands on the right: on the left of a constant column, Polars loses the rows."""
    if left.meta.is_literal():
        left, op, right = right, _MIRROR[op], left
    found: pl.Expr = getattr(left, _COMPARISONS[op])(right)
    return folded(found)


def merged(waits: Iterable[Waits]) -> dict[tuple[str, int], pl.Expr]:
    """All that the given ones wait for."""
    found: dict[tuple[str, int], pl.Expr] = {}
    for one in waits:
        for key, mask in one.items():
            found[key] = found[key] | mask if key in found else mask
    return found


def gated(where: pl.Expr, waits: Waits) -> dict[tuple[str, int], pl.Expr]:
    """The same, only in the rows where it counts."""
    return {key: pl.when(where).then(mask).otherwise(pl.lit(0, pl.Int64)) for key, mask in waits.items()}
