"""Write the generated files of a checkout, or with `--check` tell which are out of date."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from policy_engine.app.generate.coverage import coverage_page, uncovered
from policy_engine.app.generate.pages import facts_page, problem_pages
from policy_engine.app.generate.typed import typed_facts
from policy_engine.documents.schema import FILE_KINDS, schema_of
from policy_engine.record.commitment import MaskedRecord
from policy_engine.record.decision_form import DecisionForm
from policy_engine.record.form import DecisionRecord

__all__ = ["files", "main"]


def files(root: Path) -> Iterator[tuple[Path, str]]:
    """Every generated file of a checkout, with its text."""
    yield root / "src/policy_engine/typed_facts.py", typed_facts()
    yield root / "docs/facts.md", facts_page()
    yield root / "docs/coverage.md", coverage_page(root)
    for name, text in problem_pages():
        yield root / "docs/problems" / name, text
    for kind in FILE_KINDS:
        yield root / f"docs/reference/{kind}.schema.json", _json(schema_of(kind))
    yield root / "docs/reference/decision.schema.json", _json(DecisionForm.model_json_schema())
    yield root / "docs/reference/record.schema.json", _json(DecisionRecord.model_json_schema())
    yield root / "docs/reference/masked_record.schema.json", _json(MaskedRecord.model_json_schema())


def _json(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """0 where everything is written or up to date, 1 where something is stale."""
    root = Path(__file__).resolve().parents[4]
    check = "--check" in sys.argv
    stale = []
    wanted = dict(files(root))
    for path in sorted((root / "docs" / "problems").glob("*.md")):
        if path not in wanted:
            stale.append(path)
            if not check:
                path.unlink()
    for path, text in wanted.items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{'out of date' if check else 'written'}: {path.relative_to(root)}")
    wanting = uncovered(root)
    for row in wanting:
        print(f"docs/rows.yaml marks {row} as working; no case shows it")
    return 1 if wanting or (check and stale) else 0


if __name__ == "__main__":
    sys.exit(main())
