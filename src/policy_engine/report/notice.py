"""A public notice (公示) of a list of households: what the procedure is about, for whom, for how long, how to object.

Nothing personal stands in it: codes are shortened, and only places are shown beside them. A time that the document does not
state is a blank.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from policy_engine.decision.masking import mask_facts, outcome_stays, short_code
from policy_engine.decision.procedure import after
from policy_engine.decision.standing import substance_of
from policy_engine.errors import Language, RequestError, problem
from policy_engine.evaluation.single import Single
from policy_engine.expression import tree
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.procedure import Procedure, Step
from policy_engine.model.scenario import Settings
from policy_engine.report.document import BLANK, Document, Section
from policy_engine.report.letter import OBJECTION, objection_lines, time_of, title_of
from policy_engine.report.procedure import actors_text, in_
from policy_engine.report.text import cited
from policy_engine.report.words import shown
from policy_engine.truth import Truth

__all__ = ["listed", "notice", "publicity_of"]

_PLACES = ("town", "village", "group")


def publicity_of(pack: Pack, procedure: Procedure) -> Step:
    """The step in which a list is public: it lasts, and an objection may end it. Raises `RequestError` without one."""
    for step in procedure.steps.values():
        if _public(step):
            found: Step = step
            return found
    known = ", ".join(one.id for one in pack.procedures.values() if any(map(_public, one.steps.values())))
    raise RequestError([problem("request.no_publicity", found=procedure.id, pack=pack.id, known=known or "—")])


def _public(step: Step) -> bool:
    return step.lasts is not None and OBJECTION in step.results


def listed(pack: Pack, procedure: Procedure, facts: Facts, on: datetime.date, settings: Settings) -> Truth:
    """Does this household belong on the list: is the substance of the procedure there? None where that is open."""
    found = substance_of(pack, procedure, facts, on, settings)
    return True if found is None else found.holds


def notice(
    pack: Pack,
    procedure: Procedure,
    households: Iterable[Facts],
    on: datetime.date,
    *,
    settings: Settings | None = None,
    language: Language = "zh",
    posted_on: datetime.date | None = None,
) -> Document:
    """The notice for these households, in their order."""
    step, settings = publicity_of(pack, procedure), settings or Settings()
    run = Single(pack, Facts("household", FactRecord({}, "household", "")), posted_on or on, settings)
    name = procedure.label.in_(language)
    cites = cited(step.cites)
    headings = ("序号", "户编号", "乡镇街道", "村", "组", "公示事项")
    if language != "zh":
        headings = ("No.", "Household", "Town", "Village", "Group", "Matter")
    runs = (Single(pack, one, on, settings) for one in households)
    rows = tuple(_row(number, one, procedure, language) for number, one in enumerate(runs, 1))
    intro = in_(
        f"根据{title_of(pack, language)}（条款 {cites}），现将下列 {len(rows)} 户予以公示。",
        f"Under {title_of(pack, language)} (clause {cites}), these {len(rows)} households are made public.",
        language,
    )
    sections = [
        Section(in_("名单", "The list", language), headings=headings, rows=rows),
        Section(in_("公示期", "Time", language), tuple(_time(run, step, posted_on, language))),
        Section(in_("异议", "Objections", language), tuple(objection_lines(pack, procedure, language))),
    ]
    by = actors_text(pack, step.by, language)
    closing = in_(f"{by}    {posted_on or BLANK}", f"{by}    {posted_on or BLANK}", language)
    return Document(in_(f"公示：{name}", f"Public notice: {name}", language), (intro,), tuple(sections), (closing,))


def _row(number: int, run: Single, procedure: Procedure, language: Language) -> tuple[str, ...]:
    seen = mask_facts(run.whole, run.pack.vocabulary).root
    places = (str(seen.get(name, "")) for name in _PLACES)
    matter = "；".join(_matter(run, procedure, language)) or procedure.label.in_(language)
    return str(number), short_code(run.whole.id), *places, matter


def _matter(run: Single, procedure: Procedure, language: Language) -> Iterator[str]:
    """The outcomes of the decisions that the procedure's substance names; no figure of the household's own."""
    named = tree.walk(procedure.needs) if procedure.needs is not None else ()
    for id_ in dict.fromkeys(node.id for node in named if isinstance(node, tree.Name) and node.kind == "decision"):
        finding, decision = run.decision(id_), run.pack.decision(id_)
        if isinstance(finding.value, bool):
            yield decision.label.in_(language)
        elif finding.determined and outcome_stays(run.pack, id_):
            yield shown(finding.value, decision.type, language)


def _time(run: Single, step: Step, posted_on: datetime.date | None, language: Language) -> Iterator[str]:
    assert step.lasts is not None
    length = run.parameter_value(step.lasts.parameter)
    words = time_of(run, step.lasts.parameter, language)
    begins = str(posted_on or BLANK)
    ends = str(after(posted_on, length.value)) if posted_on is not None and length is not None else BLANK
    yield in_(f"自 {begins} 起，至 {ends} 止", f"From {begins} to {ends}", language)
    label = run.pack.parameter(step.lasts.parameter).label.in_(language)
    yield in_(
        f"{label}：{words}（条款 {cited(step.cites)}）", f"{label}: {words} (clause {cited(step.cites)})", language
    )
