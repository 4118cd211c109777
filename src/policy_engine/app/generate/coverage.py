"""`docs/coverage.md`: for each demand of the documents, its status, the decisions that answer it, and the cases that show it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from policy_engine.checking.cases import read_cases
from policy_engine.checking.procedure_cases import read_procedure_cases
from policy_engine.documents.case_forms import ProcedureCaseForm
from policy_engine.documents.read_pack import load_pack
from policy_engine.documents.yaml import Scalar
from policy_engine.model.pack import Pack

__all__ = ["coverage_page", "uncovered"]

_INTRO = """\
# Coverage

What the four documents ask to be computed, row by row. `docs/rows.yaml` gives the status of each row; the decisions,
procedures, duties, reactions and cases are read from the packs. A row marked working without a case fails `make check`.

| row | status | decisions, procedures, duties, reactions | cases | for example |
|---|---|---|---|---|
"""


def coverage_page(root: Path) -> str:
    """The text of the page."""
    lines = []
    for row, status, decisions, cases in _rows(root):
        names = ", ".join(f"`{name}`" for name in decisions)
        example = cases[0].replace("|", "\\|") if cases else ""
        lines.append(f"| {row} | {status} | {names} | {len(cases)} | {example} |")
    return _INTRO + "\n".join(lines) + "\n"


def uncovered(root: Path) -> list[str]:
    """Rows marked working that no decision answers or no case shows."""
    return [row for row, status, decisions, cases in _rows(root) if status == "working" and not (decisions and cases)]


def _rows(root: Path) -> Iterator[tuple[str, str, list[str], list[str]]]:
    text = (root / "docs" / "rows.yaml").read_text(encoding="utf-8")
    statuses: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    answers: dict[str, list[str]] = {}
    shown: dict[str, list[str]] = {}
    for folder in sorted(path.parent for path in (root / "policies").glob("*/pack.yaml")):
        pack = load_pack(folder)
        cases, _ = read_cases(folder)
        for decision in pack.decisions.values():
            seen = [form.case.zh for _, _, form in cases if form.expect is not None and form.expect.get(decision.id)]
            for row in decision.rows:
                answers.setdefault(row, []).append(decision.id)
                shown.setdefault(row, []).extend(seen)
        for row, id_, seen in _ordered(pack, folder):
            answers.setdefault(row, []).append(id_)
            shown.setdefault(row, []).extend(seen)
    for row, status in statuses.items():
        yield row, str(status), answers.get(row, []), list(dict.fromkeys(shown.get(row, [])))


def _ordered(pack: Pack, folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """For each row of a procedure, duty or reaction: the row, the id, the cases that show it."""
    cases = [form for _, _, form in read_procedure_cases(folder)[0]]
    for procedure in pack.procedures.values():
        seen = [form.case.zh for form in cases if procedure.id in _procedures(form)]
        yield from ((row, procedure.id, seen) for row in procedure.rows)
    for duty in pack.duties.values():
        seen = [form.case.zh for form in cases if form.duties is not None and form.duties.get(duty.id)]
        yield from ((row, duty.id, seen) for row in duty.rows)
    for reaction in pack.reactions.values():
        seen = [form.case.zh for form in cases if reaction.id in (word.text for word in form.alerts)]
        yield from ((row, reaction.id, seen) for row in reaction.rows)


def _procedures(form: ProcedureCaseForm) -> set[str]:
    """The procedures under which a case is opened."""
    opened = {node.text for event in form.events if isinstance(node := event.get("procedure"), Scalar)}
    return opened | ({form.procedure.text} if form.procedure else set())
