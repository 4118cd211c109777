"""A pack to a plan: what every decision about every row is, compiled once for a date, settings, a scenario and columns.

A decision that is not proved exact in columns is left to the single evaluator, and so is what needs its value as a
figure; the reason is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from policy_engine.expression import tree
from policy_engine.expression.types import BOOLEAN, DATE, NumberType, RecordType
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.vocabulary import SUBJECTS, YEARS
from policy_engine.model.vocabulary import Fact as FactDefinition
from policy_engine.population.answers import Layout
from policy_engine.population.column import (
    Chosen,
    Collected,
    Column,
    Const,
    Items,
    NotCompiled,
    Number,
    Open,
    Row,
    Truth,
    Waits,
    each,
    simple,
)
from policy_engine.population.decision_tables import compile_table
from policy_engine.population.exact import as_number
from policy_engine.population.expressions import ExpressionCompiler, Scope
from policy_engine.population.kleene import TRUE, At, truth_expression
from policy_engine.population.lists import Missings
from policy_engine.population.masks import outcome_of
from policy_engine.population.operations import choice, day_of, first_known, text_of
from policy_engine.population.plan import Plan
from policy_engine.population.rowwise import Asked
from policy_engine.population.stored import Stored, stored_column
from policy_engine.population.tables import AS_OF, ROOT, Population
from policy_engine.population.waiting import Bits, Fact

__all__ = ["Compiled", "Compiler", "compile_pack"]


@dataclass
class Compiled:
    """A plan with the columns of the answers: by decision its layout, and the column or constant of each part.

    `given` are the decisions whose answers, found row by row, the plan takes as they are, asked or only required.
    """

    plan: Plan
    bits: Bits
    layouts: dict[str, Layout] = field(default_factory=dict)
    given: dict[str, Layout] = field(default_factory=dict)
    parts: dict[str, dict[str, pl.Expr]] = field(default_factory=dict)
    waits: dict[str, Waits] = field(default_factory=dict)
    by_row: dict[str, str] = field(default_factory=dict)
    only_outcomes: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A compiled decision: what one that requires it sees, and the parts of its answer."""

    value: Column
    parts: dict[str, pl.Expr]
    waits: Waits
    scale: int = 0


class Compiler(ExpressionCompiler):
    def __init__(self, asked: Asked, population: Population, *, waiting: bool) -> None:
        self.bits = Bits(Plan())
        super().__init__(self.bits.plan, Missings(self.bits.carry), waiting=waiting)
        self.asked = asked
        self.pack = asked.pack
        self.tables = population.tables
        self.subject = population.subject
        self.decided: dict[tuple[str, str, str], Decided | NotCompiled] = {}
        self.facts: dict[tuple[str, str, str], Column] = {}
        self.given: dict[str, Layout] = {}

    # ---- decisions

    def decision(self, id_: str, scope: Scope) -> Column:
        """What a decision that requires this one, about the row of the scope, sees."""
        found = self.decide(id_, scope)
        if isinstance(found, NotCompiled):
            found = self.left(self.pack.decision(id_), scope.own.frame, found)
        return self.brought(found.value, scope.own.frame, scope.frame)

    def decide(self, id_: str, scope: Scope) -> Decided | NotCompiled:
        """The decision about the row of the scope, or why it is not compiled."""
        key = id_, scope.own.frame, scope.root.frame
        if key not in self.decided:
            inside = replace(scope, frame=scope.own.frame, bound={})
            try:
                self.decided[key] = self.compiled(self.pack.decision(id_), inside)
            except NotCompiled as reason:
                self.decided[key] = reason
        return self.decided[key]

    def left(self, definition: DecisionDefinition, frame: str, reason: NotCompiled) -> Decided:
        """A decision answered row by row, as another sees it: possible where its answer is a truth or a table's."""
        layout = Layout.of_decision(definition)
        if self.waiting or frame not in self.tables:
            raise NotCompiled(f"{definition.id}: {reason}")
        self.given[definition.id] = layout

        def given(part: str) -> pl.Expr:
            return self.plan.input(frame, layout.name(part) if part else definition.id)

        if layout.kind == "collect":
            return Decided(Collected(given("certain"), given("possible"), layout.outcomes), {}, {})
        if layout.kind == "one":
            plain = given("conflict").eq_missing(pl.lit(value=False)) & given("gap").eq_missing(pl.lit(value=False))
            return Decided(Chosen(pl.when(plain).then(given("possible")).otherwise(0), layout.outcomes), {}, {})
        if definition.type == BOOLEAN:
            return Decided(Truth(given("")), {}, {})
        raise NotCompiled(f"{definition.id}: {reason}")

    def compiled(self, definition: DecisionDefinition, scope: Scope) -> Decided:
        at = self.at(scope)
        if definition.table is not None:
            conditions = [self.kept(self.column(rule.when, scope), scope) for rule in definition.table.rules]
            table = compile_table(at, definition.table, conditions)
            return Decided(table.value, table.parts, table.waits)
        assert isinstance(definition.logic, tree.Node)
        if definition.rounding is not None:
            raise NotCompiled("a rounded result")
        value = self.kept(self.column(definition.logic, scope), scope)
        return Decided(value, *answer_parts(definition, value))

    def kept(self, column: Column, scope: Scope) -> Column:
        return self.plan.keep(scope.frame, column) if simple(column) else column

    # ---- names

    def global_(self, node: tree.Name, scope: Scope) -> Column:
        kinds: dict[str, Callable[[], Column]] = {
            "household": lambda: scope.root,
            "fact": lambda: self.fact(scope.root, node.id, scope),
            "parameter": lambda: self.parameter(node.id),
            "decision": lambda: self.required(node.id, scope),
            "reading": lambda: self.reading(node.id, scope),
            "on": lambda: Const(self.asked.on),
        }
        return kinds[node.kind]()

    def required(self, id_: str, scope: Scope) -> Column:
        about = self.pack.decision(id_).about
        return self.decision(id_, scope if about == scope.own.form else self.of(scope, scope.root))

    def of(self, scope: Scope, row: Row) -> Scope:
        """Names stand for the facts of this row, and of the household, village or area that it belongs to."""
        return replace(scope, own=row, root=row if row.form in SUBJECTS else row.owner or scope.root)

    def reading(self, id_: str, scope: Scope) -> Column:
        """The chosen option of a reading; left to judgement, the fact of that name."""
        option = self.pack.reading(id_).option(self.asked.chosen(id_))
        home = scope.own if scope.own.form == "member" else scope.root
        if option.expression is None:
            return self.fact(home, id_, scope)
        inside = replace(scope, frame=scope.own.frame, bound={})
        found = self.kept(self.column(option.expression, inside), inside)
        return self.brought(found, scope.own.frame, scope.frame)

    def parameter(self, id_: str) -> Column:
        found = self.asked.parameter(id_)
        if found is None:
            return Open(waits=self.waits_of(ROOT, Fact("parameter", id_)))
        return Const(found)

    def waits_of(self, frame: str, entry: Fact) -> Waits:
        return self.bits.of(frame, entry) if self.waiting else {}

    # ---- facts

    def fact(self, row: Row, entry: str, scope: Scope) -> Column:
        if entry in YEARS:
            return self.year(row, entry)
        fact = self.pack.vocabulary.form(row.form).find(entry)
        if fact is None:
            return self.decision(entry, self.of(scope, row))
        if isinstance(fact.type, RecordType):
            below = replace(row, form=fact.type.name, stored=f"{row.stored}{fact.id}.", path=f"{row.path}{fact.id}.")
            return replace(below, owner=row.owner or row)
        found = self.supplied(row, fact) if fact.applies_when is None else self.applicable(row, fact, scope)
        return (
            self.list_here(found, row, scope)
            if isinstance(found, Items)
            else self.brought(found, row.frame, scope.frame)
        )

    def year(self, row: Row, alias: str) -> Row:
        """`this_year`, `last_year`: the figures of the year of the date, or of the year before."""
        fact = next(fact for fact in self.pack.vocabulary.form(row.form) if fact.by_year)
        assert isinstance(fact.type, RecordType)
        year = self.asked.on.year + YEARS[alias]
        return Row(
            row.frame,
            fact.type.name,
            f"{row.stored}{fact.id}.{year}.",
            f"{row.path}{alias}.",
            row.owner or row,
        )

    def applicable(self, row: Row, fact: FactDefinition, scope: Scope) -> Column:
        """*Applies when C, otherwise V*: the name means `if C then fact else V`."""
        assert fact.applies_when is not None
        assert fact.otherwise_is is not None
        inside = self.of(replace(scope, frame=row.frame, bound={}), row)
        applies, otherwise = self.column(fact.applies_when, inside), self.column(fact.otherwise_is, inside)
        if isinstance(applies, Const):
            return self.supplied(row, fact) if applies.value else otherwise
        value = self.supplied(row, fact)
        if not (simple(value) and simple(otherwise)):
            raise NotCompiled("a list with a condition")
        return self.kept(choice(self.at(inside), applies, value, otherwise), inside)

    def supplied(self, row: Row, fact: FactDefinition) -> Column:
        key = row.frame, row.stored + fact.id, row.path
        if key not in self.facts:
            self.facts[key] = self.read(row, fact)
        return self.facts[key]

    def read(self, row: Row, fact: FactDefinition) -> Column:
        """A fact in the frame of its row: as supplied, else as derived, else unknown."""
        at = At(self.plan, row.frame, self.waiting)
        kind = "judgement" if fact.judgement else "fact"
        missing = self.waits_of(row.frame, Fact(kind, row.path + fact.id))
        here = Stored(at, self.tables[row.frame], row.stored + fact.id, fact.type, missing)
        own = stored_column(here, self.below(row, fact), self.later(row) if fact.events else None)
        if isinstance(own, Items) and isinstance(own.item, Row):
            owner = None if own.item.form in SUBJECTS else row.owner or row
            own = replace(own, item=replace(own.item, owner=owner))
        if fact.derived_by is None:
            return own
        owner = row.owner if row.owner is not None and row.form not in SUBJECTS else row
        inside = Scope(row.frame, owner, row, {})
        derived = self.kept(self.column(fact.derived_by, inside), inside)
        waits = missing if fact.question else derived.waits
        if fact.question and isinstance(derived, Number):
            derived = replace(derived, low=None, high=None, waits={})
        if isinstance(own, Open):
            return self.asking(at, derived, missing) if fact.question else derived
        return self.kept(first_known(at, own, derived, (waits,)), inside)

    def asking(self, at: At, derived: Column, missing: Waits) -> Column:
        """A derived fact that people can be asked for: where it is open, it waits for itself."""
        if isinstance(derived, Open):
            return Open(waits=missing)
        if isinstance(derived, (Truth, Number)):
            return replace(derived, waits=at.open(derived.value.is_null(), (missing,)))
        return derived

    def below(self, row: Row, fact: FactDefinition) -> str:
        """The table of a list of records."""
        name = f"{row.frame}.{row.stored}{fact.id}" if row.frame else row.stored + fact.id
        return name if name in self.tables else ""

    def later(self, row: Row) -> pl.Expr | None:
        """Where the date asked about lies after the day that the facts describe."""
        if AS_OF not in self.tables[ROOT].rows.columns:
            return None
        later = (self.plan.input(ROOT, AS_OF) < pl.lit(self.asked.on)).fill_null(value=False)
        return self.plan.take(row.frame, self.plan.define(ROOT, later), ROOT)

    def list_here(self, items: Items, row: Row, scope: Scope) -> Items:
        """A list of a row around, for each row of the scope's frame."""
        if row.frame == scope.frame:
            return items

        def bring(expression: pl.Expr) -> pl.Expr:
            return self.plan.take(scope.frame, self.plan.define(row.frame, expression), row.frame)

        if self.plan.reaches(scope.frame, items.frame):
            raise NotCompiled("a list beside itself")
        frame = self.plan.pairs(scope.frame, items.frame)
        item = self.brought(items.item, items.frame, frame)
        more = None if items.more is None else each(items.more, bring)
        waits = {key: bring(mask) for key, mask in items.waits.items()}
        return Items(frame, item, bring(items.known), TRUE, more, waits=waits)


def answer_parts(definition: DecisionDefinition, value: Column) -> tuple[dict[str, pl.Expr], Waits, int]:
    """The columns of the answer to an expression, what it waits for, and the scale of a number."""
    if definition.type == BOOLEAN:
        return {"": truth_expression(value)}, value.waits, 0
    if isinstance(definition.type, NumberType):
        return _number_parts(value)
    if isinstance(value, Open):
        return {"": pl.lit(None, pl.String)}, value.waits, 0
    if isinstance(value, Chosen):
        names = {1 << number: id_ for number, id_ in enumerate(value.ids)}
        return {"": value.mask.replace_strict(names, default=None, return_dtype=pl.String)}, value.waits, 0
    if definition.type == DATE:
        return {"": day_of(value)}, value.waits, 0
    return {"": text_of(value)}, value.waits, 0


def _number_parts(value: Column) -> tuple[dict[str, pl.Expr], Waits, int]:
    if isinstance(value, Open):
        return {"": pl.lit(None, pl.Int64)}, value.waits, 0
    number = as_number(value)
    if max(-number.least, number.most) >= 10 ** (_MOST_DIGITS + number.scale):
        raise NotCompiled(f"a figure of more than {_MOST_DIGITS} digits before the point")
    named = {"": number.value, "per": number.per, "least": number.low, "most": number.high}
    return {part: found for part, found in named.items() if found is not None}, number.waits, number.scale


_MOST_DIGITS = 32
"""Before the point, of figures in tables of answers: Polars' decimals have 38, six of them behind the point."""


def outcome_parts(found: Decided) -> dict[str, pl.Expr]:
    """The outcome alone, empty where it is not determined; of a collected list the certain and the possible ones."""
    if isinstance(found.value, Chosen):
        return {"": outcome_of(found.value.mask, found.value.ids)}
    if isinstance(found.value, Collected):
        return {"certain": found.value.certain, "possible": found.value.possible}
    return found.parts


def compile_pack(
    asked: Asked,
    population: Population,
    decisions: Sequence[str],
    *,
    waiting: bool = False,
    only_outcomes: bool = False,
) -> Compiled:
    """The plan for these decisions about a population with such columns.

    `waiting`: what open answers wait for is compiled too; then a decision that rests on one answered row by row is so too.
    `only_outcomes`: nothing else is computed than the outcomes.
    """
    compiler = Compiler(asked, population, waiting=waiting)
    compiled = Compiled(compiler.plan, compiler.bits, only_outcomes=only_outcomes)
    subject = Row(ROOT, population.subject)
    outputs: set[tuple[str, str]] = set()
    for id_ in decisions:
        definition = asked.pack.decision(id_)
        table = asked.table_of(id_, population.subject)
        compiled.layouts[id_] = layout = Layout.of_decision(definition)
        if table and table not in population.tables:
            continue
        if table:
            compiler.plan.table(table, ROOT)
        own = Row(table, definition.about, owner=subject) if table else subject
        outputs.add((own.frame, ""))
        found = compiler.decide(id_, Scope(own.frame, subject, own, {}))
        if isinstance(found, NotCompiled):
            compiled.by_row[id_] = str(found)
            if not (only_outcomes and definition.table):
                continue
            found = compiler.left(definition, own.frame, found)
        define = compiler.plan.define
        parts = outcome_parts(found) if only_outcomes and definition.table else found.parts
        compiled.layouts[id_] = replace(layout, scale=found.scale)
        compiled.parts[id_] = {part: define(own.frame, expression) for part, expression in parts.items()}
        compiled.waits[id_] = {key: define(own.frame, mask) for key, mask in found.waits.items()}
        outputs |= {(own.frame, name) for part in compiled.parts[id_].values() for name in part.meta.root_names()}
    compiled.given = {id_: compiled.layouts[id_] for id_ in compiled.by_row} | compiler.given
    if not waiting:
        compiled.plan = compiler.plan.wanted(outputs)
    return compiled
