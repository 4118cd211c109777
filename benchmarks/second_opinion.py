"""Does the second opinion agree on a made-up county, and does memory stay flat? One process, one household after another.

python benchmarks/second_opinion.py --households 5000
python benchmarks/second_opinion.py --households 200000 --pack xuanzhou_2021
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator

from agreement import day_of

from policy_engine import Pack, load_pack
from policy_engine.decision.request import Request
from policy_engine.documents.read_pack import shipped_packs
from policy_engine.errors import DisagreementError
from policy_engine.forward.second_opinion import SecondOpinion
from policy_engine.model.facts import Facts
from policy_engine.population.conform import conform
from policy_engine.population.make import make_county
from policy_engine.population.rows import each_facts

PART = 1000
"""Households made at a time."""


def subjects(pack: Pack, households: int, seed: int) -> Iterator[Facts]:
    for start in range(0, households, PART):
        tables = make_county(pack, min(PART, households - start), seed + start, on=day_of(pack))
        population, _ = conform(tables, pack.vocabulary)
        yield from each_facts(population, pack.vocabulary)


def resident() -> int:
    """Mebibytes that the process holds at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(pack: Pack, households: int, seed: int) -> int:
    second, request = SecondOpinion(pack), Request(day_of(pack), ranked=False)
    began, tables, disagreements, after_a_tenth = time.perf_counter(), 0, 0, 0
    for number, facts in enumerate(subjects(pack, households, seed)):
        if number == households // 10:
            after_a_tenth = resident()
        try:
            tables += second.on(request.decide(pack, facts), facts, request).tables
        except DisagreementError as error:
            disagreements += 1
            print(f"{pack.id} {facts.id}: {error}")
    rate, grown = households / (time.perf_counter() - began), resident() - after_a_tenth
    print(
        f"{pack.id}: {households} households, {tables} tables, {disagreements} disagreements, {rate:.0f} households/s, "
        f"{resident()} MiB at most, {grown} MiB more than after the first tenth",
        flush=True,
    )
    return disagreements


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pack", action="append")
    given = parser.parse_args()
    found = sum(run(load_pack(name), given.households, given.seed) for name in given.pack or shipped_packs())
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
