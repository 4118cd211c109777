"""Re-recording what cases expect (`pack test --update`): only the expectations that differ; all else stays as written."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from policy_engine.checking.cases import CaseRun, expectation
from policy_engine.source import Span

__all__ = ["record_expectations"]


def record_expectations(runs: Iterable[CaseRun]) -> int:
    """Write the found answers into the case files; answers with the number of cases changed.

    A case that was to be refused and is decided, or the other way round, is left to be mended by hand.
    """
    changed = 0
    for path, group in groupby(sorted(runs, key=lambda run: (run.file, run.number)), key=lambda run: run.file):
        changed += _rewrite(path, list(group))
    return changed


def _rewrite(path: Path, runs: list[CaseRun]) -> int:
    written = path.read_bytes()
    text = path.read_text(encoding="utf-8-sig")
    edits = [edit for run in runs if (edit := _edit(run)) is not None]
    for span, new in reversed(edits):
        old = text[span.start : span.end]
        text = text[: span.start] + new + old[len(old.rstrip()) :] + text[span.end :]
    encoding = "utf-8-sig" if written.startswith(BOM_UTF8) else "utf-8"
    path.write_text(text, encoding=encoding, newline="\r\n" if b"\r\n" in written else "\n")
    return len(edits)


def _edit(run: CaseRun) -> tuple[Span, str] | None:
    """The place of what a case expects, and what is to stand there."""
    if run.decision is None:
        words = run.form.refused
        return (words[0].span.to(words[-1].span), ", ".join(run.refused)) if words else None
    if run.form.expect is None:
        return None
    found: dict[str, Any] = {answer.decision: expectation(answer) for answer in run.decision.answers}
    because = run.form.expect.entries.get("because")
    written = [f"{key}: {_flow(value)}" for key, value in found.items()]
    if because is not None:
        written.append(f"because: {because[1].span.text.strip()}")
    return run.form.expect.span, "{" + ", ".join(written) + "}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text}"' if set(text) & set(",[]{}:") else text
