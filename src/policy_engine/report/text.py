"""A decision as text: the answer first, then why with clauses and cited words, then what is missing and relied on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy_engine.checking.quoting import Quotes
from policy_engine.decision.answer import Answer, Decision, MissingFact, Relied
from policy_engine.decision.resting import rests_on
from policy_engine.errors import Language
from policy_engine.evaluation.observe import TraceNode
from policy_engine.expression import tree
from policy_engine.expression.types import BOOLEAN, Type
from policy_engine.model.citation import Citation
from policy_engine.model.core_codes import SOURCE
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import label_of, place
from policy_engine.model.vocabulary import YEARS
from policy_engine.report.phrase import phrase
from policy_engine.report.quotes import quote_lines
from policy_engine.report.words import say, shown
from policy_engine.source import width

__all__ = ["cited", "decision_text", "headline", "mark", "missing_label", "node_text", "relied_text", "trace_lines"]

_COLUMN = 60
"""Column at which citations stand."""


def decision_text(
    decision: Decision, language: Language = "zh", *, full: bool = False, quotes: Quotes | None = None
) -> str:
    """The whole decision; `full` shows also the branches that did not decide, `quotes` the official text of what is cited."""
    lines = [*_head(decision, language)]
    for answer in decision.answers:
        lines += ["", *_answer(decision, answer, language, full=full)]
    for found in decision.problems:
        lines += ["", f"{say('problems', language)}: {found.show(language)}"]
    if quotes is not None and decision.answers:
        lines += ["", *quote_lines(quotes, dict.fromkeys(_cites_shown(decision, full=full)), language)]
    return "\n".join(lines)


def _cites_shown(decision: Decision, *, full: bool) -> Iterator[Citation]:
    for answer in decision.answers:
        yield from answer.trace.cites
        for _, _, node in _shown(answer.trace, decision.pack, full=full):
            yield from node.cites


def _head(decision: Decision, language: Language) -> Iterator[str]:
    pack = decision.pack
    issuer = ("，" if language == "zh" else ", ").join(part for part in (pack.number, pack.issuer) if part)
    yield f"{pack.title.in_(language)}（{issuer}）" if language == "zh" else f"{pack.title.in_(language)} ({issuer})"
    yield f"{decision.on}   {say(decision.subject, language)} {decision.subject_id or '—'}"
    if decision.masked:
        yield say("masked", language)
    scope = decision.scope
    if scope.inside is not True:
        yield ""
        yield say("out_of_scope" if scope.inside is False else "scope_open", language)
        for reason in scope.reasons:
            yield "  " + reason.message(language)
        if scope.missing:
            names = [missing_label(item, decision, language) for item in scope.missing]
            yield f"  {say('still_needed', language)}: {'、'.join(names)}"


def _answer(decision: Decision, answer: Answer, language: Language, *, full: bool) -> Iterator[str]:
    label = decision.pack.decision(answer.decision).label.in_(language)
    who = f" · {place(answer.item, language)}" if answer.item else ""
    yield _beside(f"{label}{who}: {headline(decision.pack, answer, language)}", answer.trace.cites)
    yield from trace_lines(decision, answer, language, full=full)
    if answer.missing:
        yield f"  {say('still_needed', language)}:"
        for item in answer.missing:
            yield f"    {missing_label(item, decision, language)}{_share(item, language)}"
    if answer.relied:
        yield f"  {say('relied', language)}:"
        for relied in answer.relied:
            yield f"    {relied_text(decision, relied, language)}"
    for found in answer.problems:
        yield f"  {say('problems', language)}: {found.message(language)}"


def headline(pack: Pack, answer: Answer, language: Language) -> str:
    """The answer in one phrase."""
    type_ = pack.decision(answer.decision).type
    if answer.status in ("gap", "conflict"):
        return say(answer.status, language)
    if answer.determined:
        force = f"（{say(answer.force, language)}）" if answer.force and answer.force != "shall" else ""
        return shown(answer.outcome, type_, language) + (
            force if language == "zh" else force.replace("（", " (").replace("）", ")")
        )
    item = getattr(type_, "item", type_)
    certain = [shown(part.outcome, item, language) for part in answer.possible if part.certain]
    possible = [shown(part.outcome, item, language) for part in answer.possible if not part.certain]
    parts = [say("undetermined", language)]
    comma, either = ("，", f" {say('or', language)} ") if language == "zh" else (", ", f" {say('or', language)} ")
    if certain:
        parts.append(f"{say('certain', language)} {'、'.join(certain) if language == 'zh' else ', '.join(certain)}")
    if possible and type_ is not item and not certain:
        possible.append(say("none", language))
    if possible:
        parts.append(f"{say('may_be' if type_ is item else 'possible', language)} {either.join(possible)}")
    if answer.bounds is not None:
        low, high = answer.bounds
        word = "between_bounds" if high.is_finite() else "at_least"
        parts.append(say(word, language).format(low=shown(low, type_, language), high=shown(high, type_, language)))
    parts += [say(f"{flag}_possible", language) for flag in ("gap", "conflict") if getattr(answer, flag) is None]
    return comma.join(parts)


def mark(value: Any) -> str:
    """✓ holds, ✗ does not, ? not known, · a value."""
    if value is None:
        return "?"
    return ("✓" if value else "✗") if isinstance(value, bool) else "·"


def cited(cites: tuple[Citation, ...]) -> str:
    """Clause numbers with the cited words."""
    return "  ".join(f"{cite.clause} “{_nested(cite.words)}”" if cite.words else cite.clause for cite in cites)


def _nested(words: str) -> str:
    """Quotation marks inside quotation marks are single ones."""
    return words.replace("“", "‘").replace("”", "’")


def trace_lines(decision: Decision, answer: Answer, language: Language, *, full: bool = False) -> Iterator[str]:
    """The trace as an indented tree with clauses beside it."""
    for depth, owner, node in _shown(answer.trace, decision.pack, full=full):
        yield _beside("  " * (depth + 1) + node_text(decision, node, language, owner), node.cites)


def _beside(line: str, cites: tuple[Citation, ...]) -> str:
    """A line with its citations on the right."""
    return f"{line}{' ' * max(2, _COLUMN - width(line))}{cited(cites)}" if cites else line


def _shown(root: TraceNode, pack: Pack, *, full: bool) -> Iterator[tuple[int, str, TraceNode]]:
    """The lines of the tree: depth, the decision a node stands in, the node. What has been written out is only named."""
    settled = root.value is not None
    stack = [(0, root.text, settled, child) for child in reversed(_children(root, pack, settled=settled, full=full))]
    written: set[tuple[str, str]] = set()
    while stack:
        depth, owner, settled, node = stack.pop()
        settled = settled or node.value is not None
        if node.kind == "decision":
            if (node.text, node.item) in written and node.children:
                yield depth, owner, node._replace(children=(), origin="shown above")
                continue
            written.add((node.text, node.item))
            owner = node.text
        yield depth, owner, node
        below = _children(node, pack, settled=settled, full=full)
        stack += [(depth + 1, owner, settled, child) for child in reversed(below)]


def _children(node: TraceNode, pack: Pack, *, settled: bool, full: bool) -> tuple[TraceNode, ...]:
    """What to show under a node: what its value rests on, and not what the node's own line says already."""
    children = node.children if full else rests_on(node, pack, settled=settled)
    if not full and node.kind == "decision" and any(child.value is True for child in children if child.kind == "rule"):
        table = pack.decision(node.text).table
        if table is not None and table.hit == "collect":
            children = tuple(child if child.value is not False else child._replace(children=()) for child in children)
    if node.kind == "condition" and isinstance(node.node, (tree.Binary, tree.In, tree.Between)):
        children = tuple(child for child in children if child.children or child.kind in ("decision", "reading"))
    if len(children) == 1 and children[0].kind == "condition" and node.kind in ("rule", "reading", "decision"):
        only = children[0]
        return _children(only, pack, settled=settled, full=full) if isinstance(only.node, tree.Logic) else children
    return children


def node_text(decision: Decision, node: TraceNode, language: Language, owner: str) -> str:
    """One line of the trace; `owner` is the decision that the node stands in."""
    pack, subject = decision.pack, decision.subject
    sign = mark(node.value)
    if node.kind == "rule":
        table = pack.decision(owner).table
        outcomes = table.outcomes if table is not None else ()
        return f"{sign} {next((o.label(language) for o in outcomes if o.id == node.origin), node.origin)}"
    if node.kind == "condition" and node.node is not None:
        return f"{sign} {_condition(decision, node, language)}"
    type_ = _type(pack, subject, node)
    value = "" if isinstance(node.value, bool) else f": {shown(node.value, type_, language)}"
    if node.kind == "reading":
        option = pack.reading(node.text).option(node.origin)
        question = pack.reading(node.text).question.in_(language)
        return f"{sign} {question} {option.label.in_(language) or option.id}{value if node.value is not None else ''}"
    if node.kind == "decision" and node.item:
        value += f" · {place(node.item, language)}"
    return f"{sign} {label_of(node.text, pack, subject, language)}{value}{_origin(node, language)}"


def _origin(node: TraceNode, language: Language) -> str:
    """Where a value comes from, where that is worth saying."""
    source = SOURCE.find(node.origin) if node.kind in ("fact", "judgement") else None
    if source is not None:
        word = source.label(language)
    elif node.origin in ("derived", "not stated", "shown above", "scenario"):
        word = say(node.origin, language)
    else:
        return ""
    return f"（{word}）" if language == "zh" else f" ({word})"


def _condition(decision: Decision, node: TraceNode, language: Language) -> str:
    """The condition in words, with the values of what it compares."""
    assert node.node is not None
    if isinstance(node.node, tree.Logic):
        return say("all_of" if node.node.op == "and" else "any_of", language)
    text = phrase(node.node, decision.pack, decision.subject, language)
    if not isinstance(node.node, (tree.Binary, tree.In, tree.Between)):
        return text
    values = []
    for child in node.children:
        if child.kind in ("fact", "judgement", "parameter", "reading") and not isinstance(child.value, bool):
            type_ = _type(decision.pack, decision.subject, child)
            label = label_of(child.text, decision.pack, decision.subject, language)
            year = f"（{decision.on.year}年）" if child.kind == "parameter" and language == "zh" else ""
            values.append(f"{label} {shown(child.value, type_, language)}{year}")
    if not values:
        return text
    return f"{text}   [{('；' if language == 'zh' else '; ').join(values)}]"


def _type(pack: Pack, subject: str, node: TraceNode) -> Type | None:
    if node.kind == "parameter":
        return pack.parameter(node.text).type
    if node.kind == "reading":
        return pack.reading(node.text).type
    if node.kind == "decision":
        return pack.decision(node.text).type
    fact = pack.vocabulary.fact(subject, node.text)
    return fact.type if fact else None


def missing_label(item: MissingFact, decision: Decision, language: Language) -> str:
    """What is missing, with the year of its figures."""
    label = label_of(item.path, decision.pack, decision.subject, language)
    head = item.path.partition(".")[0]
    if head in YEARS:
        label += f" {decision.on.year + YEARS[head]}"
    if item.kind == "parameter":
        label += (
            f" {item.note}（{say('needs_settings', language)}）"
            if language == "zh"
            else (f" {item.note} ({say('needs_settings', language)})")
        )
    return label


def _share(item: MissingFact, language: Language) -> str:
    if not item.tried:
        return ""
    text = say("settles", language).format(settles=item.settles, tried=item.tried)
    return f"（{text}）" if language == "zh" else f" ({text})"


def relied_text(decision: Decision, relied: Relied, language: Language) -> str:
    """One thing relied on, in one line."""
    pack = decision.pack
    head = say(relied.kind, language)
    if relied.kind == "reading":
        reading = pack.reading(relied.id)
        option = reading.option(relied.choice).label.in_(language) or relied.choice
        words = "、".join(f"{cite.clause} “{cite.words}”" for cite in relied.cites)
        return (
            f"{head} {words}: {option}（{say(relied.why, language)}）"
            if language == "zh"
            else (f"{head} {words}: {option} ({say(relied.why, language)})")
        )
    label = label_of(relied.id, pack, decision.subject, language)
    fact = pack.vocabulary.fact(decision.subject, relied.id)
    type_ = pack.parameter(relied.id).type if relied.id in pack.parameters else fact.type if fact else BOOLEAN
    why = "" if (relied.kind, relied.why) == ("scenario", "scenario") else relied.why
    source = (f"（{why}）" if language == "zh" else f" ({why})") if why else ""
    return f"{head} {label}: {shown(relied.choice, type_, language)}{source}"
