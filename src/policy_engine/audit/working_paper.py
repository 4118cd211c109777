"""The working paper of an audit: sampled decisions re-performed, each with clause, facts, evidence and result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from policy_engine.audit.replay import Difference, Replay
from policy_engine.decision.answer import Decision
from policy_engine.errors import Language
from policy_engine.evaluation.observe import walk
from policy_engine.model.core_codes import SOURCE
from policy_engine.model.facts import Evidence, Facts
from policy_engine.model.path_labels import label_of
from policy_engine.record.ledger import Head
from policy_engine.report.html import decision_html, whole
from policy_engine.report.words import shown
from policy_engine.version import __version__

__all__ = ["HEADINGS", "FactLine", "Sampled", "fact_lines", "paper", "says", "summary"]

_STATUS = {
    "same": ("重做一致", "re-performed: the same"),
    "wording": ("重做一致，仅措辞或排序不同", "re-performed: the same, but for words or ranking"),
    "meaning": ("重做结果不同", "re-performed: DIFFERENT"),
    "failed": ("不能重做", "COULD NOT be re-performed"),
}
HEADINGS = ("事实", "路径", "值", "来源", "研判人或提供人", "观察日期", "知晓日期", "凭据")
_ENGLISH = ("Fact", "Path", "Value", "Source", "By", "Observed", "Known", "Reference")


@dataclass(frozen=True, slots=True)
class Sampled:
    """What was drawn: from how many decisions of which ledger, by which seed."""

    replays: Sequence[Replay]
    drawn_from: int
    seed: str
    place: str
    head: Head


class FactLine(NamedTuple):
    """A fact that a decision looked at, with its evidence, in words."""

    label: str
    path: str
    value: str
    source: str
    by: str
    observed_on: str
    known_on: str
    reference: str


def says(status: str, language: Language) -> str:
    """The result of a re-performance in words."""
    zh, en = _STATUS[status]
    return zh if language == "zh" else en


def fact_lines(decision: Decision, facts: Facts, language: Language) -> Iterator[FactLine]:
    """Every fact that the answers looked at, once, in the order of looking."""
    vocabulary = decision.pack.vocabulary
    seen: set[str] = set()
    for node in walk(answer.trace for answer in decision.answers):
        if node.kind not in ("fact", "judgement") or node.text in seen:
            continue
        seen.add(node.text)
        fact = vocabulary.fact(facts.subject, node.text)
        stored = vocabulary.stored(facts.subject, node.text, decision.on.year)
        evidence = facts.evidence_for(stored) or Evidence()
        source = SOURCE.find(evidence.source)
        yield FactLine(
            label_of(node.text, decision.pack, facts.subject, language),
            stored,
            shown(node.value, fact.type if fact else None, language),
            source.label(language) if source else evidence.source,
            evidence.by,
            str(evidence.observed_on or ""),
            str(evidence.known_on or ""),
            evidence.reference,
        )


# ---- one page


def paper(sampled: Sampled, language: Language) -> str:
    """The paper as one page that asks for nothing from anywhere."""
    body = [f"<style>{_STYLE}</style><h1>{escape(_title(language))}</h1>", _table(summary(sampled, language))]
    body += [_section(found, language) for found in sampled.replays]
    return whole("policy_engine", "\n".join(body), language)


_STYLE = """
body{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:60rem;margin:1rem auto}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{border:1px solid #d1d9e0;padding:.15rem .5rem;text-align:left;
vertical-align:top;overflow-wrap:anywhere}h2{margin-top:2rem;border-top:2px solid #1f2328;padding-top:.6rem}
"""


def _title(language: Language) -> str:
    return "审计工作底稿：抽样重做" if language == "zh" else "Working paper: sampled decisions re-performed"


def summary(sampled: Sampled, language: Language) -> Iterator[tuple[str, str]]:
    zh = language == "zh"
    yield "账本" if zh else "Ledger", sampled.place
    yield "账本末端" if zh else "Head of the ledger", f"{sampled.head.seq} {sampled.head.hash}"
    yield "决定总数" if zh else "Decisions in the ledger", str(sampled.drawn_from)
    yield "抽样数" if zh else "Sampled", str(len(sampled.replays))
    yield "种子" if zh else "Seed", sampled.seed
    yield "引擎版本" if zh else "Version of the engine", __version__
    for status in _STATUS:
        count = sum(found.status == status for found in sampled.replays)
        if count:
            yield says(status, language), str(count)


def _section(found: Replay, language: Language) -> str:
    entry = found.entry
    head = f"#{entry.seq} · {entry.subject or '—'} · {says(found.status, language)}"
    parts = [f"<h2>{escape(head)}</h2>", f"<p>{escape(f'{entry.recorded_at} · {entry.hash}')}</p>"]
    parts += [f"<p>{escape(problem.show(language))}</p>" for problem in found.problems]
    if found.differences:
        names = ("路径", "当时", "现在") if language == "zh" else ("Where", "Then", "Now")
        parts.append(_table(map(_difference, found.differences), names))
    if found.decision is not None and found.restored is not None:
        headings = HEADINGS if language == "zh" else _ENGLISH
        parts.append(decision_html(found.decision, language))
        parts.append(_table(fact_lines(found.decision, found.restored.facts, language), headings))
    return "\n".join(parts)


def _difference(found: Difference) -> tuple[str, str, str]:
    return found.path, str(found.then), str(found.current)


def _table(rows: Iterable[tuple[str, ...]], names: Sequence[str] = ()) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
