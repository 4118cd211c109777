"""A comparison of a population under scenarios, as text and as data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from policy_engine.errors import Language
from policy_engine.expression.types import Type
from policy_engine.expression.unparse import unparse
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario
from policy_engine.report.asked import suppositions
from policy_engine.report.case_data import cites_data, plain
from policy_engine.report.columns import table_text
from policy_engine.report.procedure import in_
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown
from policy_engine.scenario.compare import Comparison, Move, Sample, Shift
from policy_engine.scenario.contrast import contrasts
from policy_engine.scenario.difference import Difference
from policy_engine.scenario.tally import FLAGS, Tally
from policy_engine.values import format_number

__all__ = [
    "MOVES",
    "comparison_data",
    "comparison_text",
    "difference_text",
    "outcome_text",
    "state_text",
    "tally_data",
]

MOVES: dict[str, tuple[str, str]] = {
    "before": ("原来", "before"),
    "after": ("设想", "supposed"),
    "enter": ("进入", "enter"),
    "leave": ("退出", "leave"),
    "stay": ("不变", "stay"),
    "opened": ("变为未定", "become open"),
}
_MOST_LINES = 12
_MOST_PLACES = 40


def comparison_text(found: Comparison, language: Language) -> str:
    """Each scenario: what is supposed, who moves where, which clauses do it, and examples."""
    unit = say(found.subject, language)
    head = in_(f"{found.on}，{found.asked} 户", f"{found.on}, {found.asked} households", language)
    if found.subject != "household":
        head = f"{found.on}, {found.asked} {unit}"
    if found.asked != found.rows:
        head += in_(f"（加权；样本 {found.rows} 户）", f" (weighted; {found.rows} in the sample)", language)
    if found.outside:
        head += in_(f"；另有 {found.outside} 户不在适用范围", f"; {found.outside} more are out of scope", language)
    lines = [f"{found.pack.title.in_(language)}", head]
    for scenario, shifts in found.scenarios:
        name = scenario.name or in_("（命令所给）", "(as given)", language)
        lines += ["", in_(f"设想 {name}", f"Scenario {name}", language)]
        lines += [f"  {line}" for line in suppositions(found.pack, scenario, language)]
        for shift in shifts:
            lines += ["", *_shift(found, shift, language)]
    return "\n".join(lines)


def _shift(found: Comparison, shift: Shift, language: Language) -> Iterator[str]:
    label = found.pack.decision(shift.decision).label.in_(language)
    changed = in_(f"{shift.changed} 户与原来不同", f"{shift.changed} stand otherwise", language)
    if shift.changed != shift.changed_rows:
        changed += in_(f"（样本中 {shift.changed_rows} 户）", f" ({shift.changed_rows} in the sample)", language)
    yield f"{label}: {changed}"
    heads = [in_(*MOVES[part], language) for part in MOVES]
    rows = [_move_cells(found.pack, shift, move, language) for move in shift.moves if not move.place]
    for flag in FLAGS:
        one, other = shift.before.flags[flag], shift.after.flags[flag]
        if one or other:
            rows.append([say(flag, language), format_number(one), format_number(other), "", "", "", ""])
    yield from table_text(["", *heads], rows)
    if shift.totals is not None:
        yield _totals(found.pack, shift, language)
    yield from _transitions(found.pack, shift, language)
    yield from _by_place(found, shift, language)
    if shift.differences:
        yield in_("  作出差别的条款", "  the clauses that make the difference", language)
    for difference in shift.differences[:_MOST_LINES]:
        yield "    " + difference_text(found.pack, difference, language)
    if (more := len(shift.differences) - _MOST_LINES) > 0:
        yield "    " + in_(f"另有 {more} 条", f"{more} more", language)
    for sample in shift.samples:
        yield "  " + sample_text(found.pack, shift, sample, language)


def _transitions(pack: Pack, shift: Shift, language: Language) -> Iterator[str]:
    moved = [(states, many) for states, many in shift.transitions.items() if states[0] != states[1]]
    for states, many in moved[:_MOST_LINES]:
        names = [state_text(pack, shift.decision, state, language) for state in states]
        yield f"    {' → '.join(names)}: {format_number(many)}"
    if rest := moved[_MOST_LINES:]:
        sum_ = format_number(sum((many for _, many in rest), Decimal(0)))
        yield "    " + in_(f"另有 {len(rest)} 种变化：{sum_}", f"{len(rest)} more changes: {sum_}", language)


def _by_place(found: Comparison, shift: Shift, language: Language) -> Iterator[str]:
    """The places where something moves, those with most first; beyond a number of them, the others in one sum."""
    by_place: dict[tuple[str | None, ...], list[Move]] = {}
    for move in shift.moves:
        if move.place and len(move.place) == min(len(found.levels), 2) and _size(move):
            by_place.setdefault(move.place, []).append(move)
    if not by_place:
        return
    yield in_("  按地方", "  by place", language)
    order = sorted(by_place, key=lambda place: (-sum(map(_size, by_place[place])), [part or "" for part in place]))
    rows = [
        [" ".join(part or "?" for part in place), *_move_cells(found.pack, shift, move, language)]
        for place in order[:_MOST_PLACES]
        for move in by_place[place]
    ]
    if rest := order[_MOST_PLACES:]:
        others = in_(f"另外 {len(rest)} 个地方", f"{len(rest)} more places", language)
        sums = _summed(move for place in rest for move in by_place[place])
        rows += [[others, *_move_cells(found.pack, shift, move, language)] for move in sums]
    heads = [in_(*MOVES[part], language) for part in MOVES]
    yield from table_text(["", "", *heads], rows, texts=2)


def _size(move: Move) -> Decimal:
    return move.enter + move.leave + move.opened


def _summed(moves: Iterable[Move]) -> Iterator[Move]:
    """The moves of several places together, by outcome."""
    by_outcome: dict[str, list[Move]] = {}
    for move in moves:
        by_outcome.setdefault(move.outcome, []).append(move)
    for outcome, found in by_outcome.items():
        yield Move((), outcome, *(sum((getattr(move, part) for move in found), Decimal(0)) for part in MOVES))


def _move_cells(pack: Pack, shift: Shift, move: Move, language: Language) -> list[str]:
    name = outcome_text(pack, shift.decision, move.outcome, language)
    return [name, *(format_number(getattr(move, part)) for part in MOVES)]


def _totals(pack: Pack, shift: Shift, language: Language) -> str:
    assert shift.totals is not None
    type_ = pack.decision(shift.decision).type
    one, other = (f"{shown(total.sum, type_, language)} ({format_number(total.known)})" for total in shift.totals)
    return in_(f"    合计（已知的户数）: {one} → {other}", f"    sum (known for): {one} → {other}", language)


# ---- words for outcomes, states and rules


def outcome_text(pack: Pack, decision: str, outcome: str, language: Language) -> str:
    definition = pack.decision(decision)
    if outcome in ("true", "false") and definition.table is None:
        return say("yes" if outcome == "true" else "no", language)
    if outcome == "known":
        return in_("已知", "known", language)
    type_: Type = getattr(definition.type, "item", definition.type)
    return shown(outcome, type_, language)


def state_text(pack: Pack, decision: str, state: str, language: Language) -> str:
    """A state as people say it: the outcome, the collected ones, or why there is none."""
    if state in (*FLAGS, "none"):
        return say(state, language)
    names = (outcome_text(pack, decision, outcome, language) for outcome in state.split("+"))
    return in_("、", ", ", language).join(names)


def difference_text(pack: Pack, found: Difference, language: Language) -> str:
    """A rule with its clauses, and in how many rows it has begun or ceased to count."""
    label = pack.decision(found.decision).label.in_(language)
    if not found.rule:
        counts = in_(f"{format_number(found.gained)} 户改变", f"{format_number(found.gained)} changed", language)
    else:
        counts = f"+{format_number(found.gained)} −{format_number(found.lost)}"
        label += f" · {outcome_text(pack, found.decision, found.outcome, language)}"
        label += f"（{say('otherwise', language)}）" if found.rule == "otherwise" else ""
    return f"{label}: {counts}   {cited(found.cites)}".rstrip()


def sample_text(pack: Pack, shift: Shift, sample: Sample, language: Language) -> str:
    states = " → ".join(state_text(pack, shift.decision, state, language) for state in sample.transition)
    item = f" {sample.item}" if sample.item else ""
    return in_(
        f"例户 {sample.before.subject_id}{item}: {states}", f"e.g. {sample.before.subject_id}{item}: {states}", language
    )


# ---- data


def comparison_data(found: Comparison, *, samples: bool = True) -> dict[str, Any]:
    """The comparison as JSON: numbers as texts, so that they stay exact. Without `samples` it names no household."""
    return {
        "pack": {"id": found.pack.id, "version": found.pack.version, "hash": found.pack.hash},
        "on": found.on.isoformat(),
        "subject": found.subject,
        "asked": plain(found.asked),
        "outside": plain(found.outside),
        "rows": found.rows,
        "levels": list(found.levels),
        "scenarios": [
            {
                "scenario": scenario_data(scenario),
                "decisions": [_shift_data(shift, samples=samples) for shift in shifts],
            }
            for scenario, shifts in found.scenarios
        ],
    }


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "parameters": {id_: plain(value) for id_, value in scenario.parameters.items()},
        "readings": dict(scenario.readings),
        "change": [
            {
                "about": change.about,
                "when": unparse(change.when),
                "set": {new.path: unparse(new.value) for new in change.set},
            }
            for change in scenario.changes
        ],
    }


def tally_data(tally: Tally) -> dict[str, Any]:
    return {
        "total": plain(tally.total),
        "outcomes": {name: [plain(tally.least[name]), plain(tally.most[name])] for name in tally.least},
        **{flag: plain(many) for flag, many in tally.flags.items()},
    }


def _shift_data(shift: Shift, *, samples: bool) -> dict[str, Any]:
    shown = {"samples": [_sample_data(sample) for sample in shift.samples]} if samples else {}
    return {
        "decision": shift.decision,
        "changed": plain(shift.changed),
        "changed_rows": shift.changed_rows,
        "before": tally_data(shift.before),
        "after": tally_data(shift.after),
        "transitions": [
            {"from": one, "to": other, "count": plain(many)} for (one, other), many in shift.transitions.items()
        ],
        "moves": [
            {"place": list(move.place), "outcome": move.outcome} | {part: plain(getattr(move, part)) for part in MOVES}
            for move in shift.moves
        ],
        "differences": [
            {"decision": d.decision, "rule": d.rule, "outcome": d.outcome, "cites": cites_data(d.cites)}
            | {"gained": plain(d.gained), "lost": plain(d.lost)}
            for d in shift.differences
        ],
        "sums": None
        if shift.totals is None
        else [{"sum": plain(total.sum), "known": plain(total.known)} for total in shift.totals],
        **shown,
    }


def _sample_data(sample: Sample) -> dict[str, Any]:
    pairs = [
        (one, other)
        for one in sample.before.answers
        for other in sample.after.answers
        if one.item == other.item == sample.item
    ]
    return {
        "subject": sample.before.subject_id,
        "item": sample.item,
        "transition": list(sample.transition),
        "differences": [
            {"text": found.node.text, "before": plain(found.one), "after": plain(found.other)}
            | {"cites": cites_data(found.node.cites)}
            for one, other in pairs
            for found in contrasts(one, other)
        ],
    }
