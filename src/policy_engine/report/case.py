"""Cases and duties as text: where a case stands on a day, what comes next, what happened, what is owed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from policy_engine.decision.duties import Owed
from policy_engine.decision.history import History
from policy_engine.decision.standing import Difference, Next, Standing, Substance
from policy_engine.errors import Language
from policy_engine.model.case import Correction, Event, Learned, Opened, Ruling, Taken
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import label_of
from policy_engine.report.phrase import phrase
from policy_engine.report.procedure import actors_text, in_, particular_text
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown

__all__ = ["brief_text", "event_text", "next_text", "owed_lines", "standing_text"]


# ---- where a case stands


def brief_text(history: History, found: Standing, language: Language = "zh") -> str:
    """Where a case stands, in a line or two."""
    lines = [_conclusion(history.pack, found, language)]
    if found.next is not None:
        step = found.next.step
        who = actors_text(history.pack, step.by, language)
        lines.append(in_(f"下一步：{step.label.zh}，由{who}", f"Next: {step.label.en}, by {who}", language))
    return "\n".join(f"     {line}" for line in lines)


def standing_text(history: History, found: Standing, language: Language = "zh") -> str:
    """Both halves of a case, what is next, and what has changed since it ended."""
    pack, case = history.pack, found.case
    place = (found.end or found.procedure.step(case.at)).label.in_(language)
    lines = [f"{case.id} · {found.procedure.label.in_(language)} · {found.on}"]
    if found.end is not None:
        ended = in_(f"程序：已于 {case.since} 结束——{place}", f"Procedure: ended on {case.since} — {place}", language)
        lines.append(f"  ■ {ended}   {cited(found.end.cites)}".rstrip())
    else:
        lines.append(
            in_(f"  ▶ 程序：{case.since} 起停在“{place}”", f"  ▶ Procedure: at “{place}” since {case.since}", language)
        )
    lines += _substance_lines(pack, found, language)
    if found.ruling is not None:
        lines.append(f"  § {_ruling(pack, found.ruling, language)}")
    lines.append(f"  {_conclusion(pack, found, language)}")
    if found.then is not None and found.current is not None and found.then.holds is not found.current.holds:
        lines += _changed(pack, found, language)
    if found.next is not None:
        lines += [next_text(pack, found, found.next, language)]
    return "\n".join(lines)


def _substance_lines(pack: Pack, found: Standing, language: Language) -> Iterator[str]:
    substance = found.current
    if substance is None or found.procedure.needs is None:
        return
    needs = phrase(found.procedure.needs, pack, found.procedure.about, language)
    sign = {True: "✓", False: "✗", None: "?"}[substance.holds]
    yield f"  {sign} {in_('实体', 'Substance', language)}: {needs} — {_holds(substance, language)}"
    if substance.missing:
        names = [label_of(path, pack, found.procedure.about, language) for path in substance.missing]
        yield f"      {say('still_needed', language)}: {'、'.join(names) if language == 'zh' else ', '.join(names)}"


def _holds(substance: Substance, language: Language) -> str:
    return say({True: "yes", False: "no", None: "undetermined"}[substance.holds], language)


def _ruling(pack: Pack, ruling: Ruling, language: Language) -> str:
    who = f"{actors_text(pack, [ruling.by], language)} {ruling.person}".strip()
    what = say("yes" if ruling.substance else "no", language)
    return in_(
        f"{ruling.happened_on} {who}裁定实体条件：{what}；理由：{ruling.why}",
        f"{ruling.happened_on} {who} ruled on the substance: {what}; because: {ruling.why}",
        language,
    )


_CONCLUSIONS = {
    "none": ("结论：两方面都已具备", "Conclusion: both halves are there"),
    "procedure": ("结论：实体已定，程序未完", "Conclusion: the substance is decided, the procedure is not complete"),
    "substance": (
        "结论：程序已完，实体未定或不符",
        "Conclusion: the procedure is complete, the substance is open or fails",
    ),
    "ended": ("结论：程序已结束，不产生效力", "Conclusion: the procedure has ended and settles nothing"),
    "both": ("结论：实体和程序都未具备", "Conclusion: neither half is there"),
}


def _given(pack: Pack, subject: str, fact: str, value: Any, language: Language) -> str:
    type_ = pack.vocabulary.form(subject).find(fact)
    item = getattr(type_.type, "item", type_.type) if type_ else None
    what = shown(value, item, language) if item is not None else str(value)
    return f"{label_of(fact, pack, subject, language)} {what}"


def _conclusion(pack: Pack, found: Standing, language: Language) -> str:
    text = in_(*_CONCLUSIONS[found.half], language)
    settled = found.settled
    if settled is None:
        return text
    gives = [_given(pack, found.procedure.about, fact, value, language) for fact, value in settled.gives.items()]
    gives += [_given(pack, found.procedure.about, fact, value, language) for fact, value in settled.adds.items()]
    joined = "、".join(gives) if language == "zh" else ", ".join(gives)
    return text + in_(
        f"，自 {found.case.since} 起生效：{joined}", f"; in effect since {found.case.since}: {joined}", language
    )


def _changed(pack: Pack, found: Standing, language: Language) -> Iterator[str]:
    yield "  ! " + in_("决定所依据的事实后来有变", "Decided on facts that have changed since", language)
    for difference in found.differences:
        yield f"      {_difference(pack, found.procedure.about, difference, language)}"


def _difference(pack: Pack, subject: str, difference: Difference, language: Language) -> str:
    fact = pack.vocabulary.fact(subject, difference.path)
    values = [
        say("unknown", language) if value is None else shown(value, fact.type, language) if fact else str(value)
        for value in (difference.before, difference.after)
    ]
    return f"{label_of(difference.path, pack, subject, language)}: {values[0]} → {values[1]}"


def next_text(pack: Pack, found: Standing, coming: Next, language: Language = "zh") -> str:
    """The next step: who takes it, what must be recorded, not before and by when."""
    step = coming.step
    who = actors_text(pack, step.by, language)
    head = in_(f"下一步：{step.label.zh}，由{who}", f"Next: {step.label.en}, by {who}", language)
    lines = [f"  {head}   {cited(step.cites)}"]
    record = in_("应记", "to record", language)
    lines += [
        f"      {record} {particular_text(pack, found.procedure, part, language)}" for part in step.particulars.values()
    ]
    if coming.lasting:
        lines.append("      " + _until(coming.not_before, coming.days, language))
    if coming.limited:
        lines.append("      " + _by(coming, found.on, language))
    elif not coming.lasting:
        lines.append(
            "      " + in_(f"已过 {coming.days} 天，未定时限", f"{_days(coming.days)}; no time limit stated", language)
        )
    return "\n".join(lines)


def _until(not_before: datetime.date | None, days: int, language: Language) -> str:
    if not_before is None:
        return in_(f"期间文件未给出，已过 {days} 天", f"its length is not stated; {_days(days)} so far", language)
    return in_(f"期满不早于 {not_before}，已过 {days} 天", f"not before {not_before}; {_days(days)} so far", language)


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _by(coming: Next, on: datetime.date, language: Language) -> str:
    if coming.by is None:
        return in_(
            f"时限文件未给出，已过 {coming.days} 天", f"the limit is not stated; {_days(coming.days)} so far", language
        )
    late = in_("，已逾期", ", overdue", language) if coming.late(on) else ""
    return in_(f"{coming.by} 前完成{late}", f"by {coming.by}{late}", language)


def event_text(pack: Pack, event: Event, language: Language = "zh") -> str:
    """One event in a line."""
    head = f"{event.number:>3}  {event.happened_on}"
    if event.recorded_on != event.happened_on:
        head += in_(f"（{event.recorded_on} 记）", f" (recorded {event.recorded_on})", language)
    return f"{head}  {_what(pack, event, language)}"


def _what(pack: Pack, event: Event, language: Language) -> str:
    if isinstance(event, Opened):
        label = (
            pack.procedure(event.procedure).label.in_(language)
            if event.procedure in pack.procedures
            else event.procedure
        )
        after = in_(f"，接 {event.follows}", f", after {event.follows}", language) if event.follows else ""
        return in_(f"立案 {event.case}：{label}{after}", f"case {event.case} opened: {label}{after}", language)
    if isinstance(event, Learned):
        subject = event.facts.subject
        names = [label_of(name, pack, subject, language) for name in event.facts.root]
        names += [f"+{label_of(name, pack, subject, language)}" for name in event.adds.root]
        return in_(f"事实：{'、'.join(names)}", f"facts: {', '.join(names)}", language)
    if isinstance(event, Ruling):
        return f"{event.case}: {_ruling(pack, event, language)}"
    if isinstance(event, Correction):
        instead = _taken(pack, event.instead, language) if event.instead else in_("撤销", "struck out", language)
        return in_(
            f"{event.case}：更正第 {event.corrects} 号：{instead}；{event.why}",
            f"{event.case}: corrects event {event.corrects}: {instead}; {event.why}",
            language,
        )
    return f"{event.case}: {_taken(pack, event, language)}"


def _taken(pack: Pack, event: Taken, language: Language) -> str:
    procedures = [
        p for p in pack.procedures.values() if event.step in p.steps and event.result in p.results(event.step)
    ]
    label = procedures[0].step(event.step).label.in_(language) if procedures else event.step
    result = procedures[0].results(event.step)[event.result] if procedures else None
    outcome = (result.label.in_(language) if result else "") or event.result
    return (
        f"{label} → {outcome} ({actors_text(pack, [event.by], language)}{' ' + event.person if event.person else ''})"
    )


# ---- what is owed

_STATES: dict[str, tuple[str, str, str]] = {
    "fulfilled": ("✓", "已完成", "fulfilled"),
    "late": ("✓", "逾期完成", "fulfilled late"),
    "due": ("▶", "待完成", "due"),
    "overdue": ("✗", "逾期未完成", "overdue"),
    "open": ("▶", "待完成，未定时限", "open, no time limit stated"),
    "unknown": ("?", "尚不能确定", "not determined yet"),
}


def owed_lines(pack: Pack, owed: Iterable[Owed], subject: str, language: Language = "zh") -> list[str]:
    """What is owed, a line for each period."""
    lines = []
    for item in owed:
        sign, *state = _STATES[item.state]
        period: Any = item.period or item.since or "—"
        who = actors_text(pack, item.duty.by, language) + (f" {', '.join(item.persons)}" if item.persons else "")
        counted = item.state == "open" and item.since is not None
        days = in_(f"，已过 {item.days} 天", f", {_days(item.days)}", language) if counted else ""
        line = f"{sign} {period}  {item.duty.label.in_(language)} — {who}: {state[0 if language == 'zh' else 1]}{days}"
        lines.append(f"{line}   {cited(item.duty.cites)}")
        if item.missing:
            names = [label_of(path, pack, subject, language) for path in item.missing]
            lines.append(f"      {say('still_needed', language)}: {', '.join(names)}")
    return lines
