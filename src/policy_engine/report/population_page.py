"""What was found about a population as one page that opens anywhere: charts, tables, clauses, and examples with traces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape

from policy_engine.errors import Language
from policy_engine.model.pack import Pack
from policy_engine.report.asked import suppositions
from policy_engine.report.board import answer_text, place_text, way_text
from policy_engine.report.chart import Bar, Line, bar_chart, curve_chart
from policy_engine.report.comparison import MOVES, difference_text, outcome_text, sample_text, state_text
from policy_engine.report.curves import reading_label
from policy_engine.report.html import decision_html, whole
from policy_engine.report.procedure import in_
from policy_engine.report.words import say
from policy_engine.scenario.compare import Comparison, Shift
from policy_engine.scenario.scoreboard import Scoreboard
from policy_engine.scenario.sweep import Curve, ReadingEffects
from policy_engine.scenario.tally import FLAGS, Tally
from policy_engine.values import format_number

__all__ = [
    "board_page",
    "comparison_charts",
    "comparison_page",
    "curve_charts",
    "curves_page",
    "reading_charts",
    "readings_page",
]

_STYLE = """
.pp{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1f2328;max-width:72rem;
 margin:0 auto;padding:0 1rem}
.pp h1{font-size:1.25rem;margin:1rem 0 .2rem}.pp h2{font-size:1.1rem;border-bottom:1px solid #d1d9e0;padding-bottom:.2rem}
.pp h3{font-size:1rem;margin:1.2rem 0 .3rem}.pp .sub{color:#59636e;margin:0 0 1rem}.pp svg{max-width:100%;height:auto}
.pp table{border-collapse:collapse;margin:.4rem 0 1rem;font-size:.92em}.pp td,.pp th{border:1px solid #d1d9e0;
 padding:.15rem .6rem;text-align:right}.pp td:first-child,.pp th:first-child{text-align:left}.pp th{background:#f6f8fa}
.pp .l td{text-align:left}.pp summary{cursor:pointer;color:#0969da}.pp .two{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
@media (max-width:60rem){.pp .two{grid-template-columns:1fr}}@media print{.pp details>*{display:block}}
"""


def comparison_page(found: Comparison, language: Language = "zh") -> str:
    """The whole comparison."""
    sample = in_(f"（样本 {found.rows}）", f" (sample of {found.rows})", language) if found.asked != found.rows else ""
    parts = [_head(found.pack, f"{found.on} · {found.asked} {say(found.subject, language)}{sample}", language)]
    for scenario, shifts in found.scenarios:
        parts.append(f"<h2>{escape(in_('设想', 'Scenario', language))} {escape(scenario.name)}</h2>")
        parts.append(_list(suppositions(found.pack, scenario, language)))
        parts += [_shift(found, shift, language) for shift in shifts]
    return _page(parts, language)


def comparison_charts(found: Comparison, language: Language) -> list[str]:
    """A chart of each decision: how many have each outcome as things are, and under each scenario."""
    charts = []
    for number, shift in enumerate(found.scenarios[0][1] if found.scenarios else ()):
        tallies = [shift.before, *(shifts[number].after for _, shifts in found.scenarios)]
        names = [in_("原来", "as it is", language), *(scenario.name for scenario, _ in found.scenarios)]
        charts.append(_tallies(found.pack, shift.decision, names, tallies, language))
    return charts


def _tallies(pack: Pack, decision: str, names: Sequence[str], tallies: Sequence[Tally], language: Language) -> str:
    bars = [
        Bar(outcome_text(pack, decision, name, language), tuple((t.least[name], t.most[name]) for t in tallies))
        for name in tallies[0].least
    ]
    bars += [
        Bar(say(flag, language), tuple((t.flags[flag], t.flags[flag]) for t in tallies))
        for flag in FLAGS
        if any(t.flags[flag] for t in tallies)
    ]
    return bar_chart(pack.decision(decision).label.in_(language), names, bars)


def _shift(found: Comparison, shift: Shift, language: Language) -> str:
    pack, label = found.pack, found.pack.decision(shift.decision).label.in_(language)
    names = [in_("原来", "as it is", language), in_("设想", "supposed", language)]
    changed = in_(f"{shift.changed} 户与原来不同", f"{shift.changed} stand otherwise", language)
    parts = [f"<h3>{escape(label)} — {escape(changed)}</h3>"]
    parts.append(_tallies(pack, shift.decision, names, (shift.before, shift.after), language))
    heads = ["", *(in_(*words, language) for words in MOVES.values())]
    in_all = [move for move in shift.moves if not move.place]
    parts.append(_table(heads, ([outcome_text(pack, shift.decision, m.outcome, language), *_cells(m)] for m in in_all)))
    transitions = [
        [" → ".join(state_text(pack, shift.decision, state, language) for state in states), format_number(many)]
        for states, many in shift.transitions.items()
    ]
    parts.append(_folded(in_("由…到…", "from … to …", language), _table(["", ""], transitions)))
    moved = [m for m in shift.moves if m.place and (m.enter or m.leave or m.opened)]
    places = [
        [place_text(m.place, language), outcome_text(pack, shift.decision, m.outcome, language), *_cells(m)]
        for m in moved
    ]
    if places:
        parts.append(_folded(in_("按地方", "by place", language), _table(["", *heads], places)))
    if shift.differences:
        parts.append(f"<p><b>{escape(in_('作出差别的条款', 'The clauses that make the difference', language))}</b></p>")
        parts.append(_list(difference_text(pack, d, language) for d in shift.differences))
    for sample in shift.samples:
        both = "".join(f"<div>{decision_html(decision, language)}</div>" for decision in (sample.before, sample.after))
        parts.append(_folded(sample_text(pack, shift, sample, language), f'<div class="two">{both}</div>'))
    return "".join(parts)


def _cells(move: object) -> list[str]:
    return [format_number(getattr(move, part)) for part in MOVES]


# ---- sweeps, readings, scoreboards


def curves_page(pack: Pack, curves: Sequence[Curve], about: str, language: Language = "zh") -> str:
    parts = [_head(pack, about, language)]
    for curve, chart in zip(curves, curve_charts(pack, curves, language), strict=True):
        names = list(curve.points[0][1].least)
        heads = ["", *(outcome_text(pack, curve.decision, name, language) for name in names)]
        rows = ([format_number(value), *(_bounds(t.least[n], t.most[n]) for n in names)] for value, t in curve.points)
        parts += [chart, _folded(in_("数字", "figures", language), _table(heads, rows))]
    return _page(parts, language)


def curve_charts(pack: Pack, curves: Sequence[Curve], language: Language) -> list[str]:
    """A chart of each decision: how many certainly have each outcome, and how many are open, by the parameter."""
    charts = []
    for curve in curves:
        places = [value for value, _ in curve.points]
        lines = [
            Line(outcome_text(pack, curve.decision, name, language), tuple(t.least[name] for _, t in curve.points))
            for name in curve.points[0][1].least
        ]
        lines += [
            Line(say(flag, language), tuple(t.flags[flag] for _, t in curve.points))
            for flag in FLAGS
            if any(t.flags[flag] for _, t in curve.points)
        ]
        title = pack.decision(curve.decision).label.in_(language)
        charts.append(curve_chart(title, pack.parameter(curve.parameter).label.in_(language), places, lines))
    return charts


def readings_page(pack: Pack, effects: Sequence[ReadingEffects], about: str, language: Language = "zh") -> str:
    return _page([_head(pack, about, language), *reading_charts(pack, effects, language)], language)


def reading_charts(pack: Pack, effects: Sequence[ReadingEffects], language: Language) -> list[str]:
    """A chart of each decision: how many stand otherwise under each other option."""
    charts = []
    for found in effects:
        bars = [
            Bar(reading_label(pack, o.reading, o.option, language), ((o.changed, o.changed),))
            for o in found.options
            if not o.used
        ]
        if bars:
            changed = in_("与现用解释不同的户数", "stand otherwise than now", language)
            charts.append(bar_chart(pack.decision(found.decision).label.in_(language), [changed], bars))
    return charts


def board_page(found: Scoreboard, language: Language = "zh") -> str:
    """The areas, a row each; behind every number its list."""
    pack = found.pack
    parts = [_head(pack, str(found.on), language)]
    for id_ in found.decisions:
        definition = pack.decision(id_)
        clauses = "、".join(dict.fromkeys(cite.clause for cite in definition.cites))
        parts.append(f"<h3>{escape(definition.label.in_(language))} <small>{escape(clauses)}</small></h3>")
        rows = (
            [
                place_text(area.place, language),
                answer_text(pack, area.answers[id_], language),
                in_("、", ", ", language).join(way_text(pack, way, language) for way in area.missing.get(id_, ())),
            ]
            for area in found.areas
        )
        heads = ["", in_("结果", "answer", language), in_("缺什么", "what stands in the way", language)]
        parts.append(_table(heads, rows, "l"))
        for behind in (behind for behind in found.behind if behind.decision == id_ and behind.rows.height):
            title = f"{behind.condition} · {behind.rows.height}"
            sure = in_("可能", "possibly", language)
            lines = ([*map(_text, row[:-1]), "" if row[-1] else sure] for row in behind.rows.rows())
            parts.append(_folded(title, _table([*behind.rows.columns[:-1], ""], lines, "l")))
    return _page(parts, language)


def _text(value: object) -> str:
    return "?" if value is None else str(value)


def _bounds(low: Decimal, high: Decimal) -> str:
    return format_number(low) if low == high else f"{format_number(low)}–{format_number(high)}"


# ---- parts of a page


def _head(pack: Pack, about: str, language: Language) -> str:
    return (
        f'<h1>{escape(pack.title.in_(language))}</h1><p class="sub">{escape(f"{pack.id} {pack.version} · {about}")}</p>'
    )


def _page(parts: Iterable[str], language: Language) -> str:
    return whole("policy_engine", f'<style>{_STYLE}</style><div class="pp">{"".join(parts)}</div>', language)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="{kind}"><tr>{head}</tr>{body}</table>'


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{body}</details>"


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
