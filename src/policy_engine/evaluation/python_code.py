"""Typed expressions as Python code that deals with what is known, and answers None for everything else.

Generated from the linked pack: of a pack's texts only the ids of facts stand in the code, its constants are handed over
by number. Only sure answers count: where the code gives a value it is the one that the evaluator (`single`) gives; where
it gives None or raises, the evaluator is to be asked. What is not worth generating is refused with `NotGenerated`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from policy_engine.evaluation import operations
from policy_engine.evaluation.python_operators import OPERATORS, Bound, NotGenerated, Operators
from policy_engine.expression import tree
from policy_engine.expression.functions import FUNCTIONS
from policy_engine.expression.tree import Node
from policy_engine.expression.types import ListType, NumberType, RecordType
from policy_engine.model.decision import DecisionDefinition, DecisionTable
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import YEARS, Fact

__all__ = ["Code", "Units"]


class Units:
    """The functions of a program: one for each decision, reading and derived fact; made when first called for."""

    def __init__(self, pack: Pack, chosen: Callable[[str], str]) -> None:
        self.pack, self.chosen = pack, chosen
        self.sources: list[str] = []
        self.constants: dict[str, Any] = dict(OPERATORS)
        self.parameters: dict[str, int] = {}
        self._made: dict[tuple[str, ...], str | None] = {}

    def constant(self, value: Any) -> str:
        name = f"K{len(self.constants)}"
        self.constants[name] = value
        return name

    def parameter(self, id_: str) -> int:
        return self.parameters.setdefault(id_, len(self.parameters))

    def unit(self, key: tuple[str, ...], write: Callable[[Code], None], form: str) -> str:
        """The name of the function of this key; `write` writes its body where there is none yet."""
        if key not in self._made:
            self._made[key] = None
            code = Code(self, form)
            write(code)
            name = f"f{len(self.sources)}"
            body = "\n".join(code.lines)
            self.sources.append(f"def {name}(R, own):\n{body}\n")
            self._made[key] = name
        made = self._made[key]
        if made is None:
            raise NotGenerated
        return made

    def decision(self, id_: str) -> str:
        """The function that gives the value of a decision."""
        definition = self.pack.decision(id_)
        if definition.about not in ("household", "member"):
            raise NotGenerated

        def write(code: Code) -> None:
            code.add(f"key = {code.constant(id_)}, own.path")
            code.add("if key in R.values: return R.values[key]")
            if definition.table is not None:
                code.table(definition.table)
            else:
                code.expression(definition)

        return self.unit(("decision", id_), write, definition.about)

    def reading(self, id_: str, form: str) -> str:
        """The function for the chosen option of a reading, or for the fact that takes its place."""
        reading = self.pack.reading(id_)
        option = reading.option(self.chosen(id_))

        def write(code: Code) -> None:
            if option.expression is not None:
                found = code.value(option.expression, {tree.OWN: "own"})
            elif form == "member":
                found = code.fact("own", "member", id_)
            else:
                found = code.fact("R.root", "household", id_)
            code.add(f"return {found}")

        return self.unit(("reading", id_, form), write, form)

    def derived(self, form: str, fact: Fact) -> str:
        """The function that works out a fact from its neighbours."""

        def write(code: Code) -> None:
            assert fact.derived_by is not None
            code.forms["own"] = form
            found = code.value(fact.derived_by, {tree.OWN: "own"})
            code.add(f"return {found}")

        return self.unit(("fact", form, fact.id), write, "household")


class Code(Operators):
    """The body of one function; `form` is what the names in it speak of: the household, or a member."""

    def __init__(self, units: Units, form: str) -> None:
        super().__init__({"own": form, "R.root": "household"})
        self.units, self.form = units, form

    def constant(self, value: Any) -> str:
        return self.units.constant(value)

    # ---- decisions: `R.found` notes the value and the positions of the rules that hold, and gives the value

    def expression(self, definition: DecisionDefinition) -> None:
        assert isinstance(definition.logic, Node)
        found = self.value(definition.logic, {tree.OWN: "own"})
        if definition.rounding is not None and isinstance(definition.type, NumberType):
            mode, places = definition.rounding.mode, Decimal(definition.rounding.places)
            name = "decimal" if mode == "half even" else f"round {mode}"
            found = self.calling(FUNCTIONS[name][0].apply, found, self.constant(places))
        self.add(f"return R.found(key, {found}, ())")

    def table(self, table: DecisionTable) -> None:
        self.add("hits = []")
        for position, rule in enumerate(table.rules):
            truth = self.value(rule.when, {tree.OWN: "own"})
            self.add(f"if {truth} is None: return R.found(key, None, ())")
            if table.hit == "first":
                self.add(f"if {truth}: return R.found(key, {self.constant(rule.then)}, ({position},))")
            else:
                self.add(f"if {truth}: hits.append({position})")
        outcome = self.constant(lambda hits: _outcome(table, hits))
        self.add(f"return R.found(key, {outcome}(hits), tuple(hits))")

    # ---- names

    def name(self, node: tree.Name, bound: Bound) -> str:
        if node.kind == "local" or node.kind.startswith("item"):
            return bound[node.bound_as]
        if node.kind == "own":
            return self.fact(bound[tree.OWN], self.forms[bound[tree.OWN]], node.id)
        if node.kind == "household":
            return "R.root"
        if node.kind == "fact":
            return self.fact("R.root", "household", node.id)
        if node.kind == "parameter":
            return self.let(f"P[{self.units.parameter(node.id)}]")
        if node.kind == "decision":
            return self.decided(node.id, "own" if self.about(node.id) == self.form else "R.root")
        if node.kind == "reading":
            return self.let(f"{self.units.reading(node.id, self.form)}(R, {self.subject})")
        if node.kind == "on":
            return "R.on"
        raise NotGenerated

    def about(self, decision: str) -> str:
        return self.units.pack.decision(decision).about

    @property
    def subject(self) -> str:
        """The variable of what the names speak of."""
        return "own" if self.form == "member" else "R.root"

    def decided(self, id_: str, record: str) -> str:
        return self.let(f"{self.units.decision(id_)}(R, {record})")

    def fact(self, record: str, form: str, entry: str) -> str:
        """A fact of a record: as supplied, else as derived; what is said of when it applies comes first."""
        if entry in YEARS:
            return self.year(record, form, entry)
        fact = self.units.pack.vocabulary.form(form).find(entry)
        if fact is None:
            return self.decided(entry, record)
        if fact.applies_when is None:
            return self.supplied(record, form, fact)
        assert fact.otherwise_is is not None
        self.forms[record], own = form, {tree.OWN: record}
        found, applies = self.variable(), self.value(fact.applies_when, own)
        with self.block(f"if {applies} is True:"):
            self.add(f"{found} = {self.supplied(record, form, fact)}")
        with self.block(f"elif {applies} is False:"):
            self.add(f"{found} = {self.value(fact.otherwise_is, own)}")
        self.add(f"else: {found} = None")
        return found

    def supplied(self, record: str, form: str, fact: Fact) -> str:
        found = self.let(f"{record}.get({fact.id!r})")
        if fact.events:
            self.add(f"if {found} is not None: {found} = R.up_to_date({found}, {record}, {self.constant(fact)})")
        elif isinstance(fact.type, RecordType):
            self.add(f"if {found} is None: {found} = R.nothing")
        elif fact.derived_by is not None:
            self.add(f"if {found} is None: {found} = {self.units.derived(form, fact)}(R, {record})")
        return found

    def year(self, record: str, form: str, alias: str) -> str:
        fact = next((fact for fact in self.units.pack.vocabulary.form(form) if fact.by_year), None)
        if fact is None:
            raise NotGenerated
        years = self.let(f"{record}.get({fact.id!r})")
        year = "R.year" if YEARS[alias] == 0 else "R.year_before"
        return self.let(f"R.nothing if {years} is None else {years}.get({year}, R.nothing)")

    def path(self, node: tree.Path, bound: Bound) -> str:
        target, type_ = self.value(node.target, bound), node.target.typed
        if isinstance(type_, ListType):
            item = type_.item
            if not isinstance(item, RecordType) or not item.name:
                raise NotGenerated
            name = item.name
            return self.mapped(target, lambda each: self.entry(each, name, node.entry))
        form = self.forms.get(target, type_.name if isinstance(type_, RecordType) else None)
        if form is None:
            return self.calling(operations.property_of, target, self.constant(node.entry))
        return self.entry(target, form, node.entry)

    def entry(self, record: str, form: str, entry: str) -> str:
        if not form or form in ("village", "area"):
            raise NotGenerated
        found = self.variable()
        self.add(f"{found} = None")
        with self.block(f"if {record} is not None:"):
            self.add(f"{found} = {self.fact(record, form, entry)}")
        return found


def _outcome(table: DecisionTable, hits: list[int]) -> Any:
    """The outcome of a table of which just these rules hold; None leaves gaps and conflicts to the evaluator."""
    found = {table.rules[position].then for position in hits}
    if table.hit == "collect":
        return tuple(option.id for option in table.outcomes if option.id in found)
    if not found:
        return None if table.exhaustive else table.otherwise
    return found.pop() if len(found) == 1 else None
