"""The working paper as a workbook, in Chinese: a row for each answer, a row for each fact, and how the sample was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policy_engine.audit.replay import Replay
from policy_engine.audit.working_paper import HEADINGS, Sampled, fact_lines, says, summary
from policy_engine.report.workbook import COLUMNS, Result, answer_cells

__all__ = ["write_workbook"]

_FACTS = "事实与证据"
_ANSWERS = ("条", "户编号", "政策包", "问的日期", "知晓日期", "记录时间", "重做", "不同之处", "记录的哈希", "决定")


def write_workbook(path: Path, sampled: Sampled) -> None:
    """Write the workbook; raises what xlsxwriter raises where the file cannot be written."""
    parts = tuple(part.removeprefix("·") or "结果" for part in COLUMNS)
    headings = {Result.RESULTS: (*_ANSWERS, *parts), _FACTS: ("条", "户编号", *HEADINGS)}
    book = Result(path, headings, len(_ANSWERS))
    for found in sampled.replays:
        for row in _answers(found):
            book.write(Result.RESULTS, row)
        if found.decision is not None and found.restored is not None:
            for line in fact_lines(found.decision, found.restored.facts, "zh"):
                book.write(_FACTS, (str(found.entry.seq), found.entry.subject, *line))
    book.about(summary(sampled, "zh"))
    book.close()


def _answers(found: Replay) -> Iterator[tuple[str, ...]]:
    """A row for each answer; one row for a decision that could not be re-performed or answers nothing."""
    entry = found.entry
    differing = "；".join(f"{one.path}：{one.then} → {one.current}" for one in found.differences)
    differing = differing or "；".join(problem.message("zh") for problem in found.problems)
    if found.decision is None or found.restored is None:
        row = (str(entry.seq), entry.subject, "", "", "", entry.recorded_at, says(found.status, "zh"), differing)
        yield (*row, entry.body_hash)
        return
    record, decision = found.restored.record, found.decision
    row = (
        str(entry.seq),
        entry.subject,
        f"{decision.pack.id} {decision.pack.version}",
        str(decision.on),
        str(record.known_on or ""),
        entry.recorded_at,
        says(found.status, "zh"),
        differing,
    )
    if not decision.answers:
        yield (*row, entry.body_hash, "不适用")
    for answer in decision.answers:
        label = decision.pack.decision(answer.decision).label.zh
        yield (*row, entry.body_hash, label + answer.item, *answer_cells(decision, answer))
