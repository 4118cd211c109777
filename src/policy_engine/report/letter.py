"""A letter to a household in plain words: what was decided, why, what is still missing, how to object. Nothing is invented:
what the document does not say stands as not stated, with room to fill it in.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.decision.answer import Answer, Decision, MissingFact
from policy_engine.decision.resting import resting
from policy_engine.decision.standing import substance_of
from policy_engine.errors import Language
from policy_engine.evaluation.single import Single
from policy_engine.model.citation import Citation
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import label_of, place
from policy_engine.model.procedure import Procedure, Result, Step
from policy_engine.model.scenario import Settings
from policy_engine.report.document import BLANK, Document, Section
from policy_engine.report.procedure import actors_text, in_
from policy_engine.report.text import cited, headline, missing_label
from policy_engine.report.words import say, shown

__all__ = ["OBJECTION", "letter", "objection_lines", "time_of", "title_of"]

OBJECTION = "objection"
"""Id of the results with which an objection is raised, in every pack."""


def letter(
    decision: Decision, facts: Facts, settings: Settings, language: Language = "zh", *, commitment: str = ""
) -> Document:
    """The letter about one decision. `commitment` is that of its record, against which copies can be checked."""
    pack = decision.pack
    run = Single(pack, facts, decision.on, settings)
    procedures = [found for found in pack.procedures.values() if _concerns(found, decision, facts, settings)]
    intro = [
        in_(f"户编号：{decision.subject_id or BLANK}", f"Household: {decision.subject_id or BLANK}", language),
        in_(
            f"根据{title_of(pack, language)}，按 {decision.on} 的情况，现将结论和理由告知如下。",
            f"Under {title_of(pack, language)}, as things stood on {decision.on}, this is what was found, and why.",
            language,
        ),
    ]
    headings = ("一、结论", "二、理由", "三、还缺什么", "四、接下来的程序", "五、如有异议")
    if language != "zh":
        headings = ("1. What was found", "2. Why", "3. What is still missing", "4. What comes next", "5. How to object")
    bodies = (
        list(_found(decision, language)),
        [line for answer in decision.answers for line in _why(decision, answer, language)],
        list(_needed(decision, language)),
        [line for procedure in procedures for line in _steps(run, procedure, language)] or [_no_procedure(language)],
        [line for procedure in procedures for line in objection_lines(pack, procedure, language)]
        or [in_("文件没有规定异议的提出办法。", "The document does not say how to object.", language)],
    )
    said = 1 if decision.scope.inside is False else len(headings)
    sections = [Section(head, tuple(lines)) for head, lines in zip(headings[:said], bodies[:said], strict=True)]
    return Document(
        in_("告知书", "Letter to the household", language),
        tuple(intro),
        tuple(sections),
        tuple(_closing(commitment, language)),
    )


def title_of(pack: Pack, language: Language) -> str:
    """The document by its title, number and issuer."""
    rest = "，".join(part for part in (pack.number, pack.issuer) if part)
    return f"《{pack.title.zh}》（{rest}）" if language == "zh" else f"“{pack.title.en}” ({rest.replace('，', ', ')})"


def _concerns(procedure: Procedure, decision: Decision, facts: Facts, settings: Settings) -> bool:
    """Does this procedure lie before the household: is its substance there, or open?"""
    if procedure.about != decision.subject or procedure.needs is None or decision.scope.inside is False:
        return False
    found = substance_of(decision.pack, procedure, facts, decision.on, settings)
    return found is None or found.holds is not False


# ---- what was found, and why


def _found(decision: Decision, language: Language) -> Iterator[str]:
    if decision.scope.inside is not True:
        yield say("out_of_scope" if decision.scope.inside is False else "scope_open", language) + "。"
        yield from (f"  {reason.message(language)}" for reason in decision.scope.reasons)
    for answer in decision.answers:
        yield f"{_label(decision, answer, language)}{_colon(language)}{headline(decision.pack, answer, language)}"


def _label(decision: Decision, answer: Answer, language: Language) -> str:
    who = f" · {place(answer.item, language)}" if answer.item else ""
    return decision.pack.decision(answer.decision).label.in_(language) + who


def _colon(language: Language) -> str:
    return "：" if language == "zh" else ": "


def _why(decision: Decision, answer: Answer, language: Language) -> Iterator[str]:
    """The rules that gave the answer with their clauses, then the facts it rests on."""
    pack, label = decision.pack, _label(decision, answer, language)
    table = pack.decision(answer.decision).table
    names = {outcome.id: outcome.label(language) for outcome in table.outcomes} if table is not None else {}
    reasons = [
        names.get(rule.outcome, rule.outcome) + _clauses(rule.cites, language)
        for rule in answer.rules
        if rule.holds is True
    ]
    if not reasons:
        reasons = [headline(pack, answer, language) + _clauses(answer.trace.cites, language)]
    known = list(_facts(decision, answer, language))
    yield f"{label}{_colon(language)}{('；' if language == 'zh' else '; ').join(reasons)}"
    if known:
        yield "  " + in_("依据的情况：", "Facts: ", language) + ("；" if language == "zh" else "; ").join(known)


def _clauses(cites: tuple[Citation, ...], language: Language) -> str:
    """The clauses in brackets; empty where there are none."""
    return in_(f"（条款 {cited(cites)}）", f" (clause {cited(cites)})", language) if cites else ""


def _facts(decision: Decision, answer: Answer, language: Language) -> Iterator[str]:
    """The known facts that an answer rests on, once each, in the order of looking."""
    pack, seen = decision.pack, set()
    for node in resting(answer.trace, pack):
        if node.kind not in ("fact", "judgement") or node.value is None or node.name in seen:
            continue
        seen.add(node.name)
        fact = pack.vocabulary.fact(decision.subject, node.name)
        label = label_of(node.name, pack, decision.subject, language)
        yield f"{label} {shown(node.value, fact.type if fact else None, language)}"


# ---- what is missing


def _needed(decision: Decision, language: Language) -> Iterator[str]:
    """What would settle what is open: to be told or shown by the household, judged by others, or set by the authority."""
    missing = {item.path: item for item in decision.scope.missing}
    for answer in decision.answers:
        missing |= {item.path: item for item in answer.missing if item.path not in missing}
    if not missing:
        yield in_("不缺什么，不必补交材料。", "Nothing is missing.", language)
        return
    for item in missing.values():
        yield _need(item, decision, language)
    yield in_(
        f"  文件没有规定须带哪些证明材料：{BLANK}",
        f"  Which papers to bring is not stated in the document: {BLANK}",
        language,
    )


def _need(item: MissingFact, decision: Decision, language: Language) -> str:
    label = missing_label(item, decision, language)
    if item.kind == "parameter":
        return in_(f"由主管部门明确：{label}", f"To be set by the authority: {label}", language)
    fact = decision.pack.vocabulary.fact(decision.subject, item.path)
    asks = fact.question.in_(language) if fact is not None else ""
    if item.kind == "judgement":
        return in_(f"由有关人员研判：{label}", f"To be judged: {label}", language)
    tell = in_(f"请告知或出示：{label}", f"Please tell or show: {label}", language)
    return f"{tell}（{asks}）" if asks and language == "zh" else f"{tell} ({asks})" if asks else tell


# ---- procedures


def _no_procedure(language: Language) -> str:
    return in_("按文件没有须接着办的程序。", "The document orders no procedure now.", language)


def _steps(run: Single, procedure: Procedure, language: Language) -> Iterator[str]:
    """The steps in order, who takes them, what the household itself must give, and times."""
    pack = run.pack
    yield procedure.label.in_(language) + _clauses(procedure.cites, language)
    for number, step in enumerate(procedure.steps.values(), 1):
        who = actors_text(pack, step.by, language)
        who = in_(f"（{who}）", f" ({who})", language)
        yield f"  {number}. {step.label.in_(language)}{who}{_times(run, step, language)}"
        if procedure.about in step.by and step.particulars:
            comma = "、" if language == "zh" else ", "
            names = comma.join(part.label.in_(language) for part in step.particulars.values())
            yield "  " + in_(f"   须由你户写明或办理：{names}", f"   From the household: {names}", language)


def _times(run: Single, step: Step, language: Language) -> str:
    comma, found = ("，" if language == "zh" else ", "), []
    if step.lasts is not None:
        found.append(in_("期间 ", "lasts ", language) + time_of(run, step.lasts.parameter, language))
    if step.within:
        found.append(in_("时限 ", "within ", language) + time_of(run, step.within, language))
    return comma + comma.join(found) if found else ""


def time_of(run: Single, parameter: str, language: Language) -> str:
    """The length of a time on the date asked about, or that the document does not state it."""
    value = run.parameter_value(parameter)
    if value is None:
        return in_("未规定", "not stated", language)
    source = in_("（使用单位规定）", " (set by the deployer)", language)
    source = source if run.parameter_origin(parameter) == "settings" else ""
    return shown(value.value, run.pack.parameter(parameter).type, language) + source


def objection_lines(pack: Pack, procedure: Procedure, language: Language) -> list[str]:
    """When an objection can be raised, who deals with it, and how that may end; with room for where to go."""
    found: list[str] = []
    for step in procedure.steps.values():
        if OBJECTION in step.results:
            found += _objection(pack, procedure, step, step.results[OBJECTION], language)
    if OBJECTION in procedure.throughout:
        found += _objection(pack, procedure, None, procedure.throughout[OBJECTION], language)
    if found:
        found.append(
            in_(
                f"受理地点、电话、截止日期：{BLANK}（文件未规定）",
                f"Where, by which telephone, by when: {BLANK} (not stated in the document)",
                language,
            )
        )
    return found


def _objection(
    pack: Pack, procedure: Procedure, step: Step | None, result: Result, language: Language
) -> Iterator[str]:
    when = f"“{step.label.in_(language)}”" if step is not None else in_("任何一步", "any step", language)
    handler = procedure.steps.get(result.to)
    name = procedure.label.in_(language)
    yield in_(f"{name}：在{when}时可以提出异议。", f"{name}: at {when} an objection can be raised.", language)
    if handler is not None:
        who = actors_text(pack, handler.by, language)
        yield in_(f"  由{who}办理（{handler.label.zh}）。", f"  Dealt with by {who} ({handler.label.en}).", language)
        ends = [end.label.in_(language) for end in handler.results.values()]
        if handler.id == OBJECTION and ends:
            yield (
                "  "
                + in_("可能的结果：", "It may end so: ", language)
                + ("；" if language == "zh" else "; ").join(ends)
            )
    if not result.stated:
        cites = _clauses(result.cites, language)
        yield in_(f"  文件没有写明异议如何处理{cites}。", f"  How it is dealt with is not stated{cites}.", language)


def _closing(commitment: str, language: Language) -> Iterator[str]:
    yield in_(
        "结论由系统按文件得出；须走程序的，以程序办结为准。",
        "Found by the document's rules; where a procedure is ordered, its end decides.",
        language,
    )
    if commitment:
        yield in_(f"记录核验码：{commitment}", f"Commitment of the record: {commitment}", language)
    yield in_(f"单位：{BLANK}    日期：{BLANK}", f"Office: {BLANK}    Date: {BLANK}", language)
