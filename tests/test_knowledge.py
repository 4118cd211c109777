"""The law of knowledge on packs: learning settles, and never unsettles; and nothing else changes an answer."""

from __future__ import annotations

import datetime
import hashlib
import json
import operator
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import reduce
from itertools import pairwise, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generators import (
    ON,
    TEXTS,
    booleans,
    day_in,
    households,
    leaves_of,
    make_pack,
    packs,
    table,
    without,
    written,
)
from policy_engine import Scenario, decide, load_pack
from policy_engine.decision.decide import decide_facts
from policy_engine.documents.read_facts import read_facts, read_facts_text
from policy_engine.documents.read_pack import shipped_packs
from policy_engine.errors import FactsError
from policy_engine.model.canonical import plain
from policy_engine.model.pack import Pack

XUANZHOU = load_pack("xuanzhou_2021")
MONTH = datetime.timedelta(days=30)


class Half:
    """A full household, the places hidden in it in the order in which they are learned, a choice of readings, a date."""

    def __init__(self, pack, data, hidden, scenario, on):
        self.pack, self.data, self.hidden, self.scenario, self.on = pack, data, hidden, scenario, on

    def __repr__(self):
        logic = {id_: plain(decision.logic) for id_, decision in self.pack.decisions.items()}
        return f"{logic}\n{dict(self.scenario.readings)} on {self.on}\n{self.data}\nhidden: {self.hidden}"

    @property
    def known(self):
        return without(self.data, set(self.hidden))

    def answers(self, hidden):
        facts, _ = read_facts(without(self.data, set(hidden)), self.pack.vocabulary)
        asked = [
            id_
            for id_, decision in self.pack.decisions.items()
            if decision.about == facts.subject and not decision.kind
        ]
        return decide_facts(self.pack, facts, self.on, decisions=asked, scenario=self.scenario, ranked=False).answers


@st.composite
def half_known_households(draw, made_from, most=14):
    pack = made_from if isinstance(made_from, Pack) else draw(made_from)
    data = draw(households(pack))
    hidden = draw(st.lists(st.sampled_from(sorted(leaves_of(data), key=str)), max_size=most, unique=True))
    readings = {
        id_: draw(st.sampled_from([option.id for option in pack.reading(id_).options]))
        for id_ in draw(st.lists(st.sampled_from(sorted(pack.readings)), unique=True))
    }
    day = day_in(pack)
    return Half(pack, data, hidden, Scenario(readings=readings), draw(st.sampled_from([day, day, day + MONTH])))


def check_narrows(before, after):
    """`after` is an answer to the same question with more known."""
    learned = (before.decision, before.possible, after.possible)
    if before.determined:
        assert after.determined, learned
        assert after.outcome == before.outcome, learned
        assert before.force in ("", after.force), learned
    for flag in ("conflict", "gap"):
        assert getattr(before, flag) in (None, getattr(after, flag)), (flag, *learned)
    if after.conflict is not True and before.possible:
        assert {found.outcome for found in after.possible} <= {found.outcome for found in before.possible}, learned
    certain = [found.outcome for found in before.possible if found.certain]
    assert set(certain) <= {found.outcome for found in after.possible if found.certain}, learned


def check_law(half):
    answers = [half.answers(half.hidden[:count]) for count in range(len(half.hidden) + 1)]
    for known in answers:
        for before, full in zip(known, answers[0], strict=True):
            check_narrows(before, full)
    for more, less in pairwise(answers):
        for after, before in zip(more, less, strict=True):
            check_narrows(before, after)


@settings(deadline=None, max_examples=25)
@given(half_known_households(XUANZHOU))
def test_the_law_of_knowledge_in_xuanzhou(half):
    check_law(half)


@pytest.mark.parametrize("name", sorted(set(shipped_packs()) - {XUANZHOU.id}))
def test_the_law_of_knowledge_in_every_pack(name):
    @settings(deadline=None, max_examples=5)
    @given(half_known_households(load_pack(name)))
    def law(half):
        check_law(half)
        check_missing(half)

    law()


@settings(deadline=None, max_examples=60)
@given(half_known_households(packs()))
def test_the_law_of_knowledge_on_any_pack(half):
    check_law(half)


def at(data, place):
    return reduce(operator.getitem, place, data)


def check_missing(half):
    """With all learned but what an open answer names, it is still open; with all learned that it names, it is settled."""
    hidden = [place for place in half.hidden if place not in {("household_size",), ("members",)}]
    for place in leaves_of(half.data):
        if str(place[-1]).endswith("_per_head"):
            hidden.append(place)
    lists = {written(place, half.on.year) for place in hidden if isinstance(at(half.data, place), list)}
    found = half.answers(hidden)
    for answer in found if not any(answer.conflict or answer.gap for answer in found) else ():
        if answer.determined:
            continue
        named = {item.path for item in answer.missing}
        assert named or answer.problems
        kept = [
            place for place in hidden if written(place, half.on.year) in named or str(place[-1]).endswith("_per_head")
        ]
        after = {found.decision: found for found in half.answers(kept)}[answer.decision]
        assert not after.determined, (answer.decision, named)
        settling = {item.kind for item in answer.missing} <= {"fact", "judgement"} and half.on == day_in(half.pack)
        if settling and not named & lists:
            learned = [place for place in hidden if written(place, half.on.year) not in named]
            answers = {found.decision: found for found in half.answers(learned)}
            after = answers[answer.decision]
            stuck = any(found.conflict or found.gap or found.problems for found in answers.values())
            assert after.determined or stuck, (answer.decision, named, after.missing)


@settings(deadline=None, max_examples=30)
@given(half_known_households(XUANZHOU))
def test_an_open_answer_names_what_it_waits_for_in_xuanzhou(half):
    check_missing(half)


@settings(deadline=None, max_examples=60)
@given(half_known_households(packs()))
def test_an_open_answer_names_what_it_waits_for_on_any_pack(half):
    check_missing(half)


APPLYING = make_pack(
    {"e": {"is": "fact"}},
    booleans("c", "v") | {"fact": {"label": "fact", "type": "boolean", "applies": "c", "otherwise": "v"}},
)


@pytest.mark.parametrize("values", [*product((True, False, None), repeat=3)])
def test_a_fact_with_a_condition_means_if_then_else(values):
    data = {"county": "c", "as_of": ON.isoformat(), **dict(zip(("c", "fact", "v"), values, strict=True))}
    completions = product(*[(True, False) if value is None else (value,) for value in values])
    answers = {fact if applies else otherwise for applies, fact, otherwise in completions}
    answer = decide(APPLYING, data)["e"]
    assert answer.outcome is (answers.pop() if len(answers) == 1 else None)
    assert answer.determined is (answer.outcome is not None)


def test_nothing_known_decides_nothing():
    data = {"county": "宣州区", "as_of": ON.isoformat()}
    assert not any(answer.determined for answer in decide(XUANZHOU, data).answers)


@settings(deadline=None, max_examples=25)
@given(households(XUANZHOU))
def test_a_household_that_is_wholly_known_is_wholly_decided(data):
    facts, warnings = read_facts(data, XUANZHOU.vocabulary)
    assert warnings == ()
    assert decide_facts(XUANZHOU, facts).determined


# ---- order, time and place of evaluation


def shuffled(data, random):
    """The same data with every mapping in another order."""
    if isinstance(data, dict):
        return {key: shuffled(data[key], random) for key in random.sample(list(data), len(data))}
    return [shuffled(item, random) for item in data] if isinstance(data, list) else data


@settings(deadline=None, max_examples=12)
@given(half_known_households(XUANZHOU), st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(half, random):
    assert decide(XUANZHOU, shuffled(half.known, random)).to_json() == decide(XUANZHOU, half.known).to_json()


APART = [
    ("monitored", "not(monitored)"),
    ("relocation_people < p0", "relocation_people >= p0"),
    tuple(f'dilapidation = "{grade}"' for grade in "ABC"),
    (
        'dilapidation in ("A", "B") and applied',
        'dilapidation = "C" and rebuilding',
        'dilapidation = "B" and not(applied)',
    ),
]
APART_VALUES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("monitored", "applied", "rebuilding"), st.booleans()),
        "relocation_people": st.sampled_from([1, 2]),
        "dilapidation": st.sampled_from("ABCD"),
    },
)


def without_order(text):
    """The answers as JSON, whatever the order of the rules; the trace shows them in their order."""
    answers = json.loads(text)["answers"]
    for answer in answers:
        del answer["trace"]
        answer["rules"].sort(key=lambda rule: rule["rule"])
        answer["possible"].sort(key=lambda found: found["outcome"])
        for found in answer["possible"]:
            found["rules"].sort()
            found["waits_for"].sort()
    return answers


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(["unique", "any", "first", "collect"]),
    st.sampled_from(APART),
    st.sampled_from(["a", None]),
    APART_VALUES,
    st.randoms(use_true_random=False),
)
def test_the_order_of_rules_that_exclude_each_other_changes_nothing(hit, conditions, otherwise, facts, random):
    whole = table(hit, list(zip(conditions, "abc", strict=False)), None if hit == "collect" else otherwise)
    moved = {**whole, "rules": random.sample(whole["rules"], len(whole["rules"]))}
    parameters = {"p0": {"label": "p0", "unit": "person", "value": 2, "cites": ["1"]}}
    data = {"county": "c", "as_of": ON.isoformat(), **facts}
    one, other = (decide(make_pack({"t": body}, parameters=parameters), data).to_json() for body in (whole, moved))
    assert without_order(one) == without_order(other)


SOME = [
    {"county": "宣州区", "as_of": "2021-09-01"},
    {
        "county": "宣州区",
        "as_of": "2021-09-01",
        "household_size": 4,
        "lifted_from_poverty": True,
        "finances": {2021: {"net_income": 23999.99}},
        "members": [{"labour": "weak", "health": []}, {}],
        "shocks": [{"kind": "fire"}],
        "severe_hardship": {"value": True, "by": "村", "observed_on": "2021-08-20"},
    },
    {"as_of": "2022-03-01", "monitored": True, "members": [{}]},
    {"county": "别处", "as_of": "2021-09-01"},
]
PRINT_DIGEST = """
import hashlib, json, sys
from policy_engine import decide, load_pack
pack = load_pack("xuanzhou_2021")
texts = [decide(pack, data).to_json() for data in json.load(sys.stdin)]
print(pack.hash, hashlib.sha256("".join(texts).encode()).hexdigest())
"""


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_another_process_gives_the_same_bytes(seed):
    ran = subprocess.run(
        [sys.executable, "-c", PRINT_DIGEST],
        input=json.dumps(SOME),
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    texts = [decide(XUANZHOU, json.loads(json.dumps(data))).to_json() for data in SOME]
    assert ran.stdout.split() == [XUANZHOU.hash, hashlib.sha256("".join(texts).encode()).hexdigest()]


@pytest.mark.parametrize("data", SOME)
def test_pickled_and_back(data):
    pack = pickle.loads(pickle.dumps(XUANZHOU))
    assert pack == XUANZHOU
    decision = decide(XUANZHOU, data)
    back = pickle.loads(pickle.dumps(decision))
    assert back == decision
    assert back.to_json() == decision.to_json() == decide(pack, data).to_json()


def test_eight_threads_on_one_pack_agree():
    jobs = SOME * 4
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda data: decide(XUANZHOU, data).to_json(), jobs))
    assert texts == [decide(XUANZHOU, data).to_json() for data in SOME] * 4


# ---- any input whatever

KEYS = st.sampled_from(
    """county 县市区 as_of subject format household_size members finances this_year 2021 2020 secure shocks kind labour health
    birth_date monitored severe_hardship net_income net_income_per_head value by observed_on source risk_kinds evidence
    registered_people relief figures town""".split()
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    TEXTS,
    st.dates(),
    st.datetimes(),
    st.binary(max_size=3),
    st.sampled_from(
        ["宣州区", "2021-09-01", "2021-02-30", "none", "illness", "household", "area", "1e9999", "=1", "是"]
    ),
)
JUNK = st.deferred(
    lambda: SCALARS | st.lists(JUNK, max_size=3) | st.dictionaries(KEYS | TEXTS | st.integers(), JUNK, max_size=5)
)


def ends_well(read):
    """Facts that are read can be decided and reported; those that are not are refused in words."""
    try:
        found = read()
    except FactsError as error:
        assert error.problems
        assert all(problem.show("zh") and problem.show("en") for problem in error.problems)
        return
    for facts in found:
        decision = decide(XUANZHOU, facts, on=facts.as_of or ON)
        assert decision.subject == facts.subject
        assert decision.to_json()
        assert str(decision)
        assert decision._repr_html_()


def nested(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


def endless():
    found = []
    found.append(found)
    return found


@settings(deadline=None, max_examples=200)
@given(JUNK | st.dictionaries(KEYS, JUNK, max_size=5))
@example({"as_of": datetime.date.min, "members": [{"birth_date": datetime.date.max}]})
@example({"as_of": "9999-12-31", "secure_since": "0001-01-01", "finances": {"2021": None, "9999": {}}})
@example({"household_size": Decimal("sNaN"), "registered_people": float("inf")})
def test_any_data_ends_in_a_decision_or_a_problem(data):
    ends_well(lambda: [read_facts(data, XUANZHOU.vocabulary)[0]])


@pytest.mark.parametrize(
    "data",
    [{"members": nested(5000)}, {"members": endless()}, {"household_size": 10**5000}],
    ids=["nested", "endless", "large"],
)
def test_data_beyond_all_measure_ends_in_a_problem(data):
    with pytest.raises(FactsError) as raised:
        read_facts(data, XUANZHOU.vocabulary)
    assert all(problem.show("zh") and problem.show("en") for problem in raised.value.problems)


@settings(deadline=None, max_examples=80)
@given(households(XUANZHOU), st.data())
def test_one_wrong_thing_in_good_data_ends_in_a_decision_or_a_problem(data, more):
    place = more.draw(st.sampled_from(sorted(leaves_of(data), key=str)))
    around = data
    for part in place[:-1]:
        around = around[part]
    around[place[-1]] = more.draw(JUNK)
    ends_well(lambda: [read_facts(data, XUANZHOU.vocabulary)[0]])


PIECES = st.sampled_from(
    [
        "county: 宣州区",
        "as_of: 2021-09-01",
        "members:",
        "- labour: weak",
        "- ",
        "  ",
        "\n",
        "\n",
        "{",
        "}",
        "[",
        "]",
        ": ",
        ",",
        "---",
    ]
    + ["&a", "*a", "!!x", "<<", "'", '"', "#", "|", ">-", "? ", "%", "@", "\t", "\x00", "\ufeff", "\u2028", "null", "~"]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40))
def test_any_text_ends_in_facts_or_a_problem(text):
    ends_well(lambda: read_facts_text(text, "facts.yaml", XUANZHOU.vocabulary)[0])


@settings(deadline=None, max_examples=40)
@given(half_known_households(XUANZHOU, most=40))
def test_json_and_data_say_the_same(half):
    text = json.dumps(half.known, default=float)
    (one,), _ = read_facts_text(text, "facts.json", XUANZHOU.vocabulary)
    other, _ = read_facts(half.known, XUANZHOU.vocabulary)
    assert one.root == other.root
