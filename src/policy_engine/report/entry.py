"""What an entry of a ledger says, in words: alerts, steps and rulings of cases, duties fulfilled, runs of scenarios."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from policy_engine.errors import Language
from policy_engine.expression.types import Type
from policy_engine.model.citation import Citation
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import label_of
from policy_engine.model.procedure import Procedure, Step
from policy_engine.record.encoding import decode
from policy_engine.report.phrase import phrase
from policy_engine.report.procedure import in_
from policy_engine.report.reaction import happened_text, limit_text
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown

__all__ = ["entry_lines", "kind_text"]

_KINDS = {
    "submission": ("事实", "facts"),
    "decision": ("决定", "decision"),
    "alert": ("警报", "alert"),
    "withdrawal": ("警报撤回", "alert withdrawn"),
    "acknowledgement": ("警报确认", "alert acknowledged"),
    "day": ("按日查看", "a day looked at"),
    "event": ("办案", "casework"),
    "divergence": ("另作决定", "decided otherwise"),
    "fulfilled": ("职责履行", "duty fulfilled"),
    "scenario": ("情景", "scenario run"),
    "pack": ("政策包", "pack"),
    "ledger": ("账本建立", "ledger begun"),
}
_FORM = 1


def kind_text(kind: str, language: Language) -> str:
    """The kind of an entry in words; one that is not known as it stands."""
    return in_(*_KINDS.get(kind, (kind, kind)), language)


def entry_lines(
    kind: str, content: Mapping[str, Any], pack: Pack | None, earlier: Mapping[str, Any], language: Language = "zh"
) -> list[str]:
    """What the content of an entry says. Decisions are not told here.

    `pack` gives the labels and clauses; without it ids stand for them. `earlier` is the content of the entry that this one
    goes back to: the alert that is withdrawn or acknowledged, the opening of the case. Content of another form, which
    others may have added, stands as it is: a line for each name.
    """
    tell = _TELLS.get(kind)
    if tell is not None and content.get("form") == _FORM:
        try:
            return list(tell(_Words(content, pack, earlier, language)))
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
            pass  # it is not of this form after all
    return [f"{name}: {_short(value)}" for name, value in content.items()]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 200 else text[:200] + "…"


class _Words:
    """An entry being told: its content, and the names that the pack has for what stands there as ids."""

    def __init__(
        self, content: Mapping[str, Any], pack: Pack | None, earlier: Mapping[str, Any], language: Language
    ) -> None:
        self.content = content
        self.pack = pack
        self.earlier = earlier
        self.language = language

    def say(self, zh: str, en: str) -> str:
        return in_(zh, en, self.language)

    def joined(self, parts: Iterable[str]) -> str:
        return self.say("、", ", ").join(parts)

    def who(self, actors: Iterable[str], *persons: str) -> str:
        known = self.pack.actors if self.pack is not None else {}
        names = [known[actor].in_(self.language) if actor in known else actor for actor in actors]
        return " ".join(filter(None, (self.joined(names), *persons)))

    def label(self, kind: str, id_: str) -> str:
        """What the pack calls one of its `reactions`, `procedures`, `duties` …"""
        known = getattr(self.pack, kind, {})
        return known[id_].label.in_(self.language) if id_ in known else id_

    def limit(self, parameter: str) -> str:
        known = self.pack is not None and parameter in self.pack.parameters
        return limit_text(self.pack, parameter, self.language) if known and self.pack else parameter

    def clauses(self, cites: Iterable[Citation]) -> str:
        found = cited(tuple(cites))
        return f"   {found}" if found else ""

    def procedure(self) -> Procedure | None:
        """That of the case."""
        id_ = self.content.get("procedure") or self.earlier.get("procedure")
        return self.pack.procedures.get(id_) if self.pack is not None and id_ else None

    def alert(self, content: Mapping[str, Any]) -> str:
        """An alert by its day and what happened."""
        id_, what = content["reaction"], content["what"]
        known = self.pack is not None and id_ in self.pack.reactions
        happened = happened_text(self.pack, id_, what, self.language) if known and self.pack else f"{id_} [{what}]"
        maybe = "" if content["certain"] is not False else self.say("（待查明）", " (open: facts are missing)")
        return f"{content['day']} {happened}{maybe}"

    def value(self, data: Any, type_: Type | None) -> str:
        try:
            return shown(decode(data, type_), type_, self.language) if type_ is not None else str(data)
        except (ArithmeticError, TypeError, ValueError):
            return str(data)  # such as a mark that hides it


# ---- monitoring


def _submission(words: _Words) -> Iterator[str]:
    facts = words.content["facts"]
    names = list(facts["facts"])
    if words.pack is not None and facts["subject"] in ("household", "village", "area"):
        names = [label_of(name, words.pack, facts["subject"], words.language) for name in names]
    yield words.say(
        f"{facts['as_of']} 的事实，{words.content['known_on']} 得知：{words.joined(names)}",
        f"facts of {facts['as_of']}, known on {words.content['known_on']}: {words.joined(names)}",
    )


def _cites(content: Mapping[str, Any]) -> Iterator[Citation]:
    return (Citation(cite["clause"], cite["words"]) for cite in content["cites"])


def _alert(words: _Words) -> Iterator[str]:
    content = words.content
    yield words.alert(content) + words.clauses(_cites(content))
    who = words.who(content["to"], *content["persons"])
    yield words.say(f"发给{who}，{content['known_on']} 得知", f"to {who}; known on {content['known_on']}")
    if content["within"]:
        limit = words.limit(content["within"])
        yield words.say(f"时限：{limit}", f"time limit: {limit}")
    if content["opens"]:
        opened = words.label("procedures", content["opens"])
        yield words.say(f"启动程序：{opened}", f"opens: {opened}")
    for step in content["escalates"]:
        on = words.who(step["to"])
        after = words.limit(step["after"])
        yield words.say(f"无人确认则报{on}（{after}）", f"goes on to {on} where nobody acknowledges it ({after})")


_WHY = {
    "facts": ("后来得知的事实不再支持", "facts that became known no longer support it"),
    "duty": ("职责已不处于这一状态", "the duty no longer stands so"),
    "pack": ("政策包不再有这一条", "the pack no longer has it"),
}


def _withdrawal(words: _Words) -> Iterator[str]:
    why = words.say(*_WHY.get(words.content["why"], (words.content["why"],) * 2))
    which = words.alert(words.earlier) if words.earlier else words.content["alert"]
    clauses = words.clauses(_cites(words.earlier)) if words.earlier else ""
    known = words.content["known_on"]
    yield words.say(f"{which}：{why}（{known} 得知）", f"{which}: {why} (known on {known})") + clauses


def _acknowledgement(words: _Words) -> Iterator[str]:
    content = words.content
    which = words.alert(words.earlier) if words.earlier else content["alert"]
    clauses = words.clauses(_cites(words.earlier)) if words.earlier else ""
    who = words.who([content["by"]], content["person"])
    note = words.say(f"；{content['note']}", f"; {content['note']}") if content["note"] else ""
    yield words.say(f"{which}：{who} {content['on']} 确认", f"{which}: by {who} on {content['on']}") + note + clauses


def _day(words: _Words) -> Iterator[str]:
    day = words.content["day"]
    yield words.say(f"{day} 为止到期的都已告知", f"what fell due by {day} was told")


# ---- casework


def _event(words: _Words) -> Iterator[str]:
    content = words.content
    late = content["recorded_on"] != content["happened_on"]
    recorded = words.say(f"（{content['recorded_on']} 记）", f" (recorded {content['recorded_on']})") if late else ""
    first, *rest = next(tell for name, tell in _EVENTS.items() if name in content)(words)
    yield f"{content['happened_on']}{recorded}  {content['case']}{words.say('：', ': ')}{first}"
    yield from rest


def _opened(words: _Words) -> Iterator[str]:
    label, procedure = words.label("procedures", words.content["procedure"]), words.procedure()
    follows = words.content["follows"]
    after = words.say(f"，接 {follows}", f", after {follows}") if follows else ""
    clauses = words.clauses(procedure.cites) if procedure else ""
    yield words.say(f"立案：{label}{after}", f"opened: {label}{after}") + clauses


def _taken(words: _Words) -> Iterator[str]:
    yield from _step(words, words.content)


def _step(words: _Words, taken: Mapping[str, Any]) -> Iterator[str]:
    procedure = words.procedure()
    step = procedure.steps.get(taken["step"]) if procedure else None
    result = procedure.results(step.id).get(taken["result"]) if procedure and step else None
    name = step.label.in_(words.language) if step else taken["step"]
    outcome = (result.label.in_(words.language) if result else "") or taken["result"]
    why = words.say(f"；理由：{taken['why']}", f"; because: {taken['why']}") if taken["why"] else ""
    who = words.who([taken["by"]], taken["person"])
    cites = dict.fromkeys((*(step.cites if step else ()), *(result.cites if result else ())))
    yield f"{name} → {outcome} ({who}){why}{words.clauses(cites)}"
    for id_, data in taken["particulars"].items():
        yield _particular(words, step, id_, data)


def _particular(words: _Words, step: Step | None, id_: str, data: Any) -> str:
    part = step.particulars.get(id_) if step else None
    label = part.label.in_(words.language) if part else id_
    return f"{label}{words.say('：', ': ')}{words.value(data, part.type if part else None)}"


def _correction(words: _Words) -> Iterator[str]:
    content = words.content
    first, *rest = _step(words, content["instead"]) if content["instead"] else [words.say("撤销", "struck out")]
    yield words.say(
        f"更正第 {content['corrects']} 号：{first}；{content['why']}",
        f"corrects event {content['corrects']}: {first}; {content['why']}",
    )
    yield from rest


def _ruling(words: _Words) -> Iterator[str]:
    content, procedure = words.content, words.procedure()
    who = words.who([content["by"]], content["person"])
    held = {True: say("yes", words.language), False: say("no", words.language)}
    what = held.get(content["substance"], content["substance"])
    clauses = words.clauses(procedure.cites) if procedure else ""
    yield (
        words.say(
            f"{who}裁定实体条件：{what}；理由：{content['why']}",
            f"{who} ruled on the substance: {what}; because: {content['why']}",
        )
        + clauses
    )


_EVENTS: dict[str, Callable[[_Words], Iterator[str]]] = {
    "corrects": _correction,
    "substance": _ruling,
    "step": _taken,
    "procedure": _opened,
}
"""By what stands in an event of this kind and in none before it, also where its values are hidden."""


def _divergence(words: _Words) -> Iterator[str]:
    content, procedure = words.content, words.procedure()
    actor, _, person = content["by"].partition(" ")
    who = words.who([actor], person)
    if words.pack is None or procedure is None or procedure.needs is None:
        what = f"{words.label('decisions', content['decision'])}{content['item']}: {content['outcome']}"
        clauses = ""
    else:
        needs = phrase(procedure.needs, words.pack, procedure.about, words.language)
        holds = say("no" if content["outcome"].startswith("not(") else "yes", words.language)
        what = words.say(
            f"{procedure.label.zh}的实体条件（{needs}）：{holds}",
            f"the substance of {procedure.label.en} ({needs}): {holds}",
        )
        clauses = words.clauses(procedure.cites)
    yield (
        words.say(
            f"{content['on']} {who}与事实所得不同：{what}；理由：{content['why']}",
            f"on {content['on']} {who} decided otherwise than the facts: {what}; because: {content['why']}",
        )
        + clauses
    )


def _fulfilled(words: _Words) -> Iterator[str]:
    content = words.content
    duty = words.pack.duties.get(content["duty"]) if words.pack is not None else None
    label = words.label("duties", content["duty"])
    period = f"{content['since']}..{content['by']}" if content["by"] else content["since"]
    late = words.say("（逾期）", " (late)") if content["late"] is True else ""
    who = words.who(duty.by if duty else (), *content["persons"])
    clauses = words.clauses(duty.cites) if duty else ""
    yield f"{period}  {label}{' — ' if who else ''}{who}{late}{clauses}"


# ---- what is about nobody


def _scenario(words: _Words) -> Iterator[str]:
    content = words.content
    yield words.say(
        f"{content['on']}，{content['asked']} 个（{words.pack.title.zh if words.pack else content['pack']['id']}）",
        f"on {content['on']}, {content['asked']} subjects ({words.pack.title.en if words.pack else content['pack']['id']})",
    )
    for one in content["scenarios"]:
        supposed = one["scenario"]
        values = [f"{words.label('parameters', id_)} = {value}" for id_, value in supposed["parameters"].items()]
        values += [f"{id_} = {option}" for id_, option in supposed["readings"].items()]
        values += [f"{path} = {value}" for change in supposed["change"] for path, value in change["set"].items()]
        yield " · ".join(filter(None, (supposed["name"], words.joined(values))))
        for shift in one["decisions"]:
            label = words.label("decisions", shift["decision"])
            yield words.say(f"  {label}：{shift['changed']} 个改变", f"  {label}: {shift['changed']} change")


def _pack(words: _Words) -> Iterator[str]:
    count = len(words.content["files"])
    yield words.say(f"存入 {count} 个文件", f"its {count} files are kept")


def _ledger(words: _Words) -> Iterator[str]:
    yield " ".join(filter(None, (words.content["name"], words.content["id"])))


_TELLS: dict[str, Callable[[_Words], Iterator[str]]] = {
    "submission": _submission,
    "alert": _alert,
    "withdrawal": _withdrawal,
    "acknowledgement": _acknowledgement,
    "day": _day,
    "event": _event,
    "divergence": _divergence,
    "fulfilled": _fulfilled,
    "scenario": _scenario,
    "pack": _pack,
    "ledger": _ledger,
}
