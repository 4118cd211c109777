"""Actors, procedures, duties and reactions of two packs told apart, part by part."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from policy_engine.model.canonical import plain
from policy_engine.model.citation import Citation
from policy_engine.model.label import Label
from policy_engine.model.pack import Pack

__all__ = ["OrderedPart", "changed_parts", "ordered_parts"]


@dataclass(frozen=True, slots=True)
class OrderedPart:
    """A procedure or a part of one, a duty, a reaction or an actor; `says` is all else it says."""

    section: Literal["procedures", "duties", "reactions"]
    id: str
    label: Label
    clauses: tuple[str, ...]
    says: str


def ordered_parts(pack: Pack) -> dict[tuple[str, str], OrderedPart]:
    """Every such part by its section and id, in the order of the pack."""
    found = [_part("procedures", f"actor.{id_}", _Named(label)) for id_, label in pack.actors.items()]
    for procedure in pack.procedures.values():
        found.append(_part("procedures", procedure.id, procedure))
        for step in procedure.steps.values():
            at = f"{procedure.id}.{step.id}"
            found.append(_part("procedures", at, step))
            below = (*step.particulars.values(), *step.requires, *step.results.values())
            found += [_part("procedures", f"{at}.{part.id}", part) for part in below]
        ends = (*procedure.throughout.values(), *procedure.ends.values())
        found += [_part("procedures", f"{procedure.id}.{part.id}", part) for part in ends]
    found += [_part("duties", duty.id, duty) for duty in pack.duties.values()]
    found += [_part("reactions", reaction.id, reaction) for reaction in pack.reactions.values()]
    return {(part.section, part.id): part for part in found}


@dataclass(frozen=True, slots=True)
class _Named:
    label: Label
    cites: tuple[Citation, ...] = ()


_OWN_PARTS = ("steps", "ends", "throughout", "particulars", "requires", "results", "id", "span")
"""Fields whose entries are parts of their own; the results of a requirement are told with it."""


def _part(section: Literal["procedures", "duties", "reactions"], id_: str, part: Any) -> OrderedPart:
    names = [field.name for field in dataclasses.fields(part)]
    whole = hasattr(part, "steps") or hasattr(part, "particulars")
    kept = [name for name in names if name not in ("id", "span") and not (whole and name in _OWN_PARTS)]
    says = {name: plain(getattr(part, name)) for name in kept}
    order = [list(getattr(part, name)) for name in ("steps",) if whole and hasattr(part, name)]
    text = json.dumps(says | ({"order": order[0]} if order else {}), ensure_ascii=False)
    clauses = tuple(dict.fromkeys(cite.clause for cite in part.cites))
    return OrderedPart(section, id_, part.label, clauses, text)


def changed_parts(old: Pack, new: Pack) -> Iterator[tuple[OrderedPart | None, OrderedPart | None]]:
    """The parts that differ, each as it was and as it is (None: not there)."""
    before, after = ordered_parts(old), ordered_parts(new)
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if one != other:
            yield one, other
