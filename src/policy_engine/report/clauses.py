"""What became of each clause of a document, as text, as a page and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from policy_engine.checking.accounting import ClauseAccount
from policy_engine.errors import Language
from policy_engine.model.canonical import plain
from policy_engine.model.label import Label
from policy_engine.model.pack import Pack
from policy_engine.model.procedure import Procedure
from policy_engine.report.html import document
from policy_engine.source import width

__all__ = ["SET_ASIDE", "clauses_data", "clauses_html", "clauses_text", "part_label"]

FORM = 1
"""Version of the JSON form; see `record.decision_form`."""

_KINDS: dict[str, Label] = {
    "area": Label("适用区域", "area"),
    "benefits": Label("清单", "list"),
    "parameter": Label("参数", "parameter"),
    "reading": Label("解释", "reading"),
    "decision": Label("决定", "decision"),
    "rule": Label("规则", "rule"),
    "procedure": Label("程序", "procedure"),
    "duty": Label("职责", "duty"),
    "reaction": Label("反应", "reaction"),
    "fact": Label("所需事实", "facts asked"),
}
"""Kinds of what rests on a clause. A new kind of part has its words here."""

SET_ASIDE: dict[str, Label] = {
    "organisational": Label("组织分工", "organisational"),
    "publicity": Label("宣传", "publicity"),
    "no_computable_content": Label("没有可计算的内容", "no computable content"),
    "needs_absent_document": Label("依据的文件不在此处", "needs a document that is not here"),
    "procedure": Label("程序和期限，尚未编入", "steps and duties, not encoded yet"),
}


def part_label(pack: Pack, kind: str, id_: str) -> Label:
    """What people call a part of a pack: `rule`, `monitoring.include` is *whether to be monitored: to be included*."""
    if kind == "parameter":
        return pack.parameter(id_).label
    if kind == "reading":
        reading = pack.reading(id_)
        return Label(f"“{reading.reads.words}”" if reading.reads.words else reading.question.zh, reading.question.en)
    if kind in ("decision", "rule"):
        decision_id, _, rule_id = id_.partition(".")
        decision = pack.decision(decision_id)
        return _of_rule(pack, decision_id, rule_id) if rule_id else decision.label
    if kind == "procedure":
        procedure_id, _, part = id_.partition(".")
        return _of_procedure(pack.procedure(procedure_id), part)
    if kind == "duty":
        return pack.duty(id_).label
    if kind == "benefits" and pack.benefits is not None:
        return pack.benefits.label
    if kind == "reaction":
        return pack.reaction(id_).label
    if kind == "fact":
        form, _, fact_id = id_.partition(".")
        fact = pack.vocabulary.form(form).find(fact_id)
        return fact.label if fact is not None else Label(id_)
    return Label(*("、".join(place for _, places in pack.area.places for place in places),) * 2)


def _of_procedure(procedure: Procedure, part: str) -> Label:
    """A step, or a particular, a requirement, a result of one; an end; or the procedure itself."""
    first, _, second = part.partition(".")
    if not first:
        return procedure.label
    if first not in procedure.steps:
        return (procedure.ends.get(first) or procedure.throughout[first]).label  # type: ignore[no-any-return]
    step = procedure.step(first)
    below = {one.id: one.label for one in (*step.particulars.values(), *step.requires, *step.results.values())}
    label = below.get(second, step.label)
    return step.label if label is step.label else Label(f"{step.label.zh}：{label.zh}", f"{step.label.en}: {label.en}")


def _of_rule(pack: Pack, decision_id: str, rule_id: str) -> Label:
    decision = pack.decision(decision_id)
    table = decision.table
    assert table is not None
    then = next((rule.then for rule in table.rules if rule.id == rule_id), table.otherwise)
    outcome = next(option for option in table.outcomes if option.id == then)
    return Label(
        f"{decision.label.in_('zh')}：{outcome.label('zh')}", f"{decision.label.in_('en')}: {outcome.label('en')}"
    )


def clauses_text(pack: Pack, found: Iterable[ClauseAccount], language: Language = "zh") -> str:
    """Each clause with what rests on it and the facts that asks for, or the reason it is set aside."""
    accounts = tuple(found)
    lines = []
    for item in accounts:
        lines.append(f"{item.clause.number:<7} {item.clause.about.in_(language)}")
        for kind, words in _lines(pack, item, language):
            lines.append(f"        {kind}{' ' * max(1, 13 - width(kind))}{words}")
    return "\n".join([*lines, "", _counts(accounts, language)])


def clauses_html(pack: Pack, found: Iterable[ClauseAccount], language: Language = "zh") -> str:
    """A page with a row for each clause."""
    accounts = tuple(found)
    rows = []
    for item in accounts:
        below = "".join(
            f"<dt>{escape(kind)}</dt><dd>{escape(words)}</dd>" for kind, words in _lines(pack, item, language)
        )
        rows.append(
            f"<tr><th>{escape(item.clause.number)}</th><td>{escape(item.clause.about.in_(language))}</td>"
            f"<td><dl>{below}</dl></td></tr>"
        )
    title = pack.title.in_(language)
    body = (
        f'<h1>{escape(title)}</h1><p class="sub">{escape(pack.id)} {escape(pack.version)} · '
        f"{escape(_counts(accounts, language))}</p><table>{''.join(rows)}</table>"
    )
    return document(title, body, language)


def clauses_data(pack: Pack, found: Iterable[ClauseAccount]) -> dict[str, Any]:
    """The same as plain data, in both languages."""
    return {
        "form": FORM,
        "pack": {"id": pack.id, "version": pack.version, "hash": pack.hash},
        "clauses": [
            {
                "clause": item.clause.number,
                "about": plain(item.clause.about),
                "set_aside": item.clause.set_aside,
                "rests": [_datum(pack, kind, id_) for kind, id_ in item.used_by],
                "facts": [_datum(pack, "fact", f"{form}.{id_}") for form, id_ in item.facts],
            }
            for item in found
        ],
    }


def _datum(pack: Pack, kind: str, id_: str) -> dict[str, Any]:
    return {"kind": kind, "id": id_, "label": plain(part_label(pack, kind, id_))}


def _lines(pack: Pack, item: ClauseAccount, language: Language) -> Iterator[tuple[str, str]]:
    """A line for each part that rests on the clause, one for the facts of a form; or the reason it is set aside."""
    for kind, id_ in item.used_by:
        yield _KINDS[kind].in_(language), f"{part_label(pack, kind, id_).in_(language)}  [{id_}]"
    for form in dict.fromkeys(form for form, _ in item.facts):
        labels = [part_label(pack, "fact", f"{form}.{id_}").in_(language) for of, id_ in item.facts if of == form]
        owner, listed = (
            pack.vocabulary.form(form).label.in_(language),
            ("、" if language == "zh" else ", ").join(labels),
        )
        yield _KINDS["fact"].in_(language), f"{owner}：{listed}" if language == "zh" else f"{owner}: {listed}"
    if item.clause.set_aside:
        yield {"zh": "搁置", "en": "set aside"}[language], SET_ASIDE[item.clause.set_aside].in_(language)


def _counts(accounts: tuple[ClauseAccount, ...], language: Language) -> str:
    aside = Counter(item.clause.set_aside for item in accounts if not item.encoded)
    left = aside.pop("", 0)
    encoded, comma = sum(item.encoded for item in accounts), "，" if language == "zh" else ", "
    reasons = comma.join(f"{SET_ASIDE[reason].in_(language)} {number}" for reason, number in sorted(aside.items()))
    if language == "zh":
        parts = [f"共 {len(accounts)} 条，已编入 {encoded} 条"]
        parts += [f"搁置 {aside.total()} 条（{reasons}）"] if reasons else []
        parts += [f"去向不明 {left} 条"] if left else []
    else:
        parts = [f"{len(accounts)} clauses, {encoded} encoded"]
        parts += [f"{aside.total()} set aside ({reasons})"] if reasons else []
        parts += [f"{left} unaccounted for"] if left else []
    return comma.join(parts)
