"""The columnar runner agrees with the single evaluator: on every row, decision, flag, rule and missing fact."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators import day_in, households, leaves_of, packs, without
from policy_engine import Scenario, Settings, load_pack
from policy_engine.checking.cases import read_cases
from policy_engine.documents.forms import CaseForm
from policy_engine.documents.link_parameters import parameter_value
from policy_engine.documents.read_facts import read_facts, read_facts_node
from policy_engine.documents.read_pack import shipped_packs
from policy_engine.documents.read_settings import read_settings
from policy_engine.documents.reader import Reader
from policy_engine.documents.yaml import read as read_yaml
from policy_engine.model.canonical import plain
from policy_engine.model.facts import paths
from policy_engine.population.agreement import as_case, disagreements
from policy_engine.population.rows import each_facts, population_of
from policy_engine.population.run import decide_population

PACKS = {name: load_pack(name) for name in shipped_packs()}
PACK_FOLDER = Path(__file__).parents[1] / "policies"
XUANZHOU = PACKS["xuanzhou_2021"]
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


@settings(deadline=None, max_examples=5)
@given(questions(st.just(XUANZHOU)))
def test_what_is_answered_row_by_row_may_be_required_without_being_asked(question):
    """No column holds a line of this size."""
    population = population_of(question.subjects, XUANZHOU.vocabulary)
    scenario = Scenario({"range_line": 10**23})
    alone, among = (
        list(
            decide_population(XUANZHOU, population, question.on, decisions=asked, scenario=scenario).found("monitoring")
        )
        for asked in (["monitoring"], None)
    )
    assert alone == among


# ---- worked cases


def cases(name):
    """The questions of a pack's worked cases, without those that are refused."""
    pack = PACKS[name]
    forms, problems = read_cases(PACK_FOLDER / name)
    assert problems == ()
    for path, number, form in forms:
        if form.refused:
            continue
        facts, _ = read_facts_node(form.facts, pack.vocabulary)
        supplied = read_settings(form.settings, pack, []) if form.settings is not None else Settings()
        values = {
            word.text: parameter_value(cell, pack.parameter(word.text).type, []) for word, cell in form.set.items()
        }
        readings = {word.text: option.text for word, option in form.readings.items()}
        on = form.on or facts.as_of
        yield f"{path.name} {number}", facts, on, supplied, Scenario(values, readings)


@pytest.mark.parametrize("name", PACKS)
def test_every_worked_case_of_every_pack(name):
    together = {}
    for case, facts, on, supplied, scenario in cases(name):
        together.setdefault((facts.subject, on, supplied, scenario), []).append((case, facts))
    assert sum(map(len, together.values())) > 20
    for (subject, on, supplied, scenario), group in together.items():
        population = population_of([facts for _, facts in group], PACKS[name].vocabulary, subject)
        found = disagreements(PACKS[name], population, on, settings=supplied, scenario=scenario)
        assert list(found) == [], [case for case, _ in group]


def test_rows_and_facts_say_the_same():
    for name, pack in PACKS.items():
        for case, facts, *_ in cases(name):
            population = population_of([facts], pack.vocabulary, facts.subject)
            (back,) = each_facts(population, pack.vocabulary)
            assert dict(paths(back.root)) == dict(paths(facts.root)), case
            assert back.as_of == facts.as_of


@pytest.mark.parametrize(("known_to", "hit"), [("2021-09-30", None), ("2021-10-01", False)])
def test_a_list_is_complete_no_longer_than_it_says(known_to, hit):
    """What may have happened after it is not a no."""
    day = datetime.date(2021, 10, 1)
    data = {"household_id": "H", "as_of": "2021-10-01", "shocks": {"value": [], "complete_to": known_to}}
    population = population_of([read_facts(data, XUANZHOU.vocabulary)[0]], XUANZHOU.vocabulary)
    (found,) = decide_population(XUANZHOU, population, day, decisions=["hit_in_a_region"]).found("hit_in_a_region")
    assert found.value == hit


@pytest.mark.parametrize("whole", [True, False])
def test_households_of_which_it_is_not_said_that_they_are_all(whole):
    listed = {"value": [{"household_id": "H", "shocks": []}]} | ({} if whole else {"complete_to": "0001-01-01"})
    data = {"subject": "area", "area_id": "A", "as_of": "2021-10-01", "households": listed}
    population = population_of([read_facts(data, XUANZHOU.vocabulary)[0]], XUANZHOU.vocabulary, "area")
    scenario = Scenario({"regional_threshold": 2})
    asked = decide_population(
        XUANZHOU, population, datetime.date(2021, 10, 1), decisions=["regional_warning"], scenario=scenario
    )
    (found,) = asked.found("regional_warning")
    assert {outcome for outcome, _ in found.possible} == ({"none"} if whole else {"none", "warn"})


def test_a_part_of_a_population_answers_as_the_whole():
    subjects = [facts for _, facts, *_ in cases("xuanzhou_2021") if facts.subject == "household"]
    whole = population_of(subjects, XUANZHOU.vocabulary)
    day = datetime.date(2021, 9, 1)
    answers = list(decide_population(XUANZHOU, whole, day).found("monitoring"))
    parts = [whole.slice(start, 7) for start in range(0, len(whole), 7)]
    assert [f for part in parts for f in decide_population(XUANZHOU, part, day).found("monitoring")] == answers
    every_third = whole.chosen(pl.Series([number % 3 == 0 for number in range(len(whole))]))
    assert list(decide_population(XUANZHOU, every_third, day).found("monitoring")) == answers[::3]


def test_a_disagreement_is_written_as_a_case():
    facts, _ = read_facts(
        {
            "county": "宣州区",
            "at_risk": {"value": True, "by": "村", "observed_on": "2021-08-20"},
            "members": [{"birth_date": "1950-01-02"}],
            "finances": {2021: {"net_income": 23999.99}},
        },
        XUANZHOU.vocabulary,
    )
    text = as_case(XUANZHOU, facts, "in_range", datetime.date(2021, 9, 1))
    (document,), problems = read_yaml(text, "case.yaml")
    assert problems == ()
    reader = Reader()
    form = reader.read(document, CaseForm)
    assert reader.problems == []
    back, warnings = read_facts_node(form.facts, XUANZHOU.vocabulary)
    assert (back.root, warnings) == (facts.root, ())
