"""Decision tables against all completions of what is missing; proofs about conditions against all values."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators import CODES, ON, booleans, make_pack, table
from policy_engine.decision.decide import decide_facts
from policy_engine.documents.read_facts import read_facts
from policy_engine.evaluation.context import Context
from policy_engine.expression.check import check
from policy_engine.expression.parse import parse
from policy_engine.expression.regions import contradicts, exclusive, exhaustive, implies
from policy_engine.expression.types import BOOLEAN, NUMBER, CodeType, Option
from policy_engine.values import Record

HITS = ("unique", "any", "first", "collect")
CONFLICT, GAP = "conflict!", "gap!"


def answer_to(pack, facts):
    given_, _ = read_facts({"county": "c", "as_of": ON.isoformat(), **facts}, pack.vocabulary)
    return decide_facts(pack, given_, ranked=False)["t"]


def completions(names, facts) -> Iterator[dict[str, bool]]:
    """Every choice of values for the names that have none."""
    hidden = [name for name in names if name not in facts]
    for values in product((True, False), repeat=len(hidden)):
        yield {**facts, **dict(zip(hidden, values, strict=True))}


def result(hit, held, otherwise):
    """What a table means where every condition is known (`held`: the outcomes of the rules that hold, in order)."""
    if hit == "collect":
        return frozenset(held)
    outcomes = held[:1] if hit == "first" else list(dict.fromkeys(held))
    if len(outcomes) > 1:
        return CONFLICT
    return outcomes[0] if outcomes else otherwise or GAP


class Made:
    """A table as a pack, the facts that are known, and what the table means on each completion of them."""

    def __init__(self, hit, rules, otherwise, facts, results, *, live=()):
        self.hit, self.rules, self.otherwise, self.facts, self.results = hit, rules, otherwise, facts, results
        self.live, self.outcome_of = live, {f"r{number}": then for number, (_, then) in enumerate(rules)}
        self.pack = make_pack({"t": table(hit, rules, otherwise)})

    def __repr__(self):
        return f"{self.hit}: {self.rules} otherwise {self.otherwise}, known: {self.facts}"


def truth_in(results, wanted):
    found = {one == wanted for one in results}
    return found.pop() if len(found) == 1 else None


# ---- conditions over facts of their own

SHAPES = (
    ("{0}", lambda one, _: one),
    ("not({0})", lambda one, _: not one),
    ("{0} and {1}", lambda one, other: one and other),
    ("{0} or not({1})", lambda one, other: one or not other),
)
FACTS = tuple("low_income lifted_from_poverty recognised monitored applied can_write has_problems rebuilding".split())
"""Facts of the core vocabulary: packs that add none are quick to make."""


@st.composite
def independent_tables(draw):
    """Rules no two of which look at the same fact, and facts some or all of which are missing."""
    hit = draw(st.sampled_from(HITS))
    chosen = draw(st.lists(st.tuples(st.sampled_from(SHAPES), st.sampled_from("abc")), min_size=1, max_size=4))
    otherwise = draw(st.sampled_from(["a", "z", None])) if hit != "collect" else None
    pairs = [FACTS[2 * number : 2 * number + 2] for number in range(len(chosen))]
    rules = [(shape[0].format(*pair), then) for pair, (shape, then) in zip(pairs, chosen, strict=True)]
    names = [name for pair, (shape, _) in zip(pairs, chosen, strict=True) for name in pair[: 1 + ("{1}" in shape[0])]]
    facts = draw(st.dictionaries(st.sampled_from(names), st.booleans()))

    def truths(values):
        return [shape[1](values[one], values.get(two)) for (one, two), (shape, _) in zip(pairs, chosen, strict=True)]

    worlds = [truths(values) for values in completions(names, facts)]
    results = [
        result(hit, [then for holds, (_, then) in zip(world, chosen, strict=True) if holds], otherwise)
        for world in worlds
    ]
    return Made(hit, rules, otherwise, facts, results, live=_live(hit, worlds))


def _live(hit, worlds):
    """The rules that an answer names, and those that its outcomes do: the rules that hold in some completion; of `first`
    none behind one that holds in all; where such a one holds, `unique` and `any` leave no outcome of another."""
    live = [number for number, truths in enumerate(zip(*worlds, strict=True)) if any(truths)]
    sure = [number for number in live if all(world[number] for world in worlds)]
    if hit == "first":
        live = [number for number in live if not sure or number <= sure[0]]
    giving = sure if sure and hit in ("unique", "any") else live
    return [[f"r{number}" for number in numbers] for numbers in (live, giving)]


@settings(deadline=None, max_examples=150)
@given(independent_tables())
def test_independent_conditions_give_exactly_what_some_completion_gives(made):
    hit, facts, results = made.hit, made.facts, made.results
    answer = answer_to(made.pack, facts)
    if hit == "collect":
        assert {found.outcome for found in answer.possible} == frozenset.union(*results)
        assert {found.outcome for found in answer.possible if found.certain} == frozenset.intersection(*results)
        assert answer.outcome == (tuple(sorted(results[0])) if len(set(results)) == 1 else None)
        assert (answer.conflict, answer.gap) == (False, False)
    else:
        if answer.conflict is not True:
            assert {found.outcome for found in answer.possible} == set(results) - {CONFLICT, GAP}
        assert answer.conflict is truth_in(results, CONFLICT)
        assert answer.gap is truth_in(results, GAP)
        assert answer.outcome == (results[0] if len(set(results)) == 1 and not {CONFLICT, GAP} & set(results) else None)
    assert answer.determined is (answer.outcome is not None)
    assert answer.status == _status(answer, set(results))
    live, giving = made.live
    assert [(rule.rule, rule.outcome) for rule in answer.rules] == [(id_, made.outcome_of[id_]) for id_ in live]
    named = [(rule, found.outcome) for found in answer.possible for rule in found.rules]
    assert sorted(named) == [(id_, made.outcome_of[id_]) for id_ in giving]


def _status(answer, results):
    if answer.outcome is not None:
        return "determined"
    return "conflict" if results == {CONFLICT} else "gap" if results == {GAP} else "undetermined"


@settings(deadline=None, max_examples=70)
@given(independent_tables())
def test_an_open_table_names_what_it_waits_for(made):
    facts, answer = made.facts, answer_to(made.pack, made.facts)
    missing = {item.path for item in answer.missing}
    assert bool(missing) is (answer.status == "undetermined")
    assert not missing & set(facts)
    for value in (True, False):
        learned = {name: value for name in FACTS if name not in missing}
        assert answer_to(made.pack, {**learned, **facts}).status == answer.status
    for found in answer.possible:
        assert set(found.waits_for) <= missing
        assert answer.status == "conflict" or found.certain is (not found.waits_for)
        open_ = {rule.rule for rule in answer.rules if rule.holds is None} & set(found.rules)
        own = {name for rule in open_ for name in FACTS[2 * int(rule[1:]) :][:2]}
        assert not own or set(found.waits_for) <= own


# ---- conditions that share facts: possibly too wide, never too narrow

SHARED = FACTS[:3]


def _shared_conditions(depth=2):
    leaf = st.sampled_from(SHARED)
    return st.recursive(
        leaf,
        lambda part: st.one_of(
            part.map("not({})".format),
            st.tuples(part, part).map(lambda two: "({} and {})".format(*two)),
            st.tuples(part, part).map(lambda two: "({} or {})".format(*two)),
        ),
        max_leaves=3,
    )


@st.composite
def shared_tables(draw):
    hit = draw(st.sampled_from(HITS))
    rules = draw(st.lists(st.tuples(_shared_conditions(), st.sampled_from("abc")), min_size=1, max_size=4))
    otherwise = draw(st.sampled_from(["a", "z", None])) if hit != "collect" else None
    facts = draw(st.dictionaries(st.sampled_from(SHARED), st.booleans(), max_size=3))
    results = []
    for values in completions(SHARED, facts):
        held = [then for when, then in rules if eval(when, dict(values))]
        results.append(result(hit, held, otherwise))
    return Made(hit, rules, otherwise, facts, results)


@settings(deadline=None, max_examples=150)
@given(shared_tables())
def test_correlated_conditions_never_answer_too_narrowly(made):
    hit, facts, results = made.hit, made.facts, made.results
    answer = answer_to(made.pack, facts)
    possible = {found.outcome for found in answer.possible}
    if hit == "collect":
        assert frozenset.union(*results) <= possible
        assert {found.outcome for found in answer.possible if found.certain} <= frozenset.intersection(*results)
        assert answer.outcome is None or {frozenset(answer.outcome)} == set(results)
        return
    assert set(results) - {CONFLICT, GAP} <= possible
    assert answer.conflict in (None, truth_in(results, CONFLICT))
    assert answer.gap in (None, truth_in(results, GAP))
    assert answer.outcome is None or set(results) == {answer.outcome}
    if len(facts) == len(SHARED):
        assert answer.determined is (results[0] not in (CONFLICT, GAP))


# ---- proofs

CODE = CodeType("c", tuple(map(Option, CODES)))
TYPES = {"a": BOOLEAN, "b": BOOLEAN, "c": CODE, "x": NUMBER, "y": NUMBER}
NUMBERS = (Decimal(0), Decimal(1), Decimal(2))
VALUES = {"a": (True, False), "b": (True, False), "c": CODES, "x": NUMBERS, "y": NUMBERS}
ALL = [Record(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())]


def typed(text):
    node, problems = parse(text)
    assert node is not None, problems
    node, problems = check(node, Context(Record(), TYPES), BOOLEAN)
    assert problems == ()
    return node


def holds_for(text):
    """For which of all values the condition holds."""
    node = typed(text)
    return frozenset(number for number, values in enumerate(ALL) if Context(values, TYPES).value(node, {}))


ONE_OPERAND = {
    "boolean": ["a", "not(a)", "not(not(a))", "a or not(a)"],
    "code": [
        'c = "k1"',
        'c != "k1"',
        '"k2" = c',
        'c in ("k1", "k2")',
        'c in ["k2", "k3"]',
        'not(c in ("k1", "k2"))',
        'c = "k1" or c = "k3"',
    ],
    "bound": ["x < y", "y > x", "x <= y", "y < x", "x >= y", "not(x < y)", "x = y", "x != y", "x > y or x = y"],
    "figure": ["x < 1", "x >= 1", "1 <= x", "x = 1", "not(x = 1)", "x > 1"],
}


@pytest.mark.parametrize("family", ONE_OPERAND)
def test_over_one_operand_every_proof_is_found(family):
    texts = ONE_OPERAND[family]
    held = [holds_for(text) for text in texts]
    nodes = list(map(typed, texts))
    apart = {(one, other) for one, other in combinations(range(len(texts)), 2) if not held[one] & held[other]}
    assert exclusive(nodes) == apart
    for count in (1, 2, 3):
        for chosen in combinations(range(len(texts)), count):
            whole = frozenset.union(*(held[number] for number in chosen)) == frozenset(range(len(ALL)))
            assert exhaustive([nodes[number] for number in chosen]) is whole, [texts[number] for number in chosen]


ATOMS = st.sampled_from([text for texts in ONE_OPERAND.values() for text in texts] + ["b", "x < 0", "y < 1", "a = b"])
CONDITIONS = st.recursive(
    ATOMS,
    lambda part: st.one_of(
        part.map("not({})".format),
        st.tuples(part, st.sampled_from(["and", "or"]), part).map(lambda parts: "({} {} {})".format(*parts)),
    ),
    max_leaves=3,
)


@settings(deadline=None, max_examples=150)
@given(st.lists(CONDITIONS, min_size=2, max_size=3))
def test_no_proof_is_wrong(texts):
    held = [holds_for(text) for text in texts]
    nodes = list(map(typed, texts))
    assert all(not held[one] & held[other] for one, other in exclusive(nodes))
    assert not exhaustive(nodes) or frozenset.union(*held) == frozenset(range(len(ALL)))
    assert not any(held[number] for number, node in enumerate(nodes) if contradicts(node))
    for (one, node), (other, wider) in permutations(enumerate(nodes), 2):
        assert held[one] <= held[other] or not implies(node, wider)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a and x < y", "b and x >= y"),
        ('a and c in ("k1", "k2")', 'c = "k3" and b'),
        ("a and b", "b and not(a)"),
    ],
)
def test_conjunctions_are_apart_where_a_part_of_each_is(one, other):
    assert exclusive([typed(one), typed(other)]) == {(0, 1)}


FLAGS = [
    ("unique", [("f0", "a"), ("not(f0)", "b")], False, False),
    ("unique", [("f0", "a"), ("f1", "b")], None, None),
    ("unique", [("f0 and f1", "a"), ("not(f0) and f1", "b")], False, None),
    ("any", [("f0", "a"), ("f1", "a")], False, None),
    ("unique", [("f0", "a"), ("f1", "a"), ("not(f1)", "b")], None, False),
    ("any", [('c = "k1"', "a"), ('c in ("k2", "k3")', "b")], False, False),
    ("first", [('c = "k1"', "a"), ('c = "k2"', "b")], False, None),
    ("first", [("x < y", "a"), ("x >= y", "b")], False, False),
    ("unique", [("x < y", "a"), ("x > y", "b")], False, None),
    ("unique", [("x <= y", "a"), ("x >= y", "b")], None, False),
]


@pytest.mark.parametrize(("hit", "rules", "conflict", "gap"), FLAGS)
def test_a_flag_is_dropped_where_that_is_proved(hit, rules, conflict, gap):
    vocabulary = booleans("f0", "f1") | {name: {"label": name, "type": "number"} for name in "xy"}
    vocabulary["c"] = {"label": "c", "type": "code", "options": {code: code for code in CODES}}
    answer = answer_to(make_pack({"t": table(hit, rules)}, vocabulary), {})
    assert (answer.conflict, answer.gap) == (conflict, gap)
    assert answer.status == "undetermined" or len({then for _, then in rules}) == 1


def test_a_conflict_names_both_rules():
    pack = make_pack({"t": table("unique", [("f0", "a"), ("f1", "b")], "z")}, booleans("f0", "f1"))
    answer = answer_to(pack, {"f0": True, "f1": True})
    assert answer.status == "conflict"
    assert [(rule.rule, rule.holds) for rule in answer.rules] == [("r0", True), ("r1", True)]
    assert all(rule.cites for rule in answer.rules)


@pytest.mark.parametrize("hit", ["unique", "any"])
def test_a_possible_conflict_names_what_it_waits_for(hit):
    conflicting = table(hit, [("monitored", "a"), ("rebuilding", "b")])
    for pack in (make_pack({"t": conflicting}), make_pack({"u": conflicting, "t": {"is": 'u = "a"'}})):
        answer = answer_to(pack, {"monitored": True})
        assert answer.status == "undetermined"
        assert [item.path for item in answer.missing] == ["rebuilding"]
        assert {outcome.waits_for for outcome in answer.possible} == {("rebuilding",)}


@pytest.mark.parametrize("hit", ["unique", "any", "first"])
def test_a_table_tells_what_has_no_value(hit):
    without = table(hit, [("x / 0 > 1", "a"), ("f0", "b")])
    vocabulary = booleans("f0") | {"x": {"label": "x", "type": "number"}}
    for pack in (make_pack({"t": without}, vocabulary), make_pack({"u": without, "t": {"is": 'u = "a"'}}, vocabulary)):
        answer = answer_to(pack, {"f0": True, "x": 1})
        assert answer.status == "undetermined"
        assert [problem.code for problem in answer.problems] == ["value.division_by_zero"]


# ---- what a decision that requires an open one sees

OUTSIDE = {
    'u = "a"': None,
    'u = "z"': False,
    'u != "z"': True,
    '"z" = u': False,
    'u in ("a", "b")': True,
    'u in ("a", "z")': None,
    'u in ("z", "w")': False,
    "count(k) > 1": None,
    "count(k) < 1": False,
    "count(k) >= 1": True,
    'list contains(k, "a")': True,
    'list contains(k, "b")': None,
    'list contains(k, "c")': False,
    'g = "a"': None,
    'g = "z"': None,
    'd = "a"': True,
}


@pytest.mark.parametrize(("text", "expected"), OUTSIDE.items())
def test_an_undetermined_decision_is_seen_with_its_candidates(text, expected):
    pack = make_pack(
        {
            "u": table("first", [("f0", "a"), ("f1 and f2", "z"), ("f2", "w")], "b"),
            "k": table("collect", [("f1", "c"), ("f0", "b"), ("not(f1)", "a")]),
            "g": table("first", [("f0", "a"), ("f1", "z")]),
            "d": table("first", [("f1", "z")], "a"),
            "t": {"is": text},
        },
        booleans("f0", "f1", "f2"),
    )
    answer = answer_to(pack, {"f1": False, "f2": False})
    assert answer.outcome is expected
    assert [item.path for item in answer.missing] == ([] if expected is not None else ["f0"])
