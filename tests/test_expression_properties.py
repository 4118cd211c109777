"""Expressions: text to tree and back, and values that do not depend on how an expression is written."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generators import GRAMMAR, TREES, TYPES, expressions, half_known, visible
from policy_engine.evaluation.context import Context, evaluate
from policy_engine.expression import tree
from policy_engine.expression.parse import parse
from policy_engine.expression.unparse import unparse
from policy_engine.values import Possibly, Record, Unknown, show

COMPARING = (tree.Binary, tree.Between, tree.In)
ANY_KIND = st.sampled_from(sorted(GRAMMAR)).flatmap(expressions)


def kinds_of_values(node):
    return [type(part.value) for part in tree.walk(node) if isinstance(part, tree.Literal)]


def known(value):
    """A value in which unknowns are what they wait for, wherever that is written."""
    if isinstance(value, Unknown):
        return [m.key for m in value.missing], [p.code for p in value.problems], value.among, value.between
    if isinstance(value, Possibly):
        return [tuple(map(known, pair)) for pair in value.items]
    if isinstance(value, tuple):
        return tuple(map(known, value))
    if isinstance(value, Record):
        return {name: known(item) for name, item in value.items()}
    return type(value), value


def bare_comparison_behind_in(node):
    return any(
        isinstance(test, COMPARING) and getattr(test, "op", "=") not in "+-*/"
        for part in tree.walk(node)
        if isinstance(part, tree.In)
        for test in part.tests
    )


@settings(deadline=None, max_examples=400)
@given(TREES)
def test_a_tree_survives_its_own_text(node):
    if bare_comparison_behind_in(node):
        return
    back, problems = parse(unparse(node))
    assert problems == ()
    assert back == node
    assert kinds_of_values(back) == kinds_of_values(node)


@pytest.mark.parametrize(
    ("text", "shortest"),
    [
        ("((a))+((b*c))", "a + b * c"),
        ("(a + b) * c", "(a + b) * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"),
        ("--a * -(b + c)", "--a * -(b + c)"),
        ("- (-1)", "--1"),
        ("a or b and (c or d)", "a or b and (c or d)"),
        ("(a and b) and c", "(a and b) and c"),
        ("x in ]1..2[", "x in ((1..2))"),
        ("x in [1..2)", "x in ([1..2))"),
        ("x in (1..2]", "x in ((1..2])"),
        ("x in (<1, >= 2, [3, 4], 5)", "x in (< 1, >= 2, [3, 4], 5)"),
        ("x between 1 and 2 and y", "x between 1 and 2 and y"),
        ("if a then b else c + 1", "if a then b else c + 1"),
        ("1 + if a then b else c", "1 + (if a then b else c)"),
        ("(if a then b else c) + 1", "(if a then b else c) + 1"),
        ("some x in xs, y in ys satisfies x = y", "some x in xs, y in ys satisfies x = y"),
        ("not ( every x in (a) satisfies x )", "not(every x in a satisfies x)"),
        ("家庭[人口 > 1].纯收入", "家庭[人口 > 1].纯收入"),
        ('substring(start position:1, string:"\\u4e2d\\n\\"")', 'substring(start position: 1, string: "中\\n\\"")'),
        ('{a b: 1, "c\\"": x}', '{"a b": 1, "c\\"": x}'),
        ('@"P0Y13M" + @"-PT36H"', '@"P1Y1M" + @"-P1DT12H"'),
        ("1.50 + .5 + 1e3", "1.5 + 0.5 + 1000"),
        ("a /* b */ + // c\n\u3000d", "a + d"),
    ],
)
def test_the_shortest_brackets(text, shortest):
    node, problems = parse(text)
    assert problems == ()
    assert unparse(node) == shortest
    assert parse(shortest)[0] == node


@settings(deadline=None, max_examples=250)
@given(ANY_KIND, half_known())
def test_the_value_does_not_depend_on_the_brackets(pair, half):
    text, context = pair[0], Context(visible(*half), TYPES)
    node, value, problems = evaluate(text, context)
    assert problems == (), [problem.show() for problem in problems]
    assert node is not None
    _, again, problems = evaluate(unparse(parse(text)[0]), context)
    assert problems == ()
    assert known(again) == known(value)


WORDS = st.sampled_from(
    """x 纯收入 xs rs a s d p and or not if then else some every in satisfies between item ok n count sum min list contains
    is known date duration ( ) [ ] { } , : . .. < <= = != + - * / 1 0 2.5 "a" "" @"P1M" @"2021-01-31" @"x" true null for
    return abs modulo // /* */ ** ( ) [ ] ( )""".split()
)


@settings(deadline=None, max_examples=400)
@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=20), half_known())
@example("((((" * 20, ({}, set()))
@example("-" * 200 + "x", ({}, set()))
@example("[" * 200, ({}, set()))
@example("x in (" * 100, ({}, set()))
@example('"' + "\\", ({}, set()))
@example("]" * 3000, ({}, set()))
@example("sum([9e6144, 9e6144])", ({}, set()))
@example('-@"P999999999DT23H"', ({}, set()))
@example('@"P' + "9" * 5000 + 'Y"', ({}, set()))
@example('@"P' + "9" * 5000 + 'D"', ({}, set()))
@example('@"P1M" * 1e5000', ({}, set()))
def test_any_text_ends_in_a_value_or_a_problem(text, half):
    node, value, problems = evaluate(text, Context(visible(*half), TYPES))
    if node is None or problems:
        assert isinstance(value, Unknown)
        assert problems
        assert all(problem.show("zh") and problem.show("en") for problem in problems)
    else:
        assert show(value)
