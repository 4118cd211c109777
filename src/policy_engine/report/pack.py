"""A pack as text: the document, its figures, its readings, its decisions."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from policy_engine.errors import Language
from policy_engine.expression.types import Type
from policy_engine.model.pack import Pack
from policy_engine.model.parameter import DatedValue
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown

__all__ = ["dated", "days_text", "figures_text", "pack_text"]


def pack_text(pack: Pack, language: Language = "zh") -> str:
    """Everything a reader wants to know of a pack before using it."""
    lines = [
        pack.title.in_(language),
        " ".join(part for part in (pack.number, pack.issuer, str(pack.issued or "")) if part),
        f"{pack.id} {pack.version}   sha256 {pack.hash[:16]}…",
        f"{pack.in_force.from_ or '…'} – {pack.in_force.to or '…'}   {pack.in_force.why.in_(language)}",
        *(f"{fact}: {'、'.join(places)}" for fact, places in pack.area.places),
        "",
        {"zh": "参数", "en": "Parameters"}[language],
        *_figures(pack, language),
        "",
        {"zh": "解释", "en": "Readings"}[language],
        *_readings(pack, language),
        "",
        {"zh": "决定", "en": "Decisions"}[language],
        *_decisions(pack, language),
        *_reactions(pack, language),
    ]
    return "\n".join(lines)


def figures_text(pack: Pack, language: Language = "zh") -> str:
    """Every figure of a pack with its clause and its kind: stated, assumption of a reading, or not stated."""
    return "\n".join(_figures(pack, language))


def _figures(pack: Pack, language: Language) -> Iterator[str]:
    kinds = {"stated": {"zh": "文件给出", "en": "stated"}, "external": {"zh": "文件未给出", "en": "not stated"}}
    for parameter in pack.parameters.values():
        kind = kinds[parameter.kind][language] if parameter.kind in kinds else say(parameter.kind, language)
        label = parameter.label.in_(language)
        values = "; ".join(dated(value, parameter.type, language) for value in parameter.values) or "—"
        yield f"  {parameter.id}  {label}: {values}  [{kind}]  {cited(parameter.cites)}"


def dated(value: DatedValue, type_: Type, language: Language) -> str:
    """A value with the days on which it holds."""
    days = days_text(value.from_, value.to, language)
    return f"{days} {shown(value.value, type_, language)}".lstrip()


def days_text(from_: datetime.date | None, to: datetime.date | None, language: Language) -> str:
    """From a day to a day, as years where they are whole ones; empty for always."""
    if from_ is None and to is None:
        return ""
    if from_ and to and (from_.month, from_.day, to.month, to.day) == (1, 1, 12, 31):
        years = str(from_.year) if from_.year == to.year else f"{from_.year}–{to.year}"
        return f"{years}年" if language == "zh" else years
    return f"{from_ or '…'} – {to or '…'}"


def _readings(pack: Pack, language: Language) -> Iterator[str]:
    for reading in pack.readings.values():
        yield f"  {reading.id}  {cited((reading.reads,))}  {reading.question.in_(language)}"
        for option in reading.options:
            default = f"  ({say('default', language)})" if option.id == reading.default else ""
            yield f"      {option.id}: {option.label.in_(language) or option.id}{default}"
        yield f"      {reading.why.in_(language)}"


def _decisions(pack: Pack, language: Language) -> Iterator[str]:
    for decision in pack.decisions.values():
        star = "*" if decision.id in pack.answers else " "
        rows = f"  [{', '.join(decision.rows)}]" if decision.rows else ""
        yield f" {star}{decision.id}  {decision.label.in_(language)}{rows}"
        if decision.table is not None:
            for option in decision.table.outcomes:
                yield f"      {option.id}: {option.label(language)}"


def _reactions(pack: Pack, language: Language) -> Iterator[str]:
    if pack.reactions:
        yield from ("", {"zh": "反应", "en": "Reactions"}[language])
    for reaction in pack.reactions.values():
        rows = f"  [{', '.join(reaction.rows)}]" if reaction.rows else ""
        yield f"  {reaction.id}  {reaction.label.in_(language)}{rows}"
