"""Do the runners agree? Made-up counties under every shipped pack, every decision, every row, all readings in turn.

python benchmarks/agreement.py --households 100000
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from policy_engine import Pack, Scenario, load_pack
from policy_engine.documents.read_pack import shipped_packs
from policy_engine.population.agreement import as_case, disagreements
from policy_engine.population.conform import conform
from policy_engine.population.make import make_county
from policy_engine.population.rows import each_facts

PART = 2000
"""Households at a time; each part is asked with other options of the readings."""


def day_of(pack: Pack) -> datetime.date:
    first, last = pack.in_force.from_, pack.in_force.to
    day = datetime.date(pack.issued.year if pack.issued else 2021, 9, 1)
    return min(max(day, first or day), last or day)


def scenarios(pack: Pack) -> Iterator[Scenario]:
    """The defaults, then every option of every reading, several readings at a time."""
    yield Scenario()
    most = max(len(reading.options) for reading in pack.readings.values())
    for turn in range(most):
        yield Scenario(
            readings={id_: reading.options[turn % len(reading.options)].id for id_, reading in pack.readings.items()}
        )


def run(pack: Pack, households: int, seed: int, out: Path) -> int:
    on, found, turns = day_of(pack), 0, itertools.cycle(scenarios(pack))
    days = itertools.cycle([on, on, on + datetime.timedelta(days=40)])
    for start in range(0, households, PART):
        tables = make_county(pack, min(PART, households - start), seed + start, on=on)
        population, _ = conform(tables, pack.vocabulary)
        scenario, day = next(turns), next(days)
        differing = list(disagreements(pack, population, day, scenario=scenario))
        found += len(differing)
        subjects = list(each_facts(population, pack.vocabulary)) if differing else []
        for one in differing[:10]:
            print(one, dict(scenario.readings))
            if len(subjects) > one.row:
                out.mkdir(exist_ok=True, parents=True)
                case = as_case(pack, subjects[one.row], one.decision, day)
                (out / f"{pack.id}-{start + one.row}-{one.decision}.yaml").write_text(case, encoding="utf-8")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=PART)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pack", action="append")
    parser.add_argument("--out", type=Path, default=Path("disagreements"))
    given = parser.parse_args()
    failed = 0
    for name in given.pack or shipped_packs():
        pack, began = load_pack(name), time.perf_counter()
        found = run(pack, given.households, given.seed, given.out)
        failed += found
        took = time.perf_counter() - began
        print(
            f"{name}: {given.households} households, {len(pack.decisions)} decisions, {found} disagreements, {took:.0f} s",
            flush=True,
        )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
