"""The shipped packs on made-up counties, in memory: every decision about households, in full and outcomes only.

python benchmarks/packs.py --households 1000000

A county of 100,000 is made and repeated, as making one takes longer than deciding it.
"""

from __future__ import annotations

import argparse
import datetime
import resource

import polars as pl
from agreement import day_of
from timing import in_turns, table

from policy_engine import Pack, Scenario, Settings, load_pack
from policy_engine.documents.read_pack import shipped_packs
from policy_engine.population.compile import compile_pack
from policy_engine.population.conform import conform
from policy_engine.population.make import make_county
from policy_engine.population.rowwise import Asked
from policy_engine.population.run import answers_of
from policy_engine.population.tables import ROOT, Population, Table

MADE = 100_000


def county(pack: Pack, households: int, on: datetime.date) -> Population:
    population, _ = conform(make_county(pack, min(households, MADE), 1, on=on), pack.vocabulary)
    times = -(-households // MADE)
    tables = {
        name: Table(table_.form, pl.concat([table_.rows] * times).rechunk(), table_.scales)
        for name, table_ in population.tables.items()
    }
    return Population(population.subject, tables)


def run(pack: Pack, households: int, times: int) -> None:
    on = day_of(pack)
    population = county(pack, households, on)
    asked = Asked(pack, on, Settings(), Scenario())
    wanted = [id_ for id_, decision in pack.decisions.items() if decision.about == "household"]
    left = compile_pack(asked, population, wanted).by_row
    wanted = [id_ for id_ in wanted if id_ not in left]
    plans = {only: compile_pack(asked, population, wanted, only_outcomes=only) for only in (False, True)}
    sides = {
        "in full": lambda: answers_of(asked, population, plans[False]),
        "outcomes only": lambda: answers_of(asked, population, plans[True]),
    }
    rows = {name: table_.rows.height for name, table_ in population.tables.items() if name != ROOT}
    lists = ", ".join(f"{many:,} {name}" for name, many in rows.items())
    print(f"\n{pack.id}: {len(wanted)} decisions; {len(population):,} households, {lists}")
    for id_, reason in left.items():
        print(f"left out, as it is answered row by row: {id_} ({reason})")
    table(in_turns(sides, times), dict.fromkeys(sides, len(population)), "in full")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=4)
    parser.add_argument("--pack", action="append")
    given = parser.parse_args()
    for name in given.pack or shipped_packs():
        run(load_pack(name), given.households, given.times)
    print(f"memory of this process at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
