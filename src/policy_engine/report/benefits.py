"""The list of benefits (幸福清单) of a household for a period: as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_engine.decision.benefits import Benefit, Benefits, Total, kinds_of
from policy_engine.decision.duties import Owed
from policy_engine.errors import Language
from policy_engine.expression.types import NumberType
from policy_engine.model.pack import Pack
from policy_engine.report.case import owed_lines
from policy_engine.report.document import BLANK, Document, Section
from policy_engine.report.letter import title_of
from policy_engine.report.procedure import in_
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown
from policy_engine.values import Unit

__all__ = ["benefits_document", "what_of"]

_YUAN = NumberType(Unit.parse("CNY"))
_HEADINGS = ("日期", "类别", "内容", "金额")
_ENGLISH = ("Day", "Kind", "What", "Amount")


def benefits_document(
    pack: Pack, found: Benefits, household: str, done: Iterable[Owed] = (), language: Language = "zh"
) -> Document:
    """The list with its sums; `done` are the duties fulfilled for the household in the period."""
    name = found.list.label.in_(language)
    period = in_(f"{found.from_} 至 {found.to}", f"{found.from_} to {found.to}", language)
    intro = in_(
        f"户编号 {household or BLANK}，{period}。依据{title_of(pack, language)}条款 {cited(found.list.cites)}。",
        f"Household {household or BLANK}, {period}. Under {title_of(pack, language)}, clause {cited(found.list.cites)}.",
        language,
    )
    headings = _HEADINGS if language == "zh" else _ENGLISH
    rows = tuple(_row(pack, found, one, language) for one in (*found.items, *found.undated))
    sums = tuple(_sums(pack, found, language))
    sections = [
        Section(in_("所享受的帮扶", "What was received", language), tuple(_notes(found, language)), headings, rows),
        Section(in_("按类别合计", "Sums by kind", language), (), _sum_headings(language), sums),
    ]
    lines = owed_lines(pack, done, "household", language)
    if lines:
        sections.append(
            Section(in_("已为本户履行的职责", "Duties fulfilled for the household", language), tuple(lines))
        )
    closing = in_(f"单位：{BLANK}    日期：{BLANK}", f"Office: {BLANK}    Date: {BLANK}", language)
    return Document(name, (intro,), tuple(sections), (closing,))


def _notes(found: Benefits, language: Language) -> Iterator[str]:
    """What is not known of the list."""
    if not found.known:
        yield in_(
            "没有这方面的记录；没有记录不等于没有享受。", "No list is known; that is not the same as nothing.", language
        )
        return
    if found.complete_to is None:
        yield in_("不知记录完整到哪一天。", "It is not known up to which day the list is complete.", language)
    elif found.complete_to < found.to:
        yield in_(
            f"记录完整到 {found.complete_to}，此后的情况不明。",
            f"The list is complete up to {found.complete_to}; what came after is not known.",
            language,
        )
    if found.undated:
        count = len(found.undated)
        yield in_(f"其中 {count} 项日期不明，未计入合计。", f"{count} without a day are not in the sums.", language)


def _row(pack: Pack, found: Benefits, one: Benefit, language: Language) -> tuple[str, ...]:
    kinds = dict(kinds_of(pack, found.list, language))
    kind = kinds[one.kind] if one.kind is not None else say("unknown", language)
    day = str(one.on) if one.on is not None else say("unknown", language)
    return day, kind, what_of(pack, found, one, language), shown(one.amount, _YUAN, language)


def what_of(pack: Pack, found: Benefits, one: Benefit, language: Language) -> str:
    """What else the record says."""
    declared = found.list
    rest = [
        shown(one.record[fact.id], fact.type, language)
        for fact in pack.vocabulary.form(one.record.form)
        if fact.id in one.record and fact.id not in (declared.on, declared.kind, declared.amount)
    ]
    return ("；" if language == "zh" else "; ").join(rest)


def _sum_headings(language: Language) -> tuple[str, ...]:
    return ("类别", "项数", "金额") if language == "zh" else ("Kind", "Number", "Amount")


def _sums(pack: Pack, found: Benefits, language: Language) -> Iterator[tuple[str, ...]]:
    kinds = dict(kinds_of(pack, found.list, language))
    for kind, total in found.by_kind:
        yield (kinds[kind] if kind is not None else say("unknown", language), *_total(total, language))
    if found.known:
        yield (in_("合计", "Sum", language), *_total(found.total, language))


def _total(total: Total, language: Language) -> tuple[str, str]:
    amount = shown(total.amount, _YUAN, language)
    if total.without_amount:
        amount = say("at_least", language).format(low=amount)
        more = in_(f"（{total.without_amount} 项金额不明）", f" ({total.without_amount} without an amount)", language)
        amount += more
    return str(total.count), amount
