"""The board: green, yellow and red by area, what is open, what is late and who must do it, on a day."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policy_engine.decision.answer import Decision
from policy_engine.decision.duties import Owed, duties, snapshots
from policy_engine.decision.history import History
from policy_engine.decision.masking import MASK, mask_decision, mask_owed, short_code
from policy_engine.decision.procedure import after
from policy_engine.decision.reactions import moment
from policy_engine.decision.request import Request
from policy_engine.errors import LedgerError, Problem, RequestError, problem
from policy_engine.evaluation.single import Single
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import Becomes, Owes, Reaction
from policy_engine.model.scenario import Settings
from policy_engine.monitoring.areas import HOUSEHOLDS, PLACES, counted, near
from policy_engine.monitoring.life import area_on
from policy_engine.monitoring.state import ACKNOWLEDGEMENT, ALERT, KINDS, State, read_states, states
from policy_engine.monitoring.submission import FORM, folded
from policy_engine.record.entry import Entry, Receipt
from policy_engine.record.ledger import Ledger

__all__ = [
    "COLOURS",
    "Alert",
    "Area",
    "Board",
    "Obligation",
    "Region",
    "acknowledge",
    "board",
    "masked",
    "masked_alert",
]

COLOURS = ("red", "yellow", "green", "undetermined", "other", "out_of_scope")
"""`undetermined` waits for facts; `other` has no colour; out of scope is everyone before the pack is in force."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that stands on a day.

    `by` is the last day in time; None where no limit is stated or supplied: then `days` have passed and it is never late.
    `goes_on` are those it goes on to, each with the day since when (None: no time is stated for that). `of_persons`: it is
    about a duty that persons owe.
    """

    id: str
    subject: str
    reaction: Reaction
    body: dict[str, Any]
    known_on: datetime.date
    days: int
    by: datetime.date | None
    acknowledged: dict[str, Any] | None
    late: bool
    goes_on: tuple[tuple[tuple[str, ...], datetime.date | None], ...]
    of_persons: bool = False

    @property
    def names_nobody(self) -> bool:
        """Does the document say which persons are alerted, and the facts name none of them?"""
        return not self.body["persons"] and (self.reaction.persons is not None or self.of_persons)

    def is_for(self, actor: str | None, person: str | None, on: datetime.date) -> bool:
        """Is this actor, or this person, among those who were told by that day?"""
        told = {*self.body["to"], *(a for to, day in self.goes_on if day is not None and day <= on for a in to)}
        return (actor is None or actor in told) and (person is None or person in self.body["persons"])


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty that is not fulfilled on the day."""

    kind: str
    subject: str
    owed: Owed


@dataclass(frozen=True, slots=True)
class Area:
    """An area by its names: how many households of each colour, how many alerts are open and late, how many duties overdue."""

    place: tuple[str, ...]
    colours: Counter[str]
    open: int
    late: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Region:
    """An area that was handed in, put together from its households: what is decided by counting them.

    `households` are those known to lie there; unless `whole`, there may be more that nobody handed in.
    """

    subject: str
    place: tuple[str, ...]
    households: int
    whole: bool
    decision: Decision


@dataclass(frozen=True, slots=True)
class Board:
    """`coloured` says whether the pack itself has colours; else red is what is late, yellow what is open, green the rest.

    `warnings` tell which entries of the ledger cannot be read, and which facts of submissions the pack does not have; they are
    passed over. `unsettled` counts the duties of which it is not known whether they are owed or fulfilled.
    """

    pack: Pack
    on: datetime.date
    levels: tuple[str, ...]
    coloured: bool
    areas: tuple[Area, ...]
    alerts: tuple[Alert, ...]
    obligations: tuple[Obligation, ...]
    regions: tuple[Region, ...] = ()
    warnings: tuple[Problem, ...] = ()
    unsettled: int = 0

    def persons(self) -> set[str]:
        """The codes of all persons that alerts and duties name."""
        alerted = {code for alert in self.alerts for code in alert.body["persons"]}
        return alerted | {code for one in self.obligations for code in one.owed.persons}

    @property
    def open(self) -> tuple[Alert, ...]:
        return tuple(alert for alert in self.alerts if alert.acknowledged is None)


def board(
    ledger: Ledger, pack: Pack, on: datetime.date, settings: Settings, levels: Sequence[str] = ("town",)
) -> Board:
    """The board of everyone handed in under the pack, of what was known by the end of a day. `levels` are facts of places."""
    warnings: list[Problem] = []
    found = states(ledger.entries(*KINDS), pack, on, warnings.extend)
    warnings += [warning for state in found.values() for warning in state.warnings]
    alerts: list[Alert] = []
    owed: list[Obligation] = []
    unsettled = 0
    rows: dict[tuple[str, ...], list[tuple[str, int, int, int]]] = {}
    for (kind, subject), state in found.items():
        if not state.submissions:
            continue
        history = folded(pack, state.submissions, settings)
        mine = [
            _alert(pack, settings, state, id_, on)
            for id_, body in state.standing().items()
            if body["reaction"] in pack.reactions
        ]
        owing = duties(pack, snapshots(history, on), on, settings)
        due = [Obligation(kind, subject, one) for one in owing if one.state in ("overdue", "due", "open")]
        unsettled += sum(one.state == "unknown" for one in owing)
        alerts += mine
        owed += due
        root = history.facts(on).root
        place = tuple(str(root.get(level, "")) for level in levels)
        open_ = [alert for alert in mine if alert.acknowledged is None]
        overdue = sum(one.owed.state == "overdue" for one in due)
        late = sum(alert.late for alert in open_)
        colour = _colour(history, on, open_, late + overdue) if kind == "household" else ""
        rows.setdefault(place, []).append((colour, len(open_), late, overdue))
    areas = [_area(place, rows[place]) for place in sorted(rows)]
    alerts.sort(key=lambda alert: (not alert.late, alert.known_on, alert.subject, alert.id))
    regions = tuple(_regions(pack, found.values(), on, settings))
    return Board(
        pack,
        on,
        tuple(levels),
        bool(pack.colour),
        tuple(areas),
        tuple(alerts),
        tuple(owed),
        regions,
        tuple(warnings),
        unsettled,
    )


def _regions(pack: Pack, found: Collection[State], on: datetime.date, settings: Settings) -> Iterator[Region]:
    """The areas handed in, where the pack has reactions that count households."""
    asked = counted(pack)
    own = [state for state in found if asked and state.kind == "area" and state.submissions]
    households = [one for state in found if own and state.kind == "household" for one in state.submissions]
    for state in sorted(own, key=lambda state: state.subject):
        facts = area_on(pack, state.submissions, near(households, state.submissions), settings, on)
        listed = facts.root.get(HOUSEHOLDS)
        if listed is not None:
            decision = Request(on, asked, settings, ranked=False).decide(pack, facts)
            place = tuple(str(facts.root[name]) for name in PLACES if name in facts.root)
            yield Region(state.subject, place, len(listed), HOUSEHOLDS not in facts.evidence, decision)


def _area(place: tuple[str, ...], rows: Sequence[tuple[str, int, int, int]]) -> Area:
    colours, open_, late, overdue = zip(*rows, strict=True)
    return Area(place, Counter(filter(None, colours)), sum(open_), sum(late), sum(overdue))


def _colour(history: History, on: datetime.date, open_: Sequence[Alert], late: int) -> str:
    """By the pack's own decision, as it was last found; without one, by what is late and what is open."""
    if not history.pack.colour:
        return "red" if late else "yellow" if open_ else "green"
    day = max((day for day in history.days() if day <= on), default=on)
    answers = moment(history.pack, history.facts(day), day, history.settings).answers[history.pack.colour]
    if answers & {"undetermined", "conflict", "gap"}:
        return "undetermined"
    answer = next(iter(answers), "other")  # one of the outcomes, or out_of_scope
    return answer if answer in COLOURS else "other"


def _alert(pack: Pack, settings: Settings, state: State, id_: str, on: datetime.date) -> Alert:
    body = state.alerts[id_]
    reaction = pack.reaction(body["reaction"])
    known_on = datetime.date.fromisoformat(body["known_on"])
    run = Single(pack, Facts(state.kind, FactRecord({}, state.kind, "")), known_on, settings)

    def limit(parameter: str) -> datetime.date | None:
        found = run.parameter_value(parameter) if parameter else None
        return None if found is None else after(known_on, found.value)

    by, acknowledged = limit(reaction.within), state.acknowledged.get(id_)
    late = by is not None and acknowledged is None and on > by
    goes_on = tuple((step.to, limit(step.after)) for step in reaction.escalates) if acknowledged is None else ()
    days, when = (on - known_on).days, reaction.when
    of_persons = isinstance(when, Owes) and pack.duties[when.duty].persons is not None
    return Alert(id_, state.subject, reaction, body, known_on, days, by, acknowledged, late, goes_on, of_persons)


def acknowledge(
    ledger: Ledger,
    pack: Pack,
    alert: str,
    by: str,
    on: datetime.date,
    *,
    recorded_at: datetime.datetime,
    person: str = "",
    note: str = "",
) -> Receipt:
    """Record that someone whom a standing alert is for has taken notice of it; the same actor's second one is the same act.

    Raises `LedgerError` where no such alert stands, `RequestError` where it is not for that actor or was not known by then.
    """
    state, last = _state_of(ledger, pack, alert)
    body = state.standing().get(alert)
    if body is None:
        raise _unknown(ledger, alert)
    told = [*body["to"], *(actor for step in body["escalates"] for actor in step["to"])]
    if by not in told:
        raise RequestError([problem("monitor.not_alerted", found=alert, by=by, near=", ".join(told))])
    if on.isoformat() < body["known_on"]:
        raise RequestError([problem("monitor.acknowledged_early", found=alert, known=body["known_on"], on=on)])
    content = {"form": FORM, "alert": alert, "pack": pack.id, "about": state.kind, "by": by}
    told_apart = {"on": on.isoformat(), "person": person, "note": note}
    entry = Entry.of(ACKNOWLEDGEMENT, content, subject=state.subject, apart=told_apart)
    (receipt,) = ledger.append([entry], recorded_at, seen={state.subject: last})
    return receipt


def _state_of(ledger: Ledger, pack: Pack, alert: str) -> tuple[State, int]:
    """The state of the subject that an alert was once raised about, and the number of the last entry about it."""
    try:
        raised = ledger.keyed(f"{ALERT}:{alert}:1")
    except LedgerError:
        raise _unknown(ledger, alert) from None
    found, last = read_states(ledger, pack, raised.subject, lambda _: None)
    kind = raised.content()["about"]
    return found.get((kind, raised.subject), State(kind, raised.subject)), last


def _unknown(ledger: Ledger, alert: str) -> LedgerError:
    return LedgerError([problem("monitor.unknown_alert", where=str(ledger.place), found=alert)])


def masked(found: Board) -> Board:
    """The board as others may see it: households by the end of their codes, nobody by a code of a person."""
    owed = (Obligation(one.kind, short_code(one.subject), mask_owed(one.owed, found.pack)) for one in found.obligations)
    regions = tuple(replace(one, decision=mask_decision(one.decision)) for one in found.regions)
    return replace(found, alerts=tuple(map(masked_alert, found.alerts)), obligations=tuple(owed), regions=regions)


def masked_alert(found: Alert) -> Alert:
    """The alert without persons; without its id, which is a hash over the household's code; without a day taken from facts."""
    body = {**found.body, "persons": [MASK for _ in found.body["persons"]], "which": found.body["which"] and MASK}
    if not isinstance(found.reaction.when, Becomes):
        body["day"] = MASK
    acknowledged = found.acknowledged and {
        **found.acknowledged,
        **{name: found.acknowledged[name] and MASK for name in ("person", "note")},
    }
    return replace(found, id=MASK, subject=short_code(found.subject), body=body, acknowledged=acknowledged)
