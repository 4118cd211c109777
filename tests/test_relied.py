"""What an answer says it relied on: the whole of what it rests on, and no reading that could not have mattered."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators import BY, booleans, households, make_pack, packs, table
from policy_engine.decision.decide import decide_facts
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.evaluation.observe import TraceNode
from policy_engine.model.pack import Pack
from policy_engine.model.parameter import DatedValue
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.report.text import decision_text

READINGS = {
    name: {
        "reads": {"clause": "1"},
        "question": name,
        "options": {"as_said": fact, "judged": "judgement"},
        "default": "as_said",
        "why": "w",
    }
    for name, fact in (("r", "a"), ("s", "b"))
}
VOCABULARY = {**booleans("a", "b", "c"), "j": {"label": "研判", "type": "boolean", "judgement": True}}
PARAMETERS = {"old": {"label": "老", "kind": "assumption", "unit": "person", "value": 2}}


def decided(decisions, **facts):
    pack = make_pack(decisions, VOCABULARY, PARAMETERS, READINGS)
    read, _ = read_facts({"county": "c", "as_of": "2021-09-01", **facts}, pack.vocabulary)
    return decide_facts(pack, read, ranked=False)


def relied(condition, **facts):
    return [found.id for found in decided({"d": {"is": condition}}, **facts)["d"].relied]


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ("c and r", {"a": True, "c": True}, ["r"]),
        ("c and r", {"a": True, "c": False}, []),
        ("c or r", {"a": False, "c": True}, []),
        ("c or r", {"a": True, "c": False}, ["r"]),
        ("not(c) and not(r)", {"a": False, "c": True}, []),
        ("r and s", {"a": False, "b": True}, ["r"]),
        ("r and s", {"a": False, "b": False}, ["r", "s"]),
        ("r and s", {"a": True}, ["r", "s"]),
        ("if c then r else s", {"a": True, "b": True, "c": True}, ["r"]),
        ("c and (if r then not(c) else s)", {"a": True, "b": True, "c": False}, []),
        ("c or j", {"c": True, "j": {"value": False, **BY}}, []),
        ("c or j", {"c": False, "j": {"value": True, **BY}}, ["j"]),
        ("c and household_size > old", {"c": False, "household_size": 3}, []),
        ("c and household_size > old", {"c": True, "household_size": 3}, ["old"]),
    ],
)
def test_operands_that_others_have_decided_without_are_not_relied_on(condition, facts, expected):
    assert relied(condition, **facts) == expected


def test_items_that_others_have_decided_without_are_not_relied_on():
    members = [{"chronic_burdensome": {"value": truth, **BY}} for truth in (False, True, False)]
    answer = lambda word: decided(  # noqa: E731
        {"d": {"is": f"{word} m in members satisfies m.chronic_burdensome"}}, members=members
    )["d"]
    assert [found.id for found in answer("some").relied] == ["members[2].chronic_burdensome"]
    assert [found.id for found in answer("every").relied] == [
        "members[1].chronic_burdensome",
        "members[3].chronic_burdensome",
    ]


def test_a_first_table_rests_on_the_rules_up_to_the_one_that_holds():
    rules = table("first", [("r", "x"), ("c", "y"), ("s", "x")], "z")
    assert [found.id for found in decided({"d": rules}, a=False, b=True, c=True)["d"].relied] == ["r"]
    assert [found.id for found in decided({"d": rules}, a=True, c=True)["d"].relied] == ["r"]
    assert [found.id for found in decided({"d": rules}, a=False, b=True, c=False)["d"].relied] == ["r", "s"]


def test_what_is_not_known_is_not_relied_on_where_the_answer_is_settled_without():
    kinds = table("collect", [("r", "x"), ("s and j", "y")])
    decision = decided({"d": {"is": "count(k) > 0"}, "k": kinds}, a=True, b=True)
    assert [found.id for found in decision["d"].relied] == ["r"]
    assert {found.id for found in decision["k"].relied} == {"r", "s"}
    assert "“s”" not in decision_text(decision).partition("k:")[0]


def judgements(trace: TraceNode):
    if trace.kind == "judgement":
        yield trace.name
    for child in trace.children:
        yield from judgements(child)


def check_nothing_else_matters(pack, data, choices):
    """Other options for all readings that a settled answer does not rely on leave it as it is."""
    facts, _ = read_facts(data, pack.vocabulary)
    asked = [id_ for id_, found in pack.decisions.items() if found.about == facts.subject and not found.kind]
    for answer in decide_facts(pack, facts, decisions=asked, ranked=False).answers:
        if not answer.determined:
            continue
        kept = {found.id for found in answer.relied}
        assert {found.id for found in answer.relied if found.kind == "judgement"} <= set(judgements(answer.trace))
        others = {id_: option for id_, option in choices.items() if id_ not in kept}
        again = decide_facts(
            pack, facts, decisions=[answer.decision], scenario=Scenario(readings=others), ranked=False
        ).answers[0]
        assert again.outcome == answer.outcome, (answer.decision, kept, others)


LINE = {"line": {"label": "线", "unit": "CNY/person", "kind": "external", "cites": ["1"]}}


@pytest.mark.parametrize("source", ["", "scenario", "stated", "county notice"])
def test_whose_a_figure_is_never_depends_on_what_its_source_is_called(source):
    pack = make_pack({"d": {"is": "this_year.income_per_head < line"}}, {}, LINE)
    facts, _ = read_facts({"county": "c", "as_of": "2021-09-01", "finances": {"2021": {"income_per_head": 5}}})
    supplied = Settings({"line": (DatedValue(Decimal(9), source=source),)})
    decision = decide_facts(pack, facts, settings=supplied)
    [relied] = decision["d"].relied
    assert (relied.kind, relied.why) == ("settings", source)
    assert f"Supplied by the deployer 线: 9 yuan a head{f' ({source})' if source else ''}" in decision_text(
        decision, "en"
    )
    [supposed] = decide_facts(pack, facts, settings=supplied, scenario=Scenario({"line": Decimal(8)}))["d"].relied
    assert supposed.kind == "scenario"


@st.composite
def households_and_choices(draw, made_from):
    pack = made_from if isinstance(made_from, Pack) else draw(made_from)
    data = draw(households(pack))
    for key in draw(st.lists(st.sampled_from(sorted(set(data) - {"as_of", "county"})), max_size=4)):
        data.pop(key, None)
    options = {
        id_: draw(st.sampled_from([option.id for option in reading.options])) for id_, reading in pack.readings.items()
    }
    return pack, data, options


@settings(deadline=None, max_examples=80)
@given(households_and_choices(packs()))
def test_no_other_reading_matters_on_any_pack(made):
    check_nothing_else_matters(*made)


@pytest.mark.parametrize("name", shipped_packs())
def test_no_other_reading_matters_in_the_packs(name):
    pack = load_pack(name)

    @settings(deadline=None, max_examples=8)
    @given(households_and_choices(pack))
    def check(made):
        check_nothing_else_matters(*made)

    check()
