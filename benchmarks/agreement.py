"""Do the runners agree? Made-up counties under every shipped pack, every decision, every row, all readings in turn.

python benchmarks/agreement.py --households 100000 --processes 2
"""

from __future__ import annotations

import argparse
import datetime
import functools
import itertools
import multiprocessing
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


def part(pack: Pack, start: int, many: int, seed: int, out: Path) -> int:
    """How many answers differ about some of the households; the first of them are written out as cases."""
    on, turn = day_of(pack), start // PART
    options = list(scenarios(pack))
    scenario, day = options[turn % len(options)], on + datetime.timedelta(days=40 if turn % 3 == 2 else 0)
    population, _ = conform(make_county(pack, many, seed + start, on=on), pack.vocabulary)
    differing = list(disagreements(pack, population, day, scenario=scenario))
    subjects = list(each_facts(population, pack.vocabulary)) if differing else []
    for one in differing[:10]:
        print(one, dict(scenario.readings))
        if len(subjects) > one.row:
            out.mkdir(exist_ok=True, parents=True)
            case = as_case(pack, subjects[one.row], one.decision, day)
            (out / f"{pack.id}-{start + one.row}-{one.decision}.yaml").write_text(case, encoding="utf-8")
    return len(differing)


@functools.cache
def loaded(name: str) -> Pack:
    return load_pack(name)


def part_of(name: str, start: int, many: int, seed: int, out: Path) -> int:
    """The same in a process of its own, which loads the pack once."""
    return part(loaded(name), start, many, seed, out)


def run(name: str, households: int, seed: int, out: Path, processes: int) -> int:
    parts = [(name, start, min(PART, households - start), seed, out) for start in range(0, households, PART)]
    if processes == 1:
        return sum(itertools.starmap(part_of, parts))
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return sum(pool.starmap(part_of, parts, chunksize=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=PART)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pack", action="append")
    parser.add_argument("--out", type=Path, default=Path("disagreements"))
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    failed = 0
    for name in given.pack or shipped_packs():
        pack, began = load_pack(name), time.perf_counter()
        found = run(name, given.households, given.seed, given.out, given.processes)
        failed += found
        took = time.perf_counter() - began
        print(
            f"{name}: {given.households} households, {len(pack.decisions)} decisions, {found} disagreements, {took:.0f} s",
            flush=True,
        )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
