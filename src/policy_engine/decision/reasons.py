"""Why an answer is as it is: its trace and what it rests on, worked out when first read.

A decision keeps the facts, the date, settings and scenario that it was made from; its reasons follow from them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from threading import Lock
from typing import Any

from policy_engine.decision.answer import Reason, Relied
from policy_engine.decision.resting import resting
from policy_engine.evaluation.changes import SUPPOSED
from policy_engine.evaluation.observe import Traced, TraceNode
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings

__all__ = ["Reasons"]


class Reasons:
    """The reasons of all answers about one subject. Safe to share between threads; a copy works them out anew."""

    __slots__ = ("_found", "_given", "_lock", "_run")

    def __init__(self, pack: Pack, facts: Facts, on: datetime.date, settings: Settings, scenario: Scenario) -> None:
        self._given = pack, facts, on, settings, scenario
        self._run: Traced | None = None
        self._found: dict[tuple[str, str], Reason] = {}
        self._lock = Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return Reasons, self._given

    @property
    def run(self) -> Traced:
        """The evaluation with its trace, for whoever makes the decision."""
        if self._run is None:
            self._run = Traced(*self._given)
        return self._run

    def of(self, decision: str, item: str) -> Reason:
        """The reason of the answer to a decision about the subject, or about the item of its facts at this path."""
        found = self._found.get((decision, item))
        if found is None:
            with self._lock:
                trace = self._trace(decision, item)
                found = self._found[decision, item] = Reason(trace, tuple(_relied(self.run, trace)))
        return found

    def _trace(self, decision: str, item: str) -> TraceNode:
        definition = self.run.pack.decision(decision)
        if not item and definition.about != self.run.facts.subject:  # about each member, and no members are known
            return TraceNode("decision", decision, cites=definition.cites)
        self.run.ask(decision, item)
        return self.run.trace(decision, item)


def _relied(run: Traced, trace: TraceNode) -> Iterator[Relied]:
    """Readings, assumptions, settings, suppositions and judgements on which the answer rests, once each."""
    seen: set[tuple[str, str]] = set()
    for node in resting(trace, run.pack):
        if node.kind == "fact" and node.origin != SUPPOSED.source:
            continue
        found = _relied_on(run, node)
        if found is not None and (found.kind, found.id) not in seen:
            seen.add((found.kind, found.id))
            yield found


def _relied_on(run: Traced, node: TraceNode) -> Relied | None:
    if node.kind == "reading":
        return Relied("reading", node.text, node.origin, _whose(run, node.text), node.cites)
    if node.kind == "parameter" and node.origin in ("assumption", "settings", "scenario"):
        found = run.parameter_value(node.text)
        return Relied(node.origin, node.text, node.value, found.source if found else "", node.cites)
    if node.kind in ("fact", "judgement") and node.origin == SUPPOSED.source:
        return Relied("scenario", node.text, node.value, run.scenario.name)
    if node.kind == "judgement" and node.value is not None:
        evidence = run.evidence(node.text)
        why = f"{evidence.by} {evidence.observed_on}" if evidence else ""
        return Relied("judgement", node.text, node.value, why)
    return None


def _whose(run: Traced, reading: str) -> str:
    if reading in run.scenario.readings:
        return "scenario"
    return "settings" if reading in run.settings.readings else "default"
