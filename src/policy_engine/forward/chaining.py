"""Implications run by durable-rules as forward chaining, inside its measured limits.

One session, facts only (never events), text only, no background timers, actions that only note what fired, everything retracted
afterwards in reverse order. Its agenda does the matching and joining; what fired is asserted from outside, each fact once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import count

from durable.engine import Host

from policy_engine.forward.network import Implication

__all__ = ["Chaining"]

MOST_RULES = 400
MOST_MATCHES = 50
"""Rules in one ruleset, and rules that wait for one fact: durable-rules 2.0.28 fails at 500 and at 60."""

SESSION = "0"

_numbers = count()


class _Host(Host):  # type: ignore[misc]
    """A host that starts no timers: it works when it is called, in the thread that calls it."""

    def _run(self) -> None:
        pass


class Chaining:
    """Implications, ready to be run again and again; one for each thread."""

    def __init__(self, implications: Iterable[Implication]) -> None:
        self._host = _Host()
        self._fired: list[str] = []
        self._awaited: dict[str, frozenset[str]] = {}
        for some in _parts(implications):
            name = f"table{next(_numbers)}"
            self._host.register_rulesets({name: {f"r{at}": self._rule(one) for at, one in enumerate(some)}})
            self._awaited[name] = frozenset(fact for one in some for fact in one.given)

    def _rule(self, implication: Implication) -> dict[str, object]:
        premises = [{f"m{at}": {"is": fact}} for at, fact in enumerate(implication.given)]
        return {"all": premises, "run": self._noting(implication.then)}

    def _noting(self, fact: str) -> Callable[[object], None]:
        def note(_: object) -> None:
            self._fired.append(fact)

        return note

    def run(self, facts: Iterable[str]) -> frozenset[str]:
        """All that follows from these facts, they themselves among it."""
        known: dict[str, None] = dict.fromkeys(facts)
        agenda = list(known)
        asserted: list[tuple[str, dict[str, str]]] = []
        try:
            while agenda:
                fact = agenda.pop(0)
                for name, awaited in self._awaited.items():
                    if fact in awaited:
                        message = {"sid": SESSION, "id": fact, "is": fact}
                        asserted.append((name, message))
                        self._host.assert_fact(name, message)
                new = [fired for fired in dict.fromkeys(self._fired) if fired not in known]
                self._fired.clear()
                known.update(dict.fromkeys(new))
                agenda += new
        finally:
            for name, message in reversed(asserted):
                self._host.retract_fact(name, message)
            self._fired.clear()
        return frozenset(known)


def _parts(implications: Iterable[Implication]) -> list[Sequence[Implication]]:
    """The implications in as many rulesets as the limits want."""
    parts: list[list[Implication]] = [[]]
    matches: Counter[str] = Counter()
    for one in implications:
        if len(parts[-1]) >= MOST_RULES or any(matches[fact] >= MOST_MATCHES for fact in one.given):
            parts.append([])
            matches.clear()
        parts[-1].append(one)
        matches.update(one.given)
    return [part for part in parts if part]
