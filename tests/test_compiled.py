"""The compiled pack gives the findings of the evaluator, or leaves them to it; answers are the same either way."""

import pickle
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators import GRAMMAR, LEAVES, TYPES, day_in, expressions, half_known, households, leaves_of, packs, visible
from policy_engine import Scenario, Settings, decide
from policy_engine.documents.direct_facts import direct_facts
from policy_engine.documents.plain_data import nodes
from policy_engine.documents.read_facts import read_facts, read_facts_node
from policy_engine.errors import FactsError
from policy_engine.evaluation import operations
from policy_engine.evaluation.compiled import COMPILED_AFTER, Program, Run, program_of
from policy_engine.evaluation.context import Context
from policy_engine.evaluation.observe import Traced
from policy_engine.evaluation.python_operators import OPERATORS, NotGenerated, Operators
from policy_engine.expression import tree
from policy_engine.expression.functions import Undefined
from policy_engine.expression.types import ListType, NumberType, RecordType
from policy_engine.values import Possibly, Record, Unknown
from test_operations import typed
from test_population import PACKS, XUANZHOU, cases, questions

# ---- expressions by themselves


class Written(Operators):
    """An expression as Python code over named values, where None is not known."""

    def __init__(self, node):
        super().__init__({})
        self.names_of_constants = dict(OPERATORS)
        found = self.value(node, {})
        self.add(f"return {found}")
        exec("\n".join(["def run(R, V):", *self.lines]), self.names_of_constants)

    def constant(self, value):
        name = f"K{len(self.names_of_constants)}"
        self.names_of_constants[name] = value
        return name

    def name(self, node, bound):
        if node.kind == "context":
            return self.let(f"V.get({node.id!r})")
        return bound[node.bound_as]

    def path(self, node, bound):
        target, type_ = self.value(node.target, bound), node.target.typed
        if isinstance(type_, ListType):
            return self.mapped(target, lambda each: self.let(f"{each}.get({node.entry!r})"))
        if target in self.forms or isinstance(type_, RecordType):
            return self.known(f"{target}.get({node.entry!r})", target)
        return self.calling(operations.property_of, target, self.constant(node.entry))

    def answer(self, values):
        try:
            return self.names_of_constants["run"](SimpleNamespace(parameters=()), values)
        except (Undefined, ArithmeticError):
            return None


def supplied(value):
    """A value as facts hold it: what is not known is left out; a list is there whole, or not at all."""
    if isinstance(value, tuple):
        items = tuple(map(supplied, value))
        return None if None in items else items
    if isinstance(value, Record):
        return Record({name: item for name, item in value.items() if not isinstance(item, Unknown)})
    return None if isinstance(value, Unknown) else value


def by_position(node):
    """Is an item taken by its number? That is left to the evaluator."""
    return any(
        isinstance(part, tree.Filter) and isinstance(part.condition.typed, NumberType) for part in tree.walk(node)
    )


PLAIN = {kind: [rule for rule in rules if rule[1]] for kind, rules in GRAMMAR.items()}
"""What has a value wherever all is known: no operation in it is undefined."""
RULES = [(kind, rule) for kind, rules in GRAMMAR.items() for rule in rules] + [("numbers", ("[<number>]", None))]


@pytest.mark.parametrize(("kind", "rule"), RULES, ids=[rule[0] for _, rule in RULES])
@settings(deadline=None, max_examples=15)
@given(half_known(), st.data())
def test_expressions_of_every_rule(kind, rule, half, data):
    """The code says what the evaluator says, or nothing; and not nothing where all is known."""
    world, hidden = half
    grammar, leaves = {**PLAIN, "whole": [rule]}, {**LEAVES, "whole": LEAVES[kind]}
    node = typed(data.draw(expressions("whole", grammar=grammar, leaves=leaves))[0])
    if by_position(node):
        with pytest.raises(NotGenerated):
            Written(node)
        return
    written = Written(node)
    for unseen in (set(), hidden):
        seen = visible(world, unseen)
        expected = supplied(Context(seen, TYPES).value(node, {}))
        expected = None if isinstance(expected, Possibly) else expected
        found = written.answer({name: supplied(value) for name, value in seen.items()})
        assert found == expected or (unseen and found is None), (found, expected)
        assert type(found) is type(expected) or found is None


OF_A_NAME = (
    "v between v - 1 and v|-v < v + 1|not(v < 0)|v in (v, 2)|v in [v]|v in [v..v]|v in (> v, <= v)|max(v, 1) >= v"
    "|(if v > 0 then v else v) = v|count([v]) = 1|count(xs[item = v]) = 1|some w in [v], u in [w] satisfies u = v|v in xs|[v] = xs"
).split("|")


@pytest.mark.parametrize("text", OF_A_NAME)
def test_a_bound_name_is_seen_in_every_part(text):
    assert Written(typed(f"every v in xs satisfies {text}")).answer({"xs": (Decimal(1),)}) is True


@pytest.mark.parametrize(
    ("text", "known", "value"),
    [
        ("a and 参保", {"a": False}, False),
        ("参保 and a", {"a": False}, False),
        ("a or 参保", {"a": True}, True),
        ("参保 or a", {"a": True}, True),
        ("x between 1 and 纯收入", {"x": Decimal(0)}, False),
        ("x between 纯收入 and 1", {"x": Decimal(2)}, False),
        ("x in [3..纯收入]", {"x": Decimal(2)}, False),
        ("x in (2..纯收入]", {"x": Decimal(2)}, False),
        ("x in [纯收入..2)", {"x": Decimal(2)}, False),
        ("x in (2, 纯收入)", {"x": Decimal(2)}, True),
        ("x in [纯收入, 2]", {"x": Decimal(2)}, True),
        ("if a then x else 纯收入", {"a": True, "x": Decimal(2)}, Decimal(2)),
        ("some v in xs satisfies v > 1 or a", {"xs": (Decimal(0), Decimal(2))}, True),
        ("every v in xs satisfies v > 1 and a", {"xs": (Decimal(2), Decimal(0))}, False),
    ],
)
def test_what_is_decided_needs_no_more(text, known, value):
    assert Written(typed(text)).answer(known) == value


@pytest.mark.parametrize("text", ["is known(x)", "{e: x}.e = 1", "xs in [xs]", "x in if a then [1..2] else [2..3]"])
def test_what_is_not_written_is_left_to_the_evaluator(text):
    with pytest.raises(NotGenerated):
        Written(typed(text))


# ---- packs


def records(facts, about):
    return (facts.root,) if about == facts.subject else facts.root.get("members", ())


def compared(program, facts, on):
    """For each decision and record: the compiled finding, and the evaluator's."""
    run = Run(program, facts, on)
    single = Traced(program.pack, facts, on, program.settings, program.scenario)
    for id_, definition in program.pack.decisions.items():
        if definition.about in ("household", "member"):
            for record in records(facts, definition.about):
                yield id_, run.find(id_, record), single.ask(id_, record.path)


def check(program, facts, on):
    """How many findings there are, and how many of those that are settled the compiled pack gives."""
    settled = given_ = 0
    for id_, found, expected in compared(program, facts, on):
        assert found in (None, expected), (id_, found, expected)
        settled += expected.determined
        given_ += found is not None
    return settled, given_


@pytest.mark.parametrize(
    ("made", "examples"),
    [(packs(), 60), (st.sampled_from(list(PACKS.values())), 30)],
    ids=["any pack", "shipped packs"],
)
def test_half_known_households(made, examples):
    counted = Counter()

    @settings(deadline=None, max_examples=examples)
    @given(questions(made))
    def each(question):
        program = Program(question.pack, Settings(), question.scenario)
        for facts in question.subjects:
            settled, given_ = check(program, facts, question.on)
            counted.update(settled=settled, given=given_)

    each()
    assert counted["given"] > 0.2 * counted["settled"], counted


@pytest.mark.parametrize("name", PACKS)
def test_every_worked_case_of_every_pack(name):
    programs = {}
    settled = given_ = 0
    for _, facts, on, supplied, scenario in cases(name):
        if facts.subject == "household":
            key = supplied, scenario
            program = programs.setdefault(key, Program(PACKS[name], supplied, scenario))
            more = check(program, facts, on)
            settled, given_ = settled + more[0], given_ + more[1]
    assert given_ > 0.6 * settled, "most of what is settled is settled by the compiled pack"


@settings(deadline=None, max_examples=20)
@given(households(XUANZHOU))
def test_what_is_wholly_known_is_compiled(data):
    facts, _ = read_facts(data, XUANZHOU.vocabulary)
    run = Run(Program(XUANZHOU, Settings(), Scenario()), facts, day_in(XUANZHOU))
    assert all(run.find(id_, facts.root) for id_ in XUANZHOU.answers if XUANZHOU.decision(id_).about == "household")


@settings(deadline=None, max_examples=10)
@given(households(XUANZHOU))
def test_the_first_decisions_and_the_compiled_ones_are_the_same(data):
    program_of(XUANZHOU, Settings(), Scenario()).uses = 0
    answers = [decide(XUANZHOU, data, day_in(XUANZHOU)) for _ in range(COMPILED_AFTER + 2)]
    assert program_of(XUANZHOU, Settings(), Scenario()).uses > COMPILED_AFTER
    first, last = answers[0], answers[-1]
    assert first == last
    assert first.to_json() == last.to_json()
    assert [answer.trace for answer in first.answers] == [answer.trace for answer in last.answers]
    assert [answer.relied for answer in first.answers] == [answer.relied for answer in last.answers]


@given(households(XUANZHOU))
@settings(deadline=None, max_examples=5)
def test_a_copy_works_its_reasons_out_anew(data):
    decision = decide(XUANZHOU, data, day_in(XUANZHOU))
    copy = pickle.loads(pickle.dumps(decision))
    assert [answer.trace for answer in copy.answers] == [answer.trace for answer in decision.answers]


def test_threads_read_the_reasons_of_one_decision():
    data = {"county": "宣州区", "household_size": 4, "finances": {2021: {"net_income": 30000}}}
    decision = decide(XUANZHOU, data, day_in(XUANZHOU))
    with ThreadPoolExecutor(8) as pool:
        traces = list(pool.map(lambda _: [answer.trace for answer in decision.answers], range(32)))
    assert all(trace == traces[0] for trace in traces)


def test_no_text_of_a_pack_but_ids_of_facts_stands_in_the_code():
    program = Program(XUANZHOU, Settings(), Scenario())
    names = {name for function in program.functions.values() for name in function.__code__.co_consts if name}
    texts = {name for name in names if isinstance(name, str)}
    facts = {fact.id for form in XUANZHOU.vocabulary.forms for fact in form}
    assert texts <= facts


# ---- facts straight from data


@settings(deadline=None, max_examples=60)
@given(households(XUANZHOU), st.data())
def test_facts_straight_from_data_are_the_facts_that_are_read(data, more):
    places = more.draw(st.lists(st.sampled_from(sorted(leaves_of(data), key=str)), max_size=4, unique=True))
    for place in sorted(places, key=len, reverse=True):
        at = data
        for step in place[:-1]:
            at = at[step]
        at[place[-1]] = more.draw(
            st.sampled_from([None, 3, 2.5, -1, float("nan"), "x", "是", True, [], {}, {"value": 1}])
        )
    direct = direct_facts(data, XUANZHOU.vocabulary)
    try:
        read, problems = read_facts_node(nodes(data), XUANZHOU.vocabulary)
    except FactsError:
        assert direct is None
    else:
        assert direct is None or (direct, ()) == (read, problems)


@settings(deadline=None, max_examples=20)
@given(households(XUANZHOU))
def test_data_in_order_is_taken_straight(data):
    facts, problems = read_facts_node(nodes(data), XUANZHOU.vocabulary)
    assert direct_facts(data, XUANZHOU.vocabulary) == (None if problems else facts)
