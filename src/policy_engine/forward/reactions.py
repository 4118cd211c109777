"""Reactions fired a second time, by forward chaining in durable-rules: every one that the evaluator says must fire did, no other.

It is fed with findings that are typed and decided already, as codes: never a number, never a fact about a household.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from policy_engine.decision.reactions import fires, one_of
from policy_engine.errors import DisagreementError, problem
from policy_engine.forward.chaining import Chaining
from policy_engine.forward.network import Implication
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import Becomes, Owes, Reaction

__all__ = ["Firing"]


class Firing:
    """The reactions of a pack as a ruleset; one for each thread."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.engine = f"durable-rules {version('durable-rules')}"
        self._chaining = Chaining(one for reaction in pack.reactions.values() for one in _implications(reaction))

    def check(self, findings: frozenset[str]) -> None:
        """Raise `DisagreementError`, which shows both, unless just those reactions fire that the evaluator says."""
        wanted = {
            _fired(reaction, *what) for reaction in self.pack.reactions.values() for what in fires(reaction, findings)
        }
        found = self._chaining.run(sorted(findings)) - findings
        if found != wanted:
            one, other = (", ".join(sorted(some)) or "—" for some in (wanted, found))
            disagree = problem("forward.disagrees", where="reactions", evaluator=one, other=other, engine=self.engine)
            raise DisagreementError([disagree])


def _fired(reaction: Reaction, what: str, certain: bool) -> str:  # noqa: FBT001 - as `fires` gives them
    return f"fire:{reaction.id}:{what}{'' if certain else '?'}"


def _implications(reaction: Reaction) -> Iterator[Implication]:
    when = reaction.when
    if isinstance(when, Becomes):
        for answer in one_of(when):
            became = f"became:{when.decision}:{answer}"
            if not when.was:
                yield Implication((became,), _fired(reaction, answer, True))
            for earlier in when.was:
                yield Implication((became, f"was:{when.decision}:{earlier}"), _fired(reaction, answer, True))
    elif isinstance(when, Owes):
        yield Implication((f"owed:{when.duty}:{when.state}",), _fired(reaction, when.state, True))
    else:
        yield Implication((f"arrived:{reaction.id}",), _fired(reaction, "arrived", True))
        yield Implication((f"perhaps:{reaction.id}",), _fired(reaction, "arrived", False))
