"""Write what is not there yet of `tests/formats/`: entries as this version writes them, for every later version to re-perform,
and the commitments that their masked copies must give.

    python tests/freeze_records.py

What has been released is never written anew: a new form gets files of its own.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from policy_engine.checking.cases import case_request, read_cases
from policy_engine.documents.read_pack import load_pack
from policy_engine.documents.read_scenario import load_scenarios
from policy_engine.errors import FactsError, RequestError
from policy_engine.record.commitment import commitment
from policy_engine.record.entry import Entry
from policy_engine.record.form import FORM, KIND, SUPPOSITION, entry_of, record_of
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.record.pack_source import read_source

ROOT = Path(__file__).parents[1]
NOW = datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.UTC)
EACH = 6
"""Cases of each pack, spread over its files."""


def entries() -> Iterator[Entry]:
    for folder in sorted(path.parent for path in (ROOT / "policies").glob("*/pack.yaml")):
        pack, source = load_pack(folder), read_source(folder)
        yield source.entry(pack.id)
        cases = read_cases(folder)[0]
        for _, _, form in cases[:: len(cases) // EACH]:
            try:
                facts, problems, request = case_request(pack, form)
                decision = request.decide(pack, facts, problems)
            except (FactsError, RequestError):
                continue
            yield entry_of(record_of(decision, facts, request, source.hash, NOW.date()), decision)
    said = {
        "decision": "monitoring",
        "item": "",
        "outcome": "not_included",
        "by": "镇政府",
        "why": "群众异议",
        "on": "2021-10-01",
    }
    yield Entry.of("divergence", said, subject="H-1")


def suppositions() -> Iterator[Entry]:
    """What would be decided about some cases under the scenarios of the examples, whose facts change."""
    folder = ROOT / "policies" / "xuanzhou_2021"
    pack, source = load_pack(folder), read_source(folder)
    yield source.entry(pack.id)
    cases = read_cases(folder)[0]
    scenarios = load_scenarios(ROOT / "examples" / "xuanzhou" / "scenarios" / "higher_line.yaml", pack)
    for _, _, form in cases[:: len(cases) // EACH]:
        for scenario in scenarios:
            try:
                facts, problems, request = case_request(pack, form)
                request = replace(request, scenario=scenario)
                decision = request.decide(pack, facts, problems)
            except (FactsError, RequestError):
                continue
            yield entry_of(record_of(decision, facts, request, source.hash, NOW.date()), decision)


def freeze(name: str, entries: Iterable[Entry]) -> None:
    folder = ROOT / "tests" / "formats"
    file = folder / f"{name}-{FORM}.jsonl"
    if file.exists():
        return
    with TemporaryDirectory() as made:
        ledger_file = Path(made) / "l.db"
        create_ledger(ledger_file, NOW, "formats")
        with open_ledger(ledger_file, "write") as ledger:
            ledger.append(entries, NOW)
            codes = {entry.seq: commitment(entry.content()) for entry in ledger.entries(KIND, SUPPOSITION)}
            lines = [json.dumps(list(entry), ensure_ascii=False) for entry in ledger.entries()]
    (folder / f"commitments-{name}-{FORM}.json").write_text(json.dumps(codes, indent=1) + "\n", encoding="utf-8")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    freeze("records", entries())
    freeze("suppositions", suppositions())


if __name__ == "__main__":
    main()
