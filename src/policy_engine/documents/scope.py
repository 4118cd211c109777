"""What a name may stand for in the expressions of a pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from policy_engine.expression import tree
from policy_engine.expression.names import Symbol
from policy_engine.expression.parse import KEYWORDS
from policy_engine.expression.types import DATE, Type
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import YEARS, Fact, RecordForm, record_type

__all__ = ["NO_NAMES", "RESERVED", "Names", "entry_names", "good_id", "pack_names", "subject_names"]

RESERVED = ("on", "item", "household", *YEARS)
"""Names the engine gives a meaning to: `on` is the date asked about, `household` that of the member in question."""


def good_id(text: str) -> bool:
    """May this be the id of a fact, parameter, reading or decision?"""
    return text.isidentifier() and text.isascii() and text not in KEYWORDS


@dataclass
class Names:
    """Symbols by id and by label. A label that several things share binds none of them.

    A symbol whose type is not known yet is given by a function, called when the name is first used.
    """

    symbols: dict[str, Callable[[], Symbol | None]] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    about: dict[str, Names] = field(default_factory=dict)
    """Names that items of a kind of record have beside their facts: the decisions about them."""

    def add(self, id_: str, label: str, symbol: Callable[[], Symbol | None]) -> None:
        self.symbols[id_] = symbol
        if label and label.isidentifier() and label != id_:
            self.labels.setdefault(label, []).append(id_)

    def find(self, name: str) -> Symbol | None:
        if name in self.symbols:
            return self.symbols[name]()
        ids = self.labels.get(name, [])
        return self.symbols[ids[0]]() if len(ids) == 1 else None

    def added(self, record: str, name: str) -> Symbol | None:
        return self.about[record].find(name) if record in self.about else None

    def hidden_by(self, other: Names) -> Names:
        """Joined with names that come first: a person's own facts before the household's of the same name."""
        taken = {*other.symbols, *other.labels}
        symbols = {name: symbol for name, symbol in self.symbols.items() if name not in taken}
        labels = {label: ids for label, ids in self.labels.items() if label not in taken}
        return Names(symbols, labels, self.about).joined(other)

    def with_about(self, about: dict[str, Names]) -> Names:
        return Names(self.symbols, self.labels, about)

    def names(self) -> Iterable[str]:
        yield from self.symbols
        yield from (label for label, ids in self.labels.items() if len(ids) == 1)

    def joined(self, other: Names) -> Names:
        labels = {label: list(ids) for label, ids in self.labels.items()}
        for label, ids in other.labels.items():
            labels.setdefault(label, []).extend(ids)
        return Names({**self.symbols, **other.symbols}, labels, {**self.about, **other.about})


NO_NAMES = Names()
"""No names beside those of the subject; never added to."""


def _constant(id_: str, type_: Type, kind: str) -> Callable[[], Symbol]:
    symbol = Symbol(id_, type_, kind)
    return lambda: symbol


def _add_facts(names: Names, facts: Iterable[Fact], kind: str) -> None:
    for fact in facts:
        if fact.by_year:
            for alias, years in YEARS.items():
                names.add(alias, "本年度" if years == 0 else "上年度", _constant(alias, fact.type, kind))
        else:
            names.add(fact.id, fact.label.zh, _constant(fact.id, fact.type, kind))


def subject_names(form: RecordForm) -> Names:
    """The facts of a subject, and `on`."""
    names = Names()
    _add_facts(names, form.facts, "fact")
    names.add("on", "", _constant("on", DATE, "on"))
    return names


def pack_names(pack: Pack, subject: str) -> Names:
    """All names of a linked pack that may stand in an expression about this kind of subject, or about a member."""
    shared, about = Names(), {decision.about: Names() for decision in pack.decisions.values()}
    for id_, parameter in pack.parameters.items():
        shared.add(id_, parameter.label.zh, _constant(id_, parameter.type, "parameter"))
    for id_, decision in pack.decisions.items():
        about[decision.about].add(id_, decision.label.zh, _constant(id_, decision.type, "decision"))
    home = "household" if subject == "member" else subject
    names = subject_names(pack.vocabulary.form(home)).joined(shared).joined(_readings(pack, home))
    names = names.joined(about.get(home, Names()))
    if subject == "member":
        own = entry_names(pack.vocabulary.form("member")).joined(_readings(pack, "member"))
        own.add("household", "", _constant("household", record_type(pack.vocabulary.form("household")), "household"))
        names = names.hidden_by(own).joined(about.get("member", Names()))
    return names.with_about(about)


def _readings(pack: Pack, subject: str) -> Names:
    """The readings that speak of this kind of subject."""
    names, form = Names(), pack.vocabulary.form(subject)
    kind = "own" if subject == "member" else "fact"
    for id_, reading in pack.readings.items():
        parts = [part for option in reading.options if option.expression for part in tree.walk(option.expression)]
        named = [part for part in parts if isinstance(part, tree.Name)]
        own = [part.id for part in named if part.kind == kind and part.id not in YEARS]
        judged = all(option.expression or form.find(id_) for option in reading.options)
        strange = kind == "fact" and any(part.kind == "own" for part in named)
        if judged and not strange and all(form.find(name) for name in own):
            names.add(id_, "", _constant(id_, reading.type, "reading"))
    return names


def entry_names(form: RecordForm) -> Names:
    """The entries of a record, for a fact that is derived from its neighbours."""
    names = Names()
    _add_facts(names, form.facts, "own")
    return names
