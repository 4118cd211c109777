"""Answers about a whole population: columns of masks, and what they say about one row.

A decision table has a bit for each outcome and each rule, in the order of the pack. For a decision `d`:

| column | of | holds |
|---|---|---|
| `d` | an expression | its value; empty where open; a number as whole multiples of its last place |
| `d/per` | a quotient | what the number is to be divided by |
| `d/least`, `d/most` | an open count or sum | its bounds, both included |
| `d/possible` | a table | the possible outcomes |
| `d/certain` | a collected list | the certain ones |
| `d/conflict`, `d/gap` | a table with one outcome | three-valued: empty is *possible* |
| `d/live`, `d/holds` | a table | the determining rules, and which of them hold for certain |
| `d/missing` | all | the missing facts, as `kind:path`; only where asked for |

Where outcomes alone are asked for, a table with one outcome has the column `d` with that outcome, empty where it is not
determined, and a collected list has `d/certain` and `d/possible`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import polars as pl

from policy_engine.decision.missing import missing_of
from policy_engine.evaluation.finding import Finding
from policy_engine.expression.types import BOOLEAN, CodeType, NumberType
from policy_engine.model.decision import DecisionDefinition
from policy_engine.population.masks import mask_type
from policy_engine.population.tables import column_type
from policy_engine.truth import Truth
from policy_engine.values import CONTEXT, Unknown

__all__ = ["ENDLESS", "Found", "Kind", "Layout", "bits", "found_in"]

ENDLESS = 10**15
"""Stands for a count without an upper bound; everything that a count is compared with must be smaller."""

Kind: TypeAlias = Literal["one", "collect", "number", "value"]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one decision about one row: what the single evaluator finds, without places and order.

    `possible` holds each possible outcome with whether it is certain; `rules` each determining rule with whether it
    holds for certain; `missing` the (kind, path) of what would settle it, None where that was not asked.
    """

    decision: str
    determined: bool
    value: Any = None
    possible: frozenset[tuple[Any, bool]] = frozenset()
    conflict: Truth = False
    gap: Truth = False
    rules: frozenset[tuple[str, bool]] = frozenset()
    bounds: tuple[Decimal, Decimal] | None = None
    missing: frozenset[tuple[str, str]] | None = None


def found_in(finding: Finding, kind: Kind) -> Found:
    """The single evaluator's finding in this form."""
    table = kind in ("one", "collect")
    value = finding.value
    return Found(
        finding.decision,
        finding.determined,
        value if finding.determined and not table else None,
        frozenset((outcome.value, outcome.certain) for outcome in finding.outcomes) if table else frozenset(),
        finding.conflict,
        finding.gap,
        frozenset((rule.rule, rule.holds is True) for rule in finding.determining),
        value.between if kind == "number" and isinstance(value, Unknown) else None,
        frozenset() if finding.determined else frozenset(missing.key for missing in missing_of(finding)),
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """How the answers to a decision are kept: its kind, and what the bits of its masks stand for."""

    decision: str
    kind: Kind
    outcomes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    of: DecisionDefinition | None = None
    scale: int = 0

    @staticmethod
    def of_decision(definition: DecisionDefinition) -> Layout:
        table = definition.table
        if table is not None:
            kind: Kind = "collect" if table.hit == "collect" else "one"
            outcomes = tuple(option.id for option in table.outcomes)
            return Layout(definition.id, kind, outcomes, tuple(rule.id for rule in table.rules), definition)
        return Layout(definition.id, "number" if isinstance(definition.type, NumberType) else "value", of=definition)

    def name(self, part: str) -> str:
        return f"{self.decision}/{part}"

    @property
    def mask(self) -> type[pl.DataType]:
        """The type of the masks, which have a bit for each outcome and each rule."""
        return mask_type(max(len(self.rules), len(self.outcomes)))

    # ---- rows of found answers to columns

    def columns(self, found: Iterable[Found]) -> dict[str, pl.Series]:
        """The answers as columns, as the compiled pack would give them."""
        rows = list(found)
        columns = self._masks(rows) if self.rules or self.kind in ("one", "collect") else self._values(rows)
        if any(row.missing is not None for row in rows):
            texts = [sorted(f"{kind}:{path}" for kind, path in row.missing or ()) for row in rows]
            columns[self.name("missing")] = pl.Series(texts, dtype=pl.List(pl.String))
        return columns

    def _masks(self, rows: list[Found]) -> dict[str, pl.Series]:
        def mask(names: tuple[str, ...], chosen: Iterable[Any]) -> int:
            wanted = set(chosen)
            return sum(1 << number for number, name in enumerate(names) if name in wanted)

        parts: dict[str, list[Any]] = {
            "possible": [mask(self.outcomes, (value for value, _ in row.possible)) for row in rows],
            "live": [mask(self.rules, (rule for rule, _ in row.rules)) for row in rows],
            "holds": [mask(self.rules, (rule for rule, holds in row.rules if holds)) for row in rows],
        }
        columns = {self.name(part): pl.Series(cells, dtype=self.mask) for part, cells in parts.items()}
        if self.kind == "collect":
            certain = [mask(self.outcomes, (value for value, sure in row.possible if sure)) for row in rows]
            columns[self.name("certain")] = pl.Series(certain, dtype=self.mask)
        else:
            columns[self.name("conflict")] = pl.Series([row.conflict for row in rows], dtype=pl.Boolean)
            columns[self.name("gap")] = pl.Series([row.gap for row in rows], dtype=pl.Boolean)
        return columns

    def _values(self, rows: list[Found]) -> dict[str, pl.Series]:
        """Values that have no column of their own (lists, records, durations) are kept as they are."""
        assert self.of is not None
        cells = [row.value for row in rows]
        kept = self.of.type == BOOLEAN or isinstance(self.of.type, CodeType)
        dtype = column_type(self.of.type) if kept else pl.Object
        columns = {self.decision: pl.Series(cells, dtype=dtype)}
        if self.kind == "number":
            for part, end in (("least", 0), ("most", 1)):
                ends = [row.bounds[end] if row.bounds else None for row in rows]
                columns[self.name(part)] = pl.Series(ends, dtype=pl.Object)
        return columns

    # ---- columns to found answers

    def found(self, columns: pl.DataFrame) -> Iterator[Found]:
        """The answer of each row."""
        own = [name for name in columns.columns if name == self.decision or name.startswith(self.decision + "/")]
        cells = {name.removeprefix(self.decision).removeprefix("/"): columns[name] for name in own}
        for row in zip(*(series.to_list() for series in cells.values()), strict=True):
            yield self._found(dict(zip(cells, row, strict=True)))

    def _found(self, row: Mapping[str, Any]) -> Found:
        missing: frozenset[tuple[str, str]] | None = None
        if "missing" in row:
            pairs = (text.partition(":") for text in row["missing"] or ())
            missing = frozenset((kind, path) for kind, _, path in pairs)
        if self.kind in ("one", "collect"):
            return self._table(row, missing)
        value = row[""]
        bounds = None
        if self.kind == "number":
            value = self._number(value, row.get("per"))
            low, high = self._number(row.get("least")), self._most(row.get("most"))
            bounds = (low, high) if value is None and low is not None and high is not None else None
        return Found(self.decision, value is not None, value, bounds=bounds, missing=missing)

    def _number(self, value: Any, per: int | None = None) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        number = Decimal(value).scaleb(-self.scale, CONTEXT)
        return number if per is None else CONTEXT.divide(number, Decimal(per))

    def _most(self, value: Any) -> Decimal | None:
        endless = isinstance(value, int) and value >= ENDLESS * 10**self.scale
        return Decimal("Infinity") if endless else self._number(value)

    def _table(self, row: Mapping[str, Any], missing: frozenset[tuple[str, str]] | None) -> Found:
        possible = list(bits(self.outcomes, row["possible"]))
        conflict, gap = row.get("conflict", False), row.get("gap", False)
        if self.kind == "collect":
            sure = set(bits(self.outcomes, row["certain"]))
            determined = len(sure) == len(possible)
        else:
            determined = len(possible) == 1 and conflict is False and gap is False
            sure = set(possible) if determined else set()
        holds = set(bits(self.rules, row["holds"]))
        return Found(
            self.decision,
            determined,
            possible=frozenset((value, value in sure) for value in possible),
            conflict=conflict,
            gap=gap,
            rules=frozenset((rule, rule in holds) for rule in bits(self.rules, row["live"])),
            missing=missing,
        )


def bits(names: tuple[str, ...], mask: int) -> Iterator[str]:
    """The names whose bits are set."""
    return (name for number, name in enumerate(names) if mask >> number & 1)
