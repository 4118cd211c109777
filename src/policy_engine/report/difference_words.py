"""The words in which differences between packs are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from policy_engine.checking.difference import Change
from policy_engine.errors import Language
from policy_engine.expression.tree import Node
from policy_engine.expression.types import CodeType, ListType, Option
from policy_engine.expression.unparse import unparse
from policy_engine.model.benefits import BenefitList
from policy_engine.model.citation import Citation, Clause
from policy_engine.model.decision import DecisionDefinition, DecisionTable, Rounding, Rule
from policy_engine.model.label import Label
from policy_engine.model.pack import Pack
from policy_engine.model.parameter import Parameter
from policy_engine.model.path_labels import label_of
from policy_engine.model.reading import Reading, ReadingOption
from policy_engine.model.vocabulary import Fact
from policy_engine.report.clauses import SET_ASIDE
from policy_engine.report.pack import dated, days_text
from policy_engine.report.text import cited
from policy_engine.report.words import UNITS, say, shown

__all__ = ["aspect_words", "section_words", "what_words", "written"]

_SECTIONS: dict[str, Label] = {
    "document": Label("文件", "Document"),
    "clauses": Label("条款", "Clauses"),
    "parameters": Label("参数", "Parameters"),
    "readings": Label("解释", "Readings"),
    "decisions": Label("决定和规则", "Decisions and rules"),
    "procedures": Label("程序", "Procedures"),
    "duties": Label("职责", "Duties"),
    "reactions": Label("反应", "Reactions"),
    "vocabulary": Label("事实", "Facts"),
}

_ASPECTS: dict[str, Label] = {
    "": Label("", ""),
    "about": Label("内容", "subject"),
    "answers": Label("主要问题", "main questions"),
    "applies_when": Label("适用条件", "applies when"),
    "by_year": Label("按年记录", "by year"),
    "changeable": Label("可以改变", "changeable"),
    "cites": Label("依据", "citations"),
    "colour": Label("显示颜色的决定", "decision that gives the colour"),
    "default": Label("默认", "default"),
    "definition": Label("内容", "definition"),
    "derived_by": Label("推算", "derived by"),
    "events": Label("事件清单", "list of events"),
    "expression": Label("读作", "read as"),
    "force": Label("力度", "force"),
    "format": Label("文件格式", "format of the files"),
    "from_": Label("生效日期", "in force from"),
    "hashes": Label("原文（哈希）", "text (by its hash)"),
    "hit": Label("取用方式", "hit policy"),
    "id": Label("名称", "name"),
    "issued": Label("印发日期", "issued"),
    "issuer": Label("发文机关", "issuer"),
    "benefits": Label("所享受帮扶的清单", "list of benefits"),
    "judgement": Label("须由人研判", "left to judgement"),
    "kind": Label("性质", "kind"),
    "label": Label("名称", "name"),
    "language": Label("语言版本", "version of the language"),
    "logic": Label("条件", "condition"),
    "note": Label("说明", "note"),
    "number": Label("编号", "number"),
    "order": Label("规则次序", "order of rules"),
    "otherwise": Label("其余情形", "otherwise"),
    "otherwise_cites": Label("其余情形的依据", "citations of otherwise"),
    "otherwise_force": Label("其余情形的力度", "force of otherwise"),
    "otherwise_is": Label("不适用时", "where it does not apply"),
    "personal": Label("个人信息", "personal"),
    "places": Label("适用区域", "area"),
    "question": Label("问题", "question"),
    "reads": Label("所读文字", "words read"),
    "rounding": Label("取整", "rounding"),
    "rows": Label("对应需求", "rows"),
    "set_aside": Label("搁置", "set aside"),
    "text": Label("原文中不同的句子", "sentences of the text that differ"),
    "then": Label("结果", "outcome"),
    "title": Label("标题", "title"),
    "to": Label("失效日期", "in force to"),
    "type": Label("类型", "type"),
    "value": Label("数值", "value"),
    "version": Label("版本", "version"),
    "when": Label("条件", "condition"),
    "why": Label("理由", "reason"),
}

_ASPECTS_OF: dict[tuple[str, str], Label] = {
    ("decisions", "about"): Label("对象", "about"),
    ("document", "cites"): Label("适用区域的依据", "citations of the area"),
    ("document", "number"): Label("文号", "number"),
    ("document", "why"): Label("施行日期如何认定", "how the dates were read"),
}
"""Words that only one section has for an aspect."""

_CODES: dict[str, Label] = {
    "any": Label("一致", "any"),
    "area": Label("区域", "area"),
    "collect": Label("汇集", "collect"),
    "completeness": Label("是否齐全", "completeness"),
    "external": Label("文件未给出", "external"),
    "first": Label("按次序取第一条", "first"),
    "member": Label("家庭成员", "member"),
    "stated": Label("文件给出", "stated"),
    "unique": Label("唯一", "unique"),
}
_TYPES = {
    "list of ": "多个",
    "boolean": "是或否",
    "number": "数",
    "text": "文字",
    "date": "日期",
    "code": "选项",
    "days duration": "天数",
    "months duration": "月数",
}


_WHAT: dict[str, Label] = {
    "option": Label("选项 ", "option "),
    "outcome": Label("结果 ", "outcome "),
    "rule": Label("规则 ", "rule "),
    "code": Label("代码 ", "code "),
}


def what_words(what: str, language: Language) -> str:
    """What kind of part it is, where the section does not say so."""
    return _WHAT[what].in_(language) if what in _WHAT else ""


def section_words(section: str, language: Language) -> str:
    return _SECTIONS[section].in_(language)


def aspect_words(change: Change, language: Language) -> str:
    """What of the part has changed; of a value also for which days."""
    words = _ASPECTS_OF.get((change.section, change.aspect), _ASPECTS[change.aspect]).in_(language)
    days = days_text(*change.days, language) if change.days is not None else ""
    return f"{words} {days}".rstrip()


def written(pack: Pack, change: Change, value: Any, language: Language) -> str:
    """One side of a change in words; `pack` is the pack it stands in."""
    if value is None:
        return say("not stated", language) if change.aspect == "value" else "—"
    if change.aspect == "value":
        return shown(value, change.type, language)
    if change.aspect == "type":
        return _type_words(str(value), language)
    if change.aspect in ("answers", "default", "places"):
        return _named(pack, change, value, language)
    if isinstance(value, Label):
        return _label(change, value, language) or "—"
    if change.kind != "changed" and isinstance(value, (Option, Clause)):
        return _aside(value, language) if isinstance(value, Clause) else ""
    writer = next((write for kind, write in _WRITERS if isinstance(value, kind)), lambda value, _: str(value))
    return writer(value, language) or "—"


def _named(pack: Pack, change: Change, value: Any, language: Language) -> str:
    """Decisions, options and places by their labels."""
    comma = "、" if language == "zh" else ", "
    if change.aspect == "answers":
        return comma.join(pack.decision(id_).label.in_(language) for id_ in value)
    if change.aspect == "places":
        named = ((label_of(fact, pack, "household", language), comma.join(places)) for fact, places in value)
        return "; ".join(f"{label}: {places}" for label, places in named)
    return pack.reading(change.part).option(value).label.in_(language) or str(value)


def _label(change: Change, value: Label, language: Language) -> str:
    """The words; in both languages where those of this one have not changed."""
    before, after = change.before, change.after
    same = isinstance(before, Label) and isinstance(after, Label) and before.in_(language) == after.in_(language)
    return f"{value.zh} / {value.en}" if same else value.in_(language)


def _type_words(text: str, language: Language) -> str:
    head, _, unit = text.removesuffix(")").partition(" (")
    if language == "zh":
        for word, zh in _TYPES.items():
            head = head.replace(word, zh)
    shown_unit = UNITS.get(unit, (unit, unit))[0 if language == "zh" else 1]
    return f"{head} ({shown_unit})" if unit else head


def _listed(value: tuple[Any, ...], language: Language) -> str:
    if all(isinstance(item, Citation) for item in value):
        return cited(value)
    return ("、" if language == "zh" else ", ").join(map(str, value))


def _aside(value: Clause, language: Language) -> str:
    words = _ASPECTS["set_aside"].in_(language)
    return f"{words}: {_code(value.set_aside, language)}" if value.set_aside else ""


def _code(value: str, language: Language) -> str:
    if value in _CODES:
        return _CODES[value].in_(language)
    return SET_ASIDE[value].in_(language) if value in SET_ASIDE else say(value, language)


def _parameter(value: Parameter, language: Language) -> str:
    return "; ".join(dated(each, value.type, language) for each in value.values) or say("not stated", language)


def _reading(value: Reading, language: Language) -> str:
    default = value.option(value.default).label.in_(language) or value.default
    question = f"{value.question.zh}\n" if language == "zh" and value.reads.words else ""  # else it is the label
    return f"{question}{say('default', language)}: {default}"


def _option(value: ReadingOption, language: Language) -> str:
    return unparse(value.expression) if value.expression is not None else _ASPECTS["judgement"].in_(language)


def _decision(value: DecisionDefinition, language: Language) -> str:
    return unparse(value.logic) if isinstance(value.logic, Node) else _table(value.logic, language)


def _table(value: DecisionTable, language: Language) -> str:
    """A line for each rule: the outcome, and when."""
    labels = {option.id: option.label(language) for option in value.outcomes}
    lines = [f"{labels[rule.then]}: {unparse(rule.when)}" for rule in value.rules]
    if value.otherwise is not None:
        lines.append(f"{labels[value.otherwise]}: {say('otherwise', language)}")
    return "\n".join(lines)


def _rule(value: Rule, language: Language) -> str:
    force = "" if value.force == "shall" else f"  ({say(value.force, language)})"
    return unparse(value.when) + force


def _fact(value: Fact, language: Language) -> str:
    item = value.type.item if isinstance(value.type, ListType) else value.type
    if isinstance(item, CodeType):
        return " / ".join(option.label(language) for option in item.options)
    return _type_words(str(value.type), language)


_WRITERS: tuple[tuple[type, Callable[[Any, Language], str]], ...] = (
    (Node, lambda value, _: unparse(value)),
    (bool, lambda value, language: say("yes" if value else "no", language)),
    (str, _code),
    (tuple, _listed),
    (Citation, lambda value, _: cited((value,))),
    (Option, lambda value, language: value.label(language)),
    (BenefitList, lambda value, _: f"{value.of}: {value.on}, {value.kind}, {value.amount}  {cited(value.cites)}"),
    (Rounding, lambda value, _: f"{value.mode} {value.places}  {cited(value.cites)}"),
    (Parameter, _parameter),
    (Reading, _reading),
    (ReadingOption, _option),
    (DecisionDefinition, _decision),
    (DecisionTable, _table),
    (Rule, _rule),
    (Fact, _fact),
)
"""How a part of a pack is written; what is none of these, as its text."""
