"""Sweeps and readings, as text and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy_engine.errors import Language
from policy_engine.model.pack import Pack
from policy_engine.report.case_data import plain
from policy_engine.report.columns import table_text
from policy_engine.report.comparison import outcome_text, tally_data
from policy_engine.report.procedure import in_
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown
from policy_engine.scenario.sweep import Curve, ReadingEffects
from policy_engine.scenario.tally import Tally
from policy_engine.values import format_number

__all__ = ["curves_data", "curves_text", "reading_label", "readings_data", "readings_text"]


def curves_text(pack: Pack, curves: Sequence[Curve], language: Language) -> str:
    """For each decision a table: the parameter, and how many have each outcome."""
    lines: list[str] = []
    for curve in curves:
        parameter = pack.parameter(curve.parameter)
        lines += [*([""] if lines else []), pack.decision(curve.decision).label.in_(language)]
        names = list(curve.points[0][1].least)
        heads = [outcome_text(pack, curve.decision, name, language) for name in names]
        rows = [
            [shown(value, parameter.type, language), *(_bounds(found, name) for name in names), *_open(found)]
            for value, found in curve.points
        ]
        lines += table_text([parameter.label.in_(language), *heads, say("undetermined", language)], rows)
    return "\n".join(lines)


def _bounds(found: Tally, name: str) -> str:
    low, high = found.least[name], found.most[name]
    return format_number(low) if low == high else f"{format_number(low)}–{format_number(high)}"


def _open(found: Tally) -> Iterator[str]:
    yield format_number(sum(found.flags.values(), start=type(found.total)(0)))


def curves_data(curves: Sequence[Curve]) -> list[dict[str, Any]]:
    return [
        {
            "decision": curve.decision,
            "parameter": curve.parameter,
            "points": [{"value": plain(value), **tally_data(found)} for value, found in curve.points],
        }
        for curve in curves
    ]


# ---- readings


def readings_text(pack: Pack, effects: Sequence[ReadingEffects], language: Language) -> str:
    """For each decision: what each option of each reading changes by itself, and between what all of them move it."""
    lines: list[str] = []
    for found in effects:
        lines += [*([""] if lines else []), pack.decision(found.decision).label.in_(language)]
        if not found.options:
            lines.append(in_("    不取决于任何解释", "    rests on no reading", language))
            continue
        names = list(found.options[0].tally.least)
        heads = [outcome_text(pack, found.decision, name, language) for name in names]
        changed = in_("与现用不同", "stand otherwise", language)
        last = ""
        rows = []
        for option in found.options:
            if option.reading != last:
                rows.append([_question(pack, option.reading, language), *[""] * (len(names) + 1)])
                last = option.reading
            mark = in_("（现用）", " (in use)", language) if option.used else ""
            label = f"  {reading_label(pack, option.reading, option.option, language)}{mark}"
            rows.append([label, format_number(option.changed), *(_bounds(option.tally, name) for name in names)])
        lines += table_text(["", changed, *heads], rows)
        lines += _ranges(pack, found, language)
    return "\n".join(lines)


def _question(pack: Pack, id_: str, language: Language) -> str:
    reading = pack.reading(id_)
    return f"{reading.question.in_(language)}  {cited((reading.reads,))}"


def reading_label(pack: Pack, id_: str, option: str, language: Language) -> str:
    return pack.reading(id_).option(option).label.in_(language) or option


def _ranges(pack: Pack, found: ReadingEffects, language: Language) -> Iterator[str]:
    if found.tried == found.combinations:
        yield in_(f"    全部 {found.tried} 种组合：", f"    all {found.tried} combinations:", language)
    else:
        yield in_(
            f"    组合有 {found.combinations} 种，只逐个解释试了 {found.tried} 种：",
            f"    of {found.combinations} combinations {found.tried} were tried, each reading by itself:",
            language,
        )
    for range_ in found.ranges:
        name = outcome_text(pack, found.decision, range_.outcome, language)
        ends = [
            f"{format_number(many)}{'' if range_.least == range_.most else _under(pack, under, language)}"
            for many, under in ((range_.least, range_.least_under), (range_.most, range_.most_under))
        ]
        ends = ends[:1] if range_.least == range_.most else ends
        yield f"      {name}: {in_(' 至 ', ' to ', language).join(ends)}"


def _under(pack: Pack, under: Mapping[str, str], language: Language) -> str:
    if not under:
        return ""
    words = in_("；", "; ", language).join(reading_label(pack, id_, option, language) for id_, option in under.items())
    return f"（{words}）" if language == "zh" else f" ({words})"


def readings_data(effects: Sequence[ReadingEffects]) -> list[dict[str, Any]]:
    return [
        {
            "decision": found.decision,
            "combinations": found.combinations,
            "tried": found.tried,
            "options": [
                {"reading": option.reading, "option": option.option, "used": option.used}
                | {"changed": plain(option.changed), **tally_data(option.tally)}
                for option in found.options
            ],
            "ranges": [
                {"outcome": range_.outcome, "least": plain(range_.least), "least_under": dict(range_.least_under)}
                | {"most": plain(range_.most), "most_under": dict(range_.most_under)}
                for range_ in found.ranges
            ],
        }
        for found in effects
    ]
