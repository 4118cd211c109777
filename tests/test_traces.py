"""Traces walked: what many share is looked at once, and what several members are asked is told for each of them."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from generators import booleans, make_pack
from policy_engine.checking.seen import unseen
from policy_engine.decision.decide import decide_facts
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import load_pack
from policy_engine.evaluation.observe import facts_below, walk
from policy_engine.expression import tree
from policy_engine.report.html import decision_html
from policy_engine.report.phrase import phrase
from policy_engine.scenario.contrast import contrasts
from policy_engine.scenario.flip import flips

ON = datetime.date(2021, 9, 1)
DEEP = 14
KNOWN = {"f0": True, "f1": True, "f2": True}


@pytest.fixture(scope="module")
def shared():
    """Each decision looks at the next one twice: what is walked at every place where it stands doubles with each of them."""
    decisions = {f"d{n}": {"is": f"(f0 and d{n + 1}) or (f1 and d{n + 1})"} for n in range(DEEP)}
    facts = {name: {**fact, "changeable": True} for name, fact in booleans("f0", "f1", "f2").items()}
    return make_pack({**decisions, f"d{DEEP}": {"is": "f2"}}, facts)


def facts_of(pack, facts):
    return read_facts({"county": "c", "household_id": "h", **facts}, pack.vocabulary)[0]


def decided(pack, asked="d0", **facts):
    return decide_facts(pack, facts_of(pack, facts), ON, decisions=[asked], ranked=False)


def test_a_walk_meets_everything_once(shared):
    nodes = list(walk([decided(shared, f0=False, f1=True, f2=True).answers[0].trace]))
    assert len(nodes) == len({id(node) for node in nodes}) < 10 * DEEP
    assert facts_below(nodes) == {"f0": False, "f1": True, "f2": True}


def test_what_two_share_is_compared_once_and_named_where_it_stands_again(shared):
    one, other = (decided(shared, f0=False, f1=True, f2=value).answers[0] for value in (True, False))
    found = contrasts(one, other)
    asked = [(item.node.name, item.node.origin) for item in found if item.node.kind == "decision"]
    assert asked[: DEEP + 1] == [(f"d{n}", "") for n in range(DEEP + 1)]
    assert sorted(asked[DEEP + 1 :]) == sorted((f"d{n}", "shown above") for n in range(1, DEEP + 1))
    assert [(item.one, item.other) for item in found if item.node.name == "f2"] == [(True, False)]


def test_pages_and_coverage_write_a_shared_decision_out_once(shared):
    found = decided(shared, f0=False, f1=True, f2=True)
    assert decision_html(found, "zh").count("<li>") < 10 * DEEP
    assert unseen(shared, [found.answers[0].trace])


def test_what_would_turn_a_shared_decision(shared):
    turned = flips(shared, facts_of(shared, KNOWN), "d0", ON).flips
    assert [[change.path for change in flip.changes] for flip in turned] == [["f2"]]


WEAK = make_pack({"weak": {"is": 'some m in members satisfies m.labour = "weak"'}})


def labours(*codes):
    return decided(WEAK, "weak", members=[{"labour": code} for code in codes]).answers[0]


def test_what_several_members_are_asked_is_told_for_each():
    found = contrasts(labours("weak", "lost"), labours("lost", "lost"))
    facts = [(item.node.name, item.one, item.other, item.seen) for item in found if item.node.kind == "fact"]
    assert facts == [("members[1].labour", "weak", "lost", (True, True))]
    second = [item for item in found if item.seen == (False, True)]
    assert len(second) <= 1


def test_the_last_of_several_members_makes_the_difference():
    found = contrasts(labours("lost", "lost", "weak"), labours("lost", "lost", "lost"))
    facts = [(item.node.name, item.one, item.other) for item in found if item.node.kind == "fact"]
    assert facts == [("members[3].labour", "weak", "lost")]
    assert contrasts(labours("lost", "weak"), labours("lost", "weak")) == ()


PACKS = sorted(path.name for path in (Path(__file__).parents[1] / "policies").iterdir() if path.is_dir())


@pytest.mark.parametrize("name", PACKS)
def test_conditions_are_told_in_chinese_without_ids(name):
    pack = load_pack(name)
    told = [(one.about, one.logic) for one in pack.decisions.values() if isinstance(one.logic, tree.Node)]
    told += [(one.about, rule.when) for one in pack.decisions.values() if one.table for rule in one.table.rules]
    told += [(one.about, one.fulfilled_by) for one in pack.duties.values()]
    assert len(told) > 50
    found = {phrase(node, pack, about, "zh") for about, node in told}
    assert [words for words in found if re.search("[a-z]{2}", words)] == []
