"""Kleene's tables, whole (docs: semantics, section 2)."""

from __future__ import annotations

from itertools import product

import pytest

from policy_engine.truth import conjunction, disjunction, negation

T, F, U = True, False, None
AND = {T: (T, F, U), F: (F, F, F), U: (U, F, U)}
OR = {T: (T, T, T), F: (T, F, U), U: (T, U, U)}
NOT = {T: F, F: T, U: U}
TRUTHS = (T, F, U)


@pytest.mark.parametrize(("one", "other"), [*product(TRUTHS, TRUTHS)])
def test_tables_of_two(one, other):
    column = TRUTHS.index(other)
    assert conjunction((one, other)) is AND[one][column]
    assert disjunction((one, other)) is OR[one][column]


@pytest.mark.parametrize("truth", TRUTHS)
def test_negation_and_single_operands(truth):
    assert negation(truth) is NOT[truth]
    assert conjunction((truth,)) is truth
    assert disjunction((truth,)) is truth


def test_no_operands():
    assert conjunction(()) is True
    assert disjunction(()) is False


@pytest.mark.parametrize("truths", [*product(TRUTHS, repeat=3)])
def test_tables_of_three_fold_and_mirror(truths):
    one, two, three = truths
    assert conjunction(truths) is conjunction((conjunction((one, two)), three))
    assert disjunction(truths) is disjunction((disjunction((one, two)), three))
    assert negation(conjunction(truths)) is disjunction(map(negation, truths))
    assert conjunction(reversed(truths)) is conjunction(truths)
    assert disjunction(reversed(truths)) is disjunction(truths)


@pytest.mark.parametrize("truths", [*product(TRUTHS, repeat=3)])
@pytest.mark.parametrize("connective", [conjunction, disjunction])
def test_settled_means_settled_for_every_completion(connective, truths):
    completions = product(*[(True, False) if truth is U else (truth,) for truth in truths])
    answers = {connective(completion) for completion in completions}
    assert connective(truths) is (answers.pop() if len(answers) == 1 else U)
