"""Reactions as text: what a document orders to be set going, and whom it alerts."""

from __future__ import annotations

from policy_engine.decision.reactions import EITHER
from policy_engine.errors import Language
from policy_engine.expression.types import Type
from policy_engine.model.pack import Pack
from policy_engine.model.reaction import OPEN_ANSWERS, Becomes, Owes, Reaction
from policy_engine.report.phrase import phrase
from policy_engine.report.procedure import actors_text, in_
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown

__all__ = ["answer_text", "happened_text", "limit_text", "reaction_text"]

_STATES = {"due": ("到期", "falls due"), "open": ("未完成", "is open"), "overdue": ("逾期", "is overdue")}
_ANSWERS = dict(
    zip(
        OPEN_ANSWERS,
        (
            ("未定", "undetermined"),
            ("规则冲突", "in conflict"),
            ("无规则适用", "without a rule"),
            ("不在范围", "out of scope"),
        ),
        strict=True,
    )
)


def reaction_text(pack: Pack, reaction: Reaction, language: Language = "zh") -> str:
    """A reaction in some lines: what sets it off, whom it alerts, within which time, what it opens, to whom it goes on."""
    lines = [f"{reaction.label.in_(language)}   {reaction.id}   {cited(reaction.cites)}"]
    lines.append(f"   {in_('触发', 'when', language)} {_trigger(pack, reaction, language)}")
    limit = f" · {limit_text(pack, reaction.within, language)}" if reaction.within else ""
    lines.append(f"   {in_('警报发给', 'alerts', language)} {actors_text(pack, reaction.alert, language)}{limit}")
    if reaction.opens:
        lines.append(f"   {in_('启动程序', 'opens', language)} {pack.procedure(reaction.opens).label.in_(language)}")
    for step in reaction.escalates:
        who = actors_text(pack, step.to, language)
        after = limit_text(pack, step.after, language)
        lines.append(f"   {in_('无人确认则报', 'goes on to', language)} {who} · {after}   {cited(step.cites)}")
    return "\n".join(lines)


def _trigger(pack: Pack, reaction: Reaction, language: Language) -> str:
    when = reaction.when
    if isinstance(when, Owes):
        return f"{pack.duty(when.duty).label.in_(language)}: {in_(*_STATES[when.state], language)}"
    if isinstance(when, Becomes):
        to, was = (
            in_("、", ", ", language).join(answer_text(pack, when.decision, answer, language) for answer in some)
            for some in (when.to, when.was)
        )
        before = f"{was} → " if was else "→ "
        return f"{pack.decision(when.decision).label.in_(language)}: {before}{to}"
    return f"+ {phrase(when.items, pack, reaction.about, language)}"


def happened_text(pack: Pack, reaction: str, what: str, language: Language) -> str:
    """What set a reaction off: its label, and the answer where it was one."""
    found = pack.reaction(reaction)
    label = found.label.in_(language)
    if not isinstance(found.when, Becomes):
        return label
    return f"{label} [{answer_text(pack, found.when.decision, what, language)}]"


def answer_text(pack: Pack, decision: str, answer: str, language: Language) -> str:
    names = [
        in_(*_ANSWERS[one], language) if one in _ANSWERS else _outcome(pack, decision, one, language)
        for one in answer.split(EITHER)
    ]
    return in_("或", " or ", language).join(names)


def limit_text(pack: Pack, parameter: str, language: Language) -> str:
    """A time limit by its label, and whether the document gives it."""
    found = pack.parameter(parameter)
    unsaid = "" if found.values else f" ({say('not stated', language)})"
    return f"{found.label.in_(language)}{unsaid}"


def _outcome(pack: Pack, decision: str, outcome: str, language: Language) -> str:
    if pack.decision(decision).table is None:
        return say("yes" if outcome == "true" else "no", language)
    type_: Type = getattr(pack.decision(decision).type, "item", pack.decision(decision).type)
    return shown(outcome, type_, language)
