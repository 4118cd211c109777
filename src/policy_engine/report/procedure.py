"""Procedures and duties as text: what a document orders, with the clauses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_engine.errors import Language
from policy_engine.model.duty import LOCALS, Duty
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import label_of
from policy_engine.model.procedure import Particular, Procedure, Result, Step
from policy_engine.report.phrase import phrase
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown

__all__ = ["actors_text", "duty_text", "in_", "particular_text", "procedure_text"]


def in_(zh: str, en: str, language: Language) -> str:
    """The sentence in this language."""
    return zh if language == "zh" else en


def actors_text(pack: Pack, actors: Iterable[str], language: Language) -> str:
    """The actors by their labels."""
    names = [pack.actors[actor].in_(language) if actor in pack.actors else actor for actor in actors]
    return ("、" if language == "zh" else ", ").join(names)


# ---- what the document orders


def procedure_text(pack: Pack, procedure: Procedure, language: Language = "zh") -> str:
    """The steps in order, with actors, particulars, requirements, time limits, results and clauses."""
    lines = [f"{procedure.label.in_(language)}   {procedure.id}   {cited(procedure.cites)}"]
    if procedure.needs is not None:
        needs = phrase(procedure.needs, pack, procedure.about, language)
        lines.append(in_(f"实体条件：{needs}", f"Substance: {needs}", language))
    for number, step in enumerate(procedure.steps.values(), 1):
        lines += ["", *_step(pack, procedure, number, step, language)]
    if procedure.throughout:
        lines += ["", in_("任何一步都可以：", "At every step:", language)]
        lines += [_result(pack, procedure, result, language) for result in procedure.throughout.values()]
    lines += ["", in_("结局：", "Ends:", language)]
    for end in procedure.ends.values():
        gives = [
            f"{label_of(fact, pack, procedure.about, language)} = {phrase(node, pack, procedure.about, language)}"
            for fact, node in end.gives.items()
        ]
        gives += [
            f"{label_of(fact, pack, procedure.about, language)} + {phrase(node, pack, procedure.about, language)}"
            for fact, node in end.adds.items()
        ]
        what = f" → {'；'.join(gives) if language == 'zh' else '; '.join(gives)}" if gives else ""
        lines.append(f"  ■ {end.label.in_(language)}{what}   {cited(end.cites)}".rstrip())
    return "\n".join(lines)


def _step(pack: Pack, procedure: Procedure, number: int, step: Step, language: Language) -> Iterator[str]:
    yield f"{number}. {step.label.in_(language)} — {actors_text(pack, step.by, language)}   {cited(step.cites)}"
    for part in step.particulars.values():
        label = particular_text(pack, procedure, part, language) + _only_for(step, part.results, language)
        yield f"   {in_('应记', 'to record', language)} {label}   {cited(part.cites)}"
    for required in step.requires:
        only = _only_for(step, required.results, language)
        yield f"   {in_('要求', 'required', language)} {required.label.in_(language)}{only}   {cited(required.cites)}"
    if step.lasts is not None:
        yield f"   {in_('期间', 'lasts', language)} {_time(pack, step.lasts.parameter, language)}"
    if step.within:
        yield f"   {in_('时限', 'within', language)} {_time(pack, step.within, language)}"
    for result in step.results.values():
        yield _result(pack, procedure, result, language)


def _only_for(step: Step, results: tuple[str, ...], language: Language) -> str:
    """The results to which something is confined, in brackets."""
    names = [step.results[id_].label.in_(language) or id_ for id_ in results if id_ in step.results]
    if not names:
        return ""
    return in_(f"（限：{'、'.join(names)}）", f" (only for: {', '.join(names)})", language)


def particular_text(pack: Pack, procedure: Procedure, part: Particular, language: Language) -> str:
    """A particular by its label, and when it is needed."""
    label = part.label.in_(language)
    if part.needed is not None:
        names = {
            other.id: other.label.in_(language)
            for step in procedure.steps.values()
            for other in step.particulars.values()
        }
        needed = phrase(part.needed, pack, procedure.about, language, names)
        return label + in_(f"（当 {needed}）", f" (when {needed})", language)
    return label + (in_("（可选）", " (optional)", language) if part.optional else "")


def _time(pack: Pack, parameter: str, language: Language) -> str:
    found = pack.parameter(parameter)
    label = found.label.in_(language)
    if not found.values:
        return (
            f"{label}：{say('not stated', language)}" if language == "zh" else f"{label}: {say('not stated', language)}"
        )
    values = ", ".join(shown(value.value, found.type, language) for value in found.values)
    return f"{label} {values}   {cited(found.cites)}"


def _result(pack: Pack, procedure: Procedure, result: Result, language: Language) -> str:
    target = (procedure.steps.get(result.to) or procedure.ends[result.to]).label.in_(language)
    by = f" ({actors_text(pack, result.by, language)})" if result.by else ""
    unsaid = "" if result.stated else in_("   文件未写明去向", "   the document does not say what follows", language)
    return f"   · {result.label.in_(language) or result.id}{by} → {target}{unsaid}"


_PERIOD = {
    "period_start": ("期间第一天", "the first day of the period"),
    "period_end": ("期间最后一天", "the last day of the period"),
}


def duty_text(pack: Pack, duty: Duty, language: Language = "zh") -> str:
    """A duty in a line or two: who owes what, how often or by when, and the clause."""
    every = {
        "month": ("每月", "each calendar month"),
        "quarter": ("每季度", "each quarter"),
        "half_year": ("每半年", "each half year"),
        "year": ("每年", "each year"),
    }
    if duty.every:
        when = every[duty.every][0 if language == "zh" else 1]
    elif duty.due_on is not None:
        day = phrase(duty.due_on, pack, duty.about, language)
        when = in_(f"{day}前", f"by {day}", language)
    else:
        when = _time(pack, duty.within, language) if duty.within else in_("未定时限", "no time limit stated", language)
    names = {name: in_(*_PERIOD[name], language) for name in LOCALS}
    evidence = phrase(duty.fulfilled_by, pack, duty.about, language, names)
    return (
        f"{duty.label.in_(language)}   {duty.id}   {cited(duty.cites)}\n"
        f"   {actors_text(pack, duty.by, language)} · {when}\n"
        f"   {in_('以此为证', 'fulfilled by', language)} {evidence}"
    )
