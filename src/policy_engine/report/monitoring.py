"""The board of monitoring as text, as one self-contained page, as data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from policy_engine.decision.answer import Answer
from policy_engine.errors import Language
from policy_engine.model.pack import Pack
from policy_engine.monitoring.board import COLOURS, Alert, Area, Board, Obligation
from policy_engine.report.case import owed_lines
from policy_engine.report.case_data import cites_data, owed_data
from policy_engine.report.columns import table_text
from policy_engine.report.html import document
from policy_engine.report.procedure import actors_text, in_
from policy_engine.report.reaction import happened_text
from policy_engine.report.text import cited, headline

__all__ = ["alert_lines", "alerts_data", "monitor_data", "monitor_html", "monitor_text"]

_COLOURS = {
    "red": ("红", "red"),
    "yellow": ("黄", "yellow"),
    "green": ("绿", "green"),
    "undetermined": ("未定", "open"),
    "other": ("不赋码", "no colour"),
    "out_of_scope": ("不适用", "out of scope"),
}
# ---- the board


def monitor_text(found: Board, language: Language = "zh", most: int = 20) -> str:
    """Areas with their colours, then what is late and open, then the duties that are not fulfilled; `most` lines of each."""
    lines = [found.pack.title.in_(language), str(found.on), _legend(found, language), ""]
    lines += table_text(*_rows(found, language), texts=1)
    if found.regions:
        lines += ["", in_("按户汇总的区域", "Areas by their households", language), *_region_lines(found, language)]
    lines += ["", in_(f"未确认的警报 {len(found.open)}", f"Alerts not acknowledged: {len(found.open)}", language)]
    for alert in found.open[:most]:
        lines += (f"  {line}" for line in alert_lines(found.pack, alert, language))
    lines += _more(len(found.open) - most, language)
    owed = _sorted(found.obligations)
    lines += ["", _duties_heading(found, len(owed), language)]
    for one in owed[:most]:
        lines += (f"  {one.subject}  {line}" for line in owed_lines(found.pack, [one.owed], one.kind, language))
    return "\n".join([*lines, *_more(len(owed) - most, language)])


def _region_lines(found: Board, language: Language) -> Iterator[str]:
    """Each area: how many of its households were handed in, and what is decided by counting them."""
    for region in found.regions:
        plural = "" if region.households == 1 else "s"
        many = in_(f"{region.households} 户", f"{region.households} household{plural}", language)
        part = in_("已录入，可能还有", " handed in, there may be more", language)
        yield f"  {region.subject}  {' '.join(region.place)}  {many}{'' if region.whole else part}"
        for answer in region.decision.answers:
            definition = found.pack.decision(answer.decision)
            says = headline(found.pack, answer, language)
            cites = definition.cites or tuple(dict.fromkeys(cite for rule in answer.rules for cite in rule.cites))
            yield f"    {definition.label.in_(language)}: {says}   {cited(cites)}".rstrip()


def _more(count: int, language: Language) -> list[str]:
    return [in_(f"  …另有 {count} 项", f"  … and {count} more", language)] if count > 0 else []


def _legend(found: Board, language: Language) -> str:
    if found.coloured:
        return in_("颜色按文件的风险码", "colours: the document's own", language)
    return in_(
        "文件没有三色：红为有逾期，黄为有未确认的警报，绿为都没有",
        "the document has no colours: red is late, yellow has alerts not acknowledged, green neither",
        language,
    )


def _rows(found: Board, language: Language) -> tuple[list[str], list[list[str]]]:
    heads = [in_("区域", "area", language), *(in_(*_COLOURS[colour], language) for colour in COLOURS)]
    heads += [in_("警报未确认", "alerts open", language), in_("警报逾期", "alerts late", language)]
    heads += [in_("职责逾期", "duties overdue", language)]
    return heads, [_row(area, language) for area in found.areas]


def _row(area: Area, language: Language) -> list[str]:
    place = " ".join(part for part in area.place if part) or in_("（地方未知）", "(place not known)", language)
    numbers = [*(area.colours[colour] for colour in COLOURS), area.open, area.late, area.overdue]
    return [place, *map(str, numbers)]


def alert_lines(pack: Pack, alert: Alert, language: Language = "zh") -> Iterator[str]:
    """An alert: id, about whom, since when, what for; then who must see to it, by when, and on which clause."""
    sign = "✗" if alert.late else "✓" if alert.acknowledged else "·" if alert.body["certain"] else "?"
    maybe = "" if alert.body["certain"] else in_("（待查明）", " (open: facts are missing)", language)
    happened = happened_text(pack, alert.reaction.id, alert.body["what"], language)
    yield f"{sign} {alert.id}  {alert.subject}  {alert.body['day']}  {happened}{maybe}"
    yield f"    {_who(pack, alert, language)} · {_time(pack, alert, language)}   {cited(alert.reaction.cites)}"
    if alert.reaction.opens and not alert.acknowledged:
        label = pack.procedure(alert.reaction.opens).label.in_(language)
        yield f"    {in_('启动程序', 'opens', language)}: {label} ({alert.reaction.opens})"
    for actors, day in alert.goes_on:
        when = str(day) if day else in_("文件未写何时", "when is not stated", language)
        yield f"    {in_('无人确认则报', 'goes on to', language)} {actors_text(pack, actors, language)}: {when}"


def _who(pack: Pack, alert: Alert, language: Language) -> str:
    return " ".join((actors_text(pack, alert.body["to"], language), *alert.body["persons"]))


def _time(pack: Pack, alert: Alert, language: Language) -> str:
    if alert.acknowledged is not None:
        by = actors_text(pack, [alert.acknowledged["by"]], language)
        return in_(
            f"{by} {alert.acknowledged['on']} 已确认", f"acknowledged by {by} on {alert.acknowledged['on']}", language
        )
    passed = in_(f"已过 {alert.days} 天", f"{alert.days} days", language)
    if alert.by is None:
        return f"{passed}{in_('，文件未写期限', ', no time stated', language)}"
    if alert.late:
        return in_(f"逾期，应于 {alert.by} 前", f"late, was due by {alert.by}", language)
    return in_(f"{passed}，{alert.by} 前", f"{passed}, by {alert.by}", language)


def _duties_heading(found: Board, many: int, language: Language) -> str:
    """Unknown is never no: duties of which too little is known are counted beside those not fulfilled."""
    text = in_(f"未完成的职责 {many}", f"Duties not fulfilled: {many}", language)
    open_ = in_(f"；尚不能确定的 {found.unsettled}", f"; not determined yet: {found.unsettled}", language)
    return text + (open_ if found.unsettled else "")


def _sorted(obligations: Iterable[Obligation]) -> list[Obligation]:
    order = ("overdue", "due", "open")
    return sorted(obligations, key=lambda one: (order.index(one.owed.state), -one.owed.days, one.subject))


# ---- as a page, as data


_STYLE = (
    ".pe .red{background:#ffebe9}.pe .yellow{background:#fff8c5}.pe .green{background:#dafbe1}"
    ".pe td.n{text-align:right}.pe pre{font:inherit;margin:0;white-space:pre-wrap}"
)


def monitor_html(found: Board, language: Language = "zh") -> str:
    """The whole board as one page; nothing in it asks for anything from anywhere."""
    title = found.pack.title.in_(language)
    heads, rows = _rows(found, language)
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(_cell(at, text) for at, text in enumerate(row))}</tr>" for row in rows)
    alerts = [("red" if one.late else "yellow", alert_lines(found.pack, one, language)) for one in found.open]
    owed = [
        ("red" if one.owed.state == "overdue" else "", _owed(found.pack, one, language))
        for one in _sorted(found.obligations)
    ]
    parts = [
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>",
        f'<p class="sub">{found.on} · {escape(_legend(found, language))}</p>',
        f'<section><div class="body"><table><tr>{head}</tr>{body}</table></div></section>',
        *_regions_section(found, language),
        _section(in_(f"未确认的警报 {len(alerts)}", f"Alerts not acknowledged: {len(alerts)}", language), alerts),
        _section(_duties_heading(found, len(owed), language), owed),
    ]
    return document(f"{title} {found.on}", "".join(parts), language)


def _regions_section(found: Board, language: Language) -> Iterator[str]:
    if found.regions:
        title = in_("按户汇总的区域", "Areas by their households", language)
        yield _section(title, [("", _region_lines(found, language))])


def _owed(pack: Pack, one: Obligation, language: Language) -> list[str]:
    return [f"{one.subject}  {line}" for line in owed_lines(pack, [one.owed], one.kind, language)]


def _cell(at: int, text: str) -> str:
    colour = COLOURS[at - 1] if 1 <= at <= 3 and text != "0" else ""
    return f'<td class="{"n " if at else ""}{colour}">{escape(text)}</td>'


def _section(title: str, items: Iterable[tuple[str, Iterable[str]]]) -> str:
    lines = "".join(
        f'<tr><td class="{colour}"><pre>{escape(chr(10).join(text))}</pre></td></tr>' for colour, text in items
    )
    return f"<section><h2>{escape(title)} </h2><table>{lines}</table></section>"


def monitor_data(found: Board) -> dict[str, Any]:
    """The board for programs."""
    return {
        "pack": {"id": found.pack.id, "version": found.pack.version, "hash": found.pack.hash},
        "on": found.on.isoformat(),
        "levels": list(found.levels),
        "colours_of_the_document": found.coloured,
        "areas": [
            {"place": list(area.place), **{colour: area.colours[colour] for colour in COLOURS}}
            | {"open": area.open, "late": area.late, "overdue": area.overdue}
            for area in found.areas
        ],
        "regions": [
            {"subject": region.subject, "place": list(region.place), "households": region.households}
            | {"whole": region.whole, "answers": [_answer_data(answer) for answer in region.decision.answers]}
            for region in found.regions
        ],
        "alerts": alerts_data(found.alerts),
        "duties_not_determined": found.unsettled,
        "duties": [
            {"subject": one.subject, "about": one.kind, **owed_data([one.owed])[0]}
            for one in _sorted(found.obligations)
        ],
    }


def _answer_data(answer: Answer) -> dict[str, Any]:
    """`bounds` of a count that is open; without an upper one it is null."""
    low, high = answer.bounds or (None, None)
    return {
        "decision": answer.decision,
        "status": answer.status,
        "outcome": None if answer.outcome is None else str(answer.outcome),
        "bounds": None if low is None else [str(low), str(high) if high is not None and high.is_finite() else None],
        "missing": [missing.path for missing in answer.missing],
    }


def alerts_data(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    return [
        {
            "id": alert.id,
            "subject": alert.subject,
            "about": alert.body["about"],
            "reaction": alert.reaction.id,
            "what": alert.body["what"],
            "certain": alert.body["certain"],
            "day": alert.body["day"],
            "known_on": alert.body["known_on"],
            "days": alert.days,
            "to": alert.body["to"],
            "persons": alert.body["persons"],
            "by": alert.by.isoformat() if alert.by else None,
            "late": alert.late,
            "opens": alert.body["opens"],
            "goes_on": [{"to": list(to), "on": day.isoformat() if day else None} for to, day in alert.goes_on],
            "acknowledged": alert.acknowledged
            and {key: alert.acknowledged[key] for key in ("by", "person", "on", "note")},
            "place": alert.body["place"],
            "cites": cites_data(alert.reaction.cites),
        }
        for alert in alerts
    ]
