"""A scenario on a whole county: `compare` under the Xuanzhou pack with the line at 6500, and its numbers recounted.

python benchmarks/scenarios.py --households 100000 --recount 1000

The recount asks the single evaluator about the first households, twice each, so only some of them.
"""

from __future__ import annotations

import argparse
import datetime
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from policy_engine import Pack, Scenario, load_pack
from policy_engine.decision.decide import decide_facts
from policy_engine.population.conform import conform
from policy_engine.population.make import make_county
from policy_engine.population.rows import each_facts
from policy_engine.population.tables import Population
from policy_engine.scenario.compare import Shift, compare

ON = datetime.date(2021, 9, 1)
LINE = Scenario({"range_line": Decimal(6500)}, name="line")


def answers(
    pack: Pack, population: Population, decision: str, scenario: Scenario
) -> list[tuple[set[str], set[str], str]]:
    """The certain and the possible outcomes about each household, and the status, one decision at a time."""
    found = []
    for facts in each_facts(population, pack.vocabulary):
        one = decide_facts(pack, facts, ON, decisions=[decision], scenario=scenario, ranked=False)[decision]
        certain = {str(outcome.outcome).lower() for outcome in one.possible if outcome.certain}
        found.append((certain, {str(outcome.outcome).lower() for outcome in one.possible}, one.status))
    return found


def differing(pack: Pack, population: Population, shift: Shift) -> Iterator[str]:
    """The numbers of a comparison that a recount does not find."""
    before, after = (answers(pack, population, shift.decision, scenario) for scenario in (Scenario(), LINE))
    pairs = list(zip(before, after, strict=True))
    if shift.changed != sum(one != other for one, other in pairs):
        yield f"{shift.decision}: changed"
    for move in (move for move in shift.moves if not move.place):
        had = [move.outcome in one[0] for one, _ in pairs]
        has = [move.outcome in other[0] for _, other in pairs]
        numbers = {
            "before": sum(had),
            "after": sum(has),
            "enter": sum(now and not was for was, now in zip(had, has, strict=True)),
            "leave": sum(move.outcome in one[0] and move.outcome not in other[1] for one, other in pairs),
            "stay": sum(was and now for was, now in zip(had, has, strict=True)),
        }
        yield from (
            f"{shift.decision}: {move.outcome} {name}" for name, many in numbers.items() if getattr(move, name) != many
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--recount", type=int, default=500)
    given = parser.parse_args()
    pack = load_pack("xuanzhou_2021")
    tables = make_county(pack, given.households, 1, on=ON)
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in tables.items():
            rows.write_parquet(Path(folder) / f"{name}.parquet")
        program = "from policy_engine.app.cli import main; main()"
        asked = ["compare", folder, "--pack", pack.id, "--on", str(ON), "--set", "range_line=6500"]
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", program, *asked], capture_output=True, check=True)
        print(f"policy-engine compare, {given.households:,} households from files: {time.perf_counter() - began:.2f} s")
    began, used = time.perf_counter(), time.process_time()
    population, _ = conform(tables, pack.vocabulary)
    print(f"tables read: {time.perf_counter() - began:.2f} s ({time.process_time() - used:.2f} CPU s)")
    began, used = time.perf_counter(), time.process_time()
    compare(pack, population, [LINE], ON)
    print(f"compare in memory: {time.perf_counter() - began:.2f} s ({time.process_time() - used:.2f} CPU s)")
    some = population.slice(0, given.recount)
    wrong = [text for shift in compare(pack, some, [LINE], ON).scenarios[0][1] for text in differing(pack, some, shift)]
    print(f"recount of {given.recount:,} households by single decisions: {len(wrong)} numbers differ", *wrong, sep="\n")


if __name__ == "__main__":
    main()
