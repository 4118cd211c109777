"""What is asked about some facts: everything beside them and the pack that an answer depends on."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from policy_engine.decision.answer import Decision
from policy_engine.decision.decide import decide_facts
from policy_engine.errors import Problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings

__all__ = ["Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """The date asked about (else the facts' `as_of`), the decisions (else the pack's main ones), settings, suppositions."""

    on: datetime.date | None = None
    decisions: tuple[str, ...] | None = None
    settings: Settings = Settings()
    scenario: Scenario = Scenario()
    ranked: bool = True

    def decide(self, pack: Pack, facts: Facts, problems: Sequence[Problem] = ()) -> Decision:
        """The answer; raises `RequestError` as `decide_facts` does."""
        return decide_facts(
            pack,
            facts,
            self.on,
            decisions=self.decisions,
            settings=self.settings,
            scenario=self.scenario,
            ranked=self.ranked,
            problems=problems,
        )
