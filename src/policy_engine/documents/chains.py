"""Chains of requirement between decisions and readings: their order, cycles, and chains too long or too deep to follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policy_engine.documents.pack_forms import PackForms
from policy_engine.documents.requirements import edges, logic
from policy_engine.errors import Problem, problem
from policy_engine.expression import tree
from policy_engine.model.decision import DecisionDefinition
from policy_engine.model.reading import Reading
from policy_engine.model.vocabulary import Vocabulary

__all__ = ["MAX_CHAIN", "MAX_LEVELS", "check_chains", "prerequisites_first"]

MAX_CHAIN = 30
"""Decisions and readings that may require one another in a row."""

MAX_LEVELS = 100
"""Levels of expressions in such a row, derived facts among them: evaluation descends them all."""


def check_chains(
    forms: PackForms,
    found: Mapping[str, Reading | DecisionDefinition | None],
    vocabulary: Vocabulary,
    known: Sequence[Problem],
) -> tuple[Problem, ...]:
    """No decision requires itself, also not through tables, and chains of requirement are of a sane length and depth."""
    if any(problem.code in ("link.cycle", "link.chain_too_long", "link.chain_too_deep") for problem in known):
        return ()
    words = {word.text: word for word in (*forms.readings, *forms.decisions)}
    linked = {id_: one for id_ in words if (one := found.get(id_)) is not None}
    wrong = _long_or_circular({id_: edges(one) for id_, one in linked.items()}, MAX_CHAIN)
    if wrong is not None:
        start, cycle = wrong
        if cycle:
            return (problem("link.cycle", words[start].span, cycle=cycle),)
        return (problem("link.chain_too_long", words[start].span, limit=MAX_CHAIN),)
    facts = {fact.id: logic(fact) for form in vocabulary.forms for fact in form if logic(fact)}
    deep = _levels(facts | {id_: logic(one) for id_, one in linked.items()})
    words = {word.text: word for added in forms.vocabulary.values() for word in added} | words
    return tuple(
        problem("link.chain_too_deep", word.span, found=deep[id_], limit=MAX_LEVELS)
        for id_, word in words.items()
        if deep.get(id_, 0) > MAX_LEVELS
    )[:1]


def prerequisites_first(edges: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Every name behind those that it requires; of names that require each other, one is first."""
    met: set[str] = set()
    for start in edges:
        stack = [(start, iter(edges[start]))] if start not in met else []
        met.add(start)
        while stack:
            other = next((one for one in stack[-1][1] if one in edges and one not in met), None)
            if other is None:
                yield stack.pop()[0]
            else:
                met.add(other)
                stack.append((other, iter(edges[other])))


def _levels(expressions: Mapping[str, Sequence[tree.Node]]) -> dict[str, int]:
    """How deep evaluation goes from each name: the levels of its expressions and, in a row, of those that they name."""
    below = {id_: [one for root in roots for one in _named(root)] for id_, roots in expressions.items()}
    found: dict[str, int] = {}
    for id_ in prerequisites_first(below):
        own = max(map(tree.depth, expressions[id_]), default=0)
        found[id_] = own + max((found.get(other, 0) for other in below[id_]), default=0)
    return found


def _named(root: tree.Node) -> Iterator[str]:
    for part in tree.walk(root):
        if isinstance(part, (tree.Name, tree.Path)):
            yield part.id if isinstance(part, tree.Name) else part.entry


def _long_or_circular(edges: Mapping[str, tuple[str, ...]], longest: int) -> tuple[str, str] | None:
    """The first name under which more than `longest` others lie in a row, with the cycle, if it is one."""
    depths: dict[str, int] = {}
    for start in edges:
        found = _chain(start, edges, depths)
        if isinstance(found, str):
            return start, found
        if found > longest:
            return start, ""
    return None


def _chain(start: str, edges: Mapping[str, tuple[str, ...]], depths: dict[str, int]) -> int | str:
    """How many steps of requirement lie under this one; or the cycle that it leads into."""
    stack: list[tuple[str, int]] = [(start, 0)]
    path: list[str] = []
    while stack:
        name, level = stack.pop()
        del path[level:]
        if name in path:
            return " → ".join([*path[path.index(name) :], name])
        path.append(name)
        below = [other for other in edges.get(name, ()) if other in edges]
        fresh = [other for other in below if other not in depths]
        if not fresh:
            depths[name] = 1 + max((depths[other] for other in below), default=0)
            continue
        stack += [(name, level), *((other, level + 1) for other in fresh)]
    return depths[start]
