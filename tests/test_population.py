"""The columnar runner agrees with the single evaluator: on every row, decision, flag, rule and missing fact."""

from __future__ import annotations

import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from generators import day_in, households, leaves_of, packs, without
from policy_engine import Scenario, load_pack
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import shipped_packs
from policy_engine.model.canonical import plain
from policy_engine.model.facts import paths
from policy_engine.population.agreement import disagreements
from policy_engine.population.rows import population_of

PACKS = {name: load_pack(name) for name in shipped_packs()}
MONTH = datetime.timedelta(days=30)


@st.composite
def half_known(draw, pack, most=14):
    """A household with some facts hidden."""
    data = draw(households(pack))
    hidden = draw(st.lists(st.sampled_from(sorted(leaves_of(data), key=str)), max_size=most, unique=True))
    return read_facts(without(data, set(hidden)), pack.vocabulary)[0]


class Question:
    """A pack asked on a date about some households."""

    def __init__(self, pack, subjects, on, scenario):
        self.pack, self.subjects, self.on, self.scenario = pack, subjects, on, scenario

    def __repr__(self):
        logic = {id_: plain(decision.logic) for id_, decision in self.pack.decisions.items()}
        facts = [dict(paths(facts.root)) for facts in self.subjects]
        return (
            f"{logic if self.pack.id == 'made' else self.pack.id} {dict(self.scenario.readings)} on {self.on}: {facts}"
        )


@st.composite
def questions(draw, made_from):
    """A pack, some households, a choice of readings, and a date: before, at or after what the facts describe."""
    pack = draw(made_from)
    readings = {
        id_: draw(st.sampled_from([option.id for option in pack.reading(id_).options]))
        for id_ in draw(st.lists(st.sampled_from(sorted(pack.readings)), unique=True))
    }
    on = day_in(pack) + draw(st.sampled_from([-MONTH, 0 * MONTH, MONTH]))
    subjects = draw(st.lists(half_known(pack), min_size=1, max_size=5))
    return Question(pack, subjects, on, Scenario(readings=readings))


def check(question):
    population = population_of(question.subjects, question.pack.vocabulary)
    found = disagreements(question.pack, population, question.on, scenario=question.scenario)
    assert list(found) == []


@settings(deadline=None, max_examples=25)
@given(questions(packs()))
def test_any_pack(question):
    check(question)


@settings(deadline=None, max_examples=15)
@given(questions(st.sampled_from(list(PACKS.values()))))
def test_the_shipped_packs(question):
    check(question)
