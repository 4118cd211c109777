"""A pack as text: the document, its figures, its readings, its decisions."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.checking.accounting import ClauseAccount
from policy_engine.errors import Language
from policy_engine.model.pack import Pack
from policy_engine.model.parameter import DatedValue, Parameter
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown

__all__ = ["clauses_text", "figures_text", "pack_text"]


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
    ]
    return "\n".join(lines)


def figures_text(pack: Pack, language: Language = "zh") -> str:
    """Every figure of a pack with its clause and its kind: stated, assumption of a reading, or not stated."""
    return "\n".join(_figures(pack, language))


_SET_ASIDE = {
    "organisational": ("组织分工", "organisational"),
    "publicity": ("宣传", "publicity"),
    "no_computable_content": ("没有可计算的内容", "no computable content"),
    "needs_absent_document": ("依据的文件不在此处", "needs a document that is not here"),
    "procedure": ("程序和期限，尚未编入", "steps and duties, not encoded yet"),
}


def clauses_text(found: tuple[ClauseAccount, ...], language: Language = "zh") -> str:
    """Each clause with what rests on it, or the reason it is set aside."""
    lines = []
    for item in found:
        reason = _SET_ASIDE.get(item.clause.set_aside, ("", ""))[0 if language == "zh" else 1]
        rests = ", ".join(id_ for _, id_ in item.used_by)
        aside = f"（{reason}）" if language == "zh" else f"({reason})"
        lines.append(f"{item.clause.number:<7} {item.clause.about.in_(language)}")
        lines.append(f"        {rests or aside}")
    return "\n".join(lines)


def _figures(pack: Pack, language: Language) -> Iterator[str]:
    kinds = {"stated": {"zh": "文件给出", "en": "stated"}, "external": {"zh": "文件未给出", "en": "not stated"}}
    for parameter in pack.parameters.values():
        kind = kinds[parameter.kind][language] if parameter.kind in kinds else say(parameter.kind, language)
        label = parameter.label.in_(language)
        values = "; ".join(_dated(parameter, value, language) for value in parameter.values) or "—"
        yield f"  {parameter.id}  {label}: {values}  [{kind}]  {cited(parameter.cites)}"


def _dated(parameter: Parameter, value: DatedValue, language: Language) -> str:
    text = shown(value.value, parameter.type, language)
    if value.from_ is None and value.to is None:
        return text
    if (
        value.from_
        and value.to
        and (value.from_.month, value.from_.day, value.to.month, value.to.day) == (1, 1, 12, 31)
    ):
        years = str(value.from_.year) if value.from_.year == value.to.year else f"{value.from_.year}–{value.to.year}"
        return f"{years} {text}"
    return f"{value.from_ or '…'}–{value.to or '…'} {text}"


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
