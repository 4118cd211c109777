"""Re-recording what cases expect (`pack test --update`): only the cases that differ, everything else left as written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from policy_engine.checking.cases import CaseRun, expectation

__all__ = ["record_expectations"]


def record_expectations(runs: Iterable[CaseRun]) -> int:
    """Write the found answers into the case files; answers with the number of cases changed."""
    changed = 0
    for path, group in groupby(sorted(runs, key=lambda run: (run.file, run.number)), key=lambda run: run.file):
        changed += _rewrite(path, list(group))
    return changed


def _rewrite(path: Path, runs: list[CaseRun]) -> int:
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 120
    documents: list[Any] = list(yaml.load_all(path.read_text(encoding="utf-8")))
    for run in runs:
        document = documents[run.number - 1]
        document.pop("refused", None)
        if run.decision is None:
            document.pop("expect", None)
            document["refused"] = list(run.refused)
            continue
        because = (document.get("expect") or {}).get("because")
        document["expect"] = {answer.decision: expectation(answer) for answer in run.decision.answers}
        if because is not None:
            document["expect"]["because"] = because
        inside = run.decision.scope.inside
        if inside is not True:
            document["scope"] = "out" if inside is False else "open"
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump_all(documents, stream)
    return len(runs)
