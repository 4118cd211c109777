"""The second engine agrees: on every worked case, on generated packs and households, and on tables of every kind."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators import NOWHERE, day_in, households, leaves_of, packs, without
from policy_engine.checking.cases import case_request, read_cases
from policy_engine.decision.request import Request
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.errors import DisagreementError, FactsError, RequestError
from policy_engine.evaluation import single
from policy_engine.evaluation.tables import evaluate_table
from policy_engine.expression import tree
from policy_engine.expression.types import BOOLEAN, Option
from policy_engine.forward.network import facts_of, network
from policy_engine.model.decision import DecisionTable, Rule
from policy_engine.truth import conjunction, disjunction, negation
from policy_engine.values import Missing, Unknown

ROOT = Path(__file__).parents[1]
PACKS = sorted(shipped_packs([ROOT / "policies"]))
OPEN = Unknown((Missing("fact", "x"),))
pytestmark = pytest.mark.usefixtures("durable")


@cache
def opinion_of(name):
    from policy_engine.forward.second_opinion import SecondOpinion

    return SecondOpinion(load_pack(name, [ROOT / "policies"]))


@pytest.mark.parametrize("name", PACKS)
def test_every_worked_case_gets_the_same_answer(name):
    second, tables = opinion_of(name), 0
    for _, _, form in read_cases(ROOT / "policies" / name)[0]:
        try:
            facts, _, request = case_request(second.pack, form)
            decision = request.decide(second.pack, facts)
        except (FactsError, RequestError):
            continue
        tables += second.on(decision, facts, request).tables
    assert tables > 200


def hidden(data, draw):
    places = sorted(leaves_of(data), key=str)
    return without(data, set(draw(st.lists(st.sampled_from(places), max_size=8, unique=True))))


@pytest.mark.parametrize("name", PACKS)
@settings(max_examples=int(os.environ.get("POLICY_ENGINE_HOUSEHOLDS", "40")), deadline=None)
@given(st.data())
def test_generated_households_get_the_same_answer(name, data):
    second = opinion_of(name)
    pack = second.pack
    facts, _ = read_facts(hidden(data.draw(households(pack)), data.draw), pack.vocabulary)
    request = Request(day_in(pack), ranked=False)
    second.on(request.decide(pack, facts), facts, request)


@settings(max_examples=40, deadline=None)
@given(packs(), st.data())
def test_generated_packs_get_the_same_answer(pack, data):
    from policy_engine.forward.second_opinion import SecondOpinion

    facts, _ = read_facts(hidden(data.draw(households(pack)), data.draw), pack.vocabulary)
    asked = tuple(id_ for id_, one in pack.decisions.items() if one.about == facts.subject and not one.kind)
    request = Request(day_in(pack), asked, ranked=False)
    SecondOpinion(pack).on(request.decide(pack, facts), facts, request)


# ---- tables by themselves


LETTERS = {"t": True, "f": False, "u": None}
"""Single conditions are named for their truths."""


def atom():
    return st.sampled_from(sorted(LETTERS)).map(
        lambda letter: (tree.Name(span=NOWHERE, type=BOOLEAN, id=letter), LETTERS[letter])
    )


def connected(parts):
    def logic(op, operands):
        truths = [truth for _, truth in operands]
        node = tree.Logic(span=NOWHERE, type=BOOLEAN, op=op, operands=tuple(node for node, _ in operands))
        return node, conjunction(truths) if op == "and" else disjunction(truths)

    def negated(part):
        node, truth = part
        call = tree.Call(span=NOWHERE, type=BOOLEAN, function="not", arguments=(node,), names=())
        return call, negation(truth)

    several = st.lists(parts, min_size=2, max_size=4)
    return st.builds(logic, st.sampled_from(["and", "or"]), several) | parts.map(negated)


@st.composite
def tables(draw):
    """A table, with the truths of its rules' conditions."""
    hit = draw(st.sampled_from(["first", "unique", "any", "collect"]))
    conditions = draw(st.lists(st.recursive(atom(), connected, max_leaves=5), min_size=1, max_size=6))
    outcomes = ["x", "y", "z"]
    rules = tuple(
        Rule(f"r{number}", node, draw(st.sampled_from(outcomes)), "shall", (), NOWHERE)
        for number, (node, _) in enumerate(conditions)
    )
    otherwise = draw(st.sampled_from([None, *outcomes])) if hit != "collect" else None
    options = tuple(Option(outcome) for outcome in outcomes)
    return DecisionTable(hit, options, rules, otherwise), [truth for _, truth in conditions]


def both(table, truths):
    """What the evaluator and what forward chaining make of a table."""
    from policy_engine.forward.chaining import Chaining
    from policy_engine.forward.second_opinion import concluded, expected

    net = network(table)
    found = Chaining(net.implications).run(
        facts_of(net, ((at, LETTERS[node.id]) for at, (_, node) in net.atoms.items()))
    )
    finding = evaluate_table("d", table, [OPEN if truth is None else truth for truth in truths])
    return expected(finding, table), concluded(found, table)


@settings(max_examples=150, deadline=None)
@given(tables())
def test_a_table_of_any_kind_comes_to_the_same(drawn):
    wanted, found = both(*drawn)
    assert wanted == found


@pytest.mark.parametrize("hit", ["first", "unique", "any", "collect"])
def test_a_long_table_is_parted_within_the_limits(hit):
    from policy_engine.forward.chaining import MOST_MATCHES, MOST_RULES, _parts

    letters = "uftu" * 16
    nodes = [tree.Name(span=NOWHERE, type=BOOLEAN, id=letter) for letter in letters]
    rules = tuple(Rule(f"r{at}", node, f"o{at % 9}", "shall", (), NOWHERE) for at, node in enumerate(nodes))
    table = DecisionTable(hit, tuple(Option(f"o{at}") for at in range(9)), rules, None)
    wanted, found = both(table, [LETTERS[letter] for letter in letters])
    assert wanted == found
    for part in _parts(network(table).implications):
        assert len(part) <= MOST_RULES
        facts = [fact for one in part for fact in one.given]
        assert max(map(facts.count, facts)) <= MOST_MATCHES + 1


# ---- what is done about it


def household():
    pack = opinion_of("xuanzhou_2021").pack
    data = {"county": "宣州区", "as_of": "2021-09-01", "household_size": 4, "finances": {2021: {"net_income": 20000}}}
    return pack, read_facts(data, pack.vocabulary)[0]


def test_a_disagreement_is_an_error_that_shows_both(monkeypatch):
    """An evaluator that forgets the first rule of a table is found out."""

    def forgetful(decision, table, truths):
        return evaluate_table(decision, table, [False, *list(truths)[1:]])

    pack, facts = household()
    request = Request(decisions=("monitoring",))
    monkeypatch.setattr(single, "evaluate_table", forgetful)
    decision = request.decide(pack, facts)
    with pytest.raises(DisagreementError) as caught:
        opinion_of("xuanzhou_2021").on(decision, facts, request)
    found = {problem.code for problem in caught.value.problems}
    assert found == {"forward.disagrees"}
    words = dict(caught.value.problems[0].details)
    assert words["evaluator"] != words["other"]


def test_memory_stays_flat():
    """What is asserted is retracted: after a while the process grows no more."""

    def pages():
        return int(Path("/proc/self/statm").read_text().split()[1])

    second = opinion_of("xuanzhou_2021")
    pack, facts = household()
    request = Request(ranked=False)
    decision = request.decide(pack, facts)
    for _ in range(20):
        second.on(decision, facts, request)
    before = pages()
    for _ in range(150):
        second.on(decision, facts, request)
    assert pages() - before < 500


def test_without_durable_rules_one_sentence_says_so(tmp_path):
    facts = ROOT / "examples" / "xuanzhou" / "included.yaml"
    program = f"""
import sys
sys.modules["durable"] = None
sys.argv = ["policy-engine", "--lang", "en", "decide", {str(facts)!r}, "--pack", "xuanzhou_2021", *{{}}]
from policy_engine.app.cli import main
main()
"""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    for more, code in (([], 0), (["--second-opinion"], 3)):
        done = subprocess.run(
            [sys.executable, "-c", program.replace("*{}", f"*{more!r}")],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
            encoding="utf-8",
        )
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert "[forward.missing_extra]" in done.stderr
