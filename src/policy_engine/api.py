"""The front door's functions: facts in any form, a decision out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from policy_engine.decision import answer
from policy_engine.decision.decide import decide_facts
from policy_engine.documents.read_facts import read_facts
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings

__all__ = ["Decision", "decide"]


class Decision(answer.Decision):
    """What `decide` answers about one subject. `decision["monitoring"].outcome` is the answer to one question.

    Prints as text in Chinese, shows itself in a notebook, and writes itself as JSON.
    """

    __slots__ = ()

    def to_json(self) -> str:
        """The decision as JSON of a published form; the same decision gives the same bytes."""
        from policy_engine.record.decision_form import to_json  # optional: needs pydantic's models built

        return to_json(self)

    def __str__(self) -> str:
        from policy_engine.report.text import decision_text  # optional

        return decision_text(self)

    def _repr_html_(self) -> str:
        from policy_engine.report.html import decision_html  # optional

        return decision_html(self)


def decide(
    pack: Pack,
    facts: Facts | Mapping[str, Any] | Any,
    on: datetime.date | None = None,
    *,
    decisions: Iterable[str] | None = None,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
) -> Decision:
    """Answer a pack's main questions, or the named `decisions`, about one household, village or area.

    `facts` is a `Household`, a mapping as in a facts file, or `Facts` already read. `on` is the date asked about, else
    the facts' `as_of`; no clock is read. Raises `FactsError` where facts cannot be used, `RequestError` where something
    asked for does not exist, TypeError where an argument is of another kind altogether. Unknown facts raise nothing:
    they give open answers that name what would settle them.
    """
    problems: tuple[Any, ...] = ()
    _expect("pack", pack, Pack)
    for name, given, kind in (
        ("on", on, datetime.date),
        ("settings", settings, Settings),
        ("scenario", scenario, Scenario),
    ):
        if given is not None:
            _expect(name, given, kind)
    if isinstance(on, datetime.datetime) or isinstance(decisions, str):
        raise TypeError(
            "on: a date without a time" if isinstance(on, datetime.datetime) else "decisions: a list of names"
        )
    if not isinstance(facts, Facts):
        data = facts if isinstance(facts, Mapping) or not hasattr(facts, "facts") else facts.facts()
        _expect("facts", data, Mapping)
        facts, problems = read_facts(data, pack.vocabulary)
    found = decide_facts(pack, facts, on, decisions=decisions, settings=settings, scenario=scenario, problems=problems)
    return Decision(found.pack, found.subject, found.subject_id, found.on, found.scope, found.answers, found.problems)


def _expect(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name}: expected {kind.__name__}, found {value!r}")
