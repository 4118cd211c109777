"""A parameter or a reading that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.errors import Problem, problem
from policy_engine.expression import tree
from policy_engine.model.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Problem]:
    used = set(_names(pack))
    for kind, ids in (("parameter", pack.parameters), ("reading", pack.readings)):
        for id_ in ids:
            if (kind, id_) not in used:
                yield problem("lint.unused", where=pack.id, warning=True, kind=kind, id=id_)


def _names(pack: Pack) -> Iterator[tuple[str, str]]:
    for decision in pack.decisions.values():
        yield from decision.requires
    roots = [option.expression for reading in pack.readings.values() for option in reading.options]
    for runs in (*pack.procedures.values(), *pack.duties.values(), *pack.reactions.values()):
        roots += runs.conditions()
        yield from (("parameter", id_) for id_ in runs.times())
    for root in roots:
        for node in tree.walk(root) if root is not None else ():
            if isinstance(node, tree.Name):
                yield node.kind, node.id
