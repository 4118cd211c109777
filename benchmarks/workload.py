"""Workload W in memory: compiled from a pack, and natively in its peers; same data, same run, answers compared.

python benchmarks/workload.py --households 1000000

Peers that are not installed are left out (`pip install --group bench`). The slow ones get fewer households. Those with two
truth values are compared on the households of which everything is known.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import resource
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from peers.hand_written import COLUMNS, MEASURES
from timing import Timed, in_turns, table

from policy_engine import Scenario, Settings, load_pack
from policy_engine.population.chance import chosen, holds, normal, share
from policy_engine.population.compile import compile_pack
from policy_engine.population.conform import conform
from policy_engine.population.rowwise import Asked
from policy_engine.population.run import PopulationAnswers, answers_of

ON = datetime.date(2021, 9, 1)
PACK = Path(__file__).parent / "workload"
ASKED = ("category", "colour", "exit", "measures")
SIZES = {"1": 0.14, "2": 0.26, "3": 0.25, "4": 0.19, "5": 0.11, "6": 0.05}
SPENDING = {"illness": 0.35, "disability": 0.12, "schooling": 0.3, "disaster": 0.05, "accident": 0.06}
SECURED = {"education": 0.97, "medical": 0.94, "housing": 0.96, "water": 0.98, "food": 0.99, "clothing": 0.985}
FLAGS = {"dibao": 0.08, "was_poor": 0.12, "borderline": 0.15, "short_hardship": 0.1}
GRADES = {"g0": 0.93, "g1": 0.015, "g2": 0.02, "g3": 0.02, "g4": 0.015}


def data(households: int, seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Households and members as the workload describes them; 6% of the cells unknown."""
    count = chosen("size", seed, SIZES).cast(pl.Int64)
    rows = pl.select(household_id=pl.int_range(households)).with_columns(
        count=count, year=2020 + (share("y", seed) * 3).floor().cast(pl.Int64)
    )
    each = (9.1 + 0.55 * normal("each", seed)).exp()
    total = each * pl.col("count")
    parts = {f"income_{n}": (total * weight).round(2) for n, weight in enumerate((0.5, 0.25, 0.15, 0.1, 0.05, 0.05), 1)}
    spent = {
        name: pl.when(holds(name, seed, part)).then((7.5 + normal(name + "!", seed)).exp().round(2)).otherwise(0.0)
        for name, part in SPENDING.items()
    }
    last = (total * (0.2 * normal("last", seed)).exp()).round(2)
    rows = rows.with_columns(
        **parts,
        **spent,
        cost=(total * 0.1).round(2),
        last_disposable=(last * 0.9).round(2),
        last_income=last,
        **{name: holds(name, seed, part) for name, part in (SECURED | FLAGS).items()},
    )
    members = rows.select("household_id", pl.int_ranges(pl.col("count")).alias("n")).explode("n").drop("n")
    members = members.with_columns(
        age=(share("age", seed) * 92).floor().cast(pl.Int64),
        able=holds("able", seed, 0.55),
        grade=chosen("grade", seed, GRADES).cast(pl.Enum(list(GRADES))),
        major_illness=holds("major", seed, 0.04),
        school=holds("school", seed, 0.95),
    )
    return _gaps(rows.drop("count"), seed), _gaps(members, seed)


def _gaps(table: pl.DataFrame, seed: int) -> pl.DataFrame:
    return table.with_columns(
        pl.when(~holds(f"{name} gap", seed, 0.06)).then(pl.col(name)).alias(name)
        for name in table.columns
        if name != "household_id"
    )


def complete(households: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The households of which everything is known, with their members."""
    gaps = members.filter(pl.any_horizontal(pl.all().is_null()))["household_id"]
    whole = households.drop_nulls().filter(~pl.col("household_id").is_in(gaps.implode()))
    return whole, members.filter(pl.col("household_id").is_in(whole["household_id"].implode()))


def first_of(tables: tuple[pl.DataFrame, pl.DataFrame], many: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    households = tables[0].head(many)
    return households, tables[1].filter(pl.col("household_id").is_in(households["household_id"].implode()))


# ---- ours


class Ours:
    """The pack, compiled once for these tables; reading them is not timed, as the peers' tables are in memory too."""

    def __init__(self, tables: tuple[pl.DataFrame, pl.DataFrame], pack: Path = PACK) -> None:
        loaded = load_pack(str(pack))
        self.population, _ = conform({"households": tables[0], "members": tables[1]}, loaded.vocabulary)
        self.asked = Asked(loaded, ON, Settings(), Scenario())
        self.plans = {
            only: compile_pack(self.asked, self.population, ASKED, only_outcomes=only) for only in (True, False)
        }
        assert not self.plans[False].by_row, self.plans[False].by_row

    def run(self, *, only_outcomes: bool) -> PopulationAnswers:
        return answers_of(self.asked, self.population, self.plans[only_outcomes])


def named(answers: PopulationAnswers) -> pl.DataFrame:
    """Our outcomes in the columns of the peers."""
    frame = answers.tables[""]
    firsts = [frame[name].cast(pl.String).str.slice(1).cast(pl.Int8) for name in COLUMNS[:3]]
    bits = {name: 1 << place for place, name in enumerate(MEASURES)}
    certain, possible = pl.col("measures/certain"), pl.col("measures/possible")
    return pl.DataFrame(firsts).hstack(
        frame.select(
            pl.when(certain & bit != 0)
            .then(pl.lit(value=True))
            .when(possible & bit == 0)
            .then(pl.lit(value=False))
            .alias(name)
            for name, bit in bits.items()
        )
    )


def differing(ours: pl.DataFrame, theirs: pl.DataFrame) -> tuple[int, int]:
    """Cells on which both say something else, or only they say something; and cells that only ours determines."""
    wrong = more = 0
    for name in COLUMNS:
        mine, other = ours[name], theirs[name].cast(ours[name].dtype)
        wrong += int((other.is_not_null() & mine.ne_missing(other)).sum())
        more += int((other.is_null() & mine.is_not_null()).sum())
    return wrong, more


# ---- peers: what each needs is made ready; then its run, and how its result is read


Side = tuple[Callable[[], Any], Callable[[Any], pl.DataFrame]]


def hand_written(households: pl.DataFrame, members: pl.DataFrame) -> Side:
    from peers import hand_written as peer

    return lambda: peer.outcomes(households, members), lambda found: found.sort("household_id")


def duckdb(households: pl.DataFrame, members: pl.DataFrame) -> Side:
    from peers import duckdb_sql as peer

    with tempfile.TemporaryDirectory() as folder:
        households.write_parquet(Path(folder) / "households.parquet")
        members.write_parquet(Path(folder) / "members.parquet")
        database = peer.connection(Path(folder))

    def read(_: Any) -> pl.DataFrame:
        with tempfile.TemporaryDirectory() as folder:
            peer.written(database, Path(folder) / "found.parquet")
            return pl.read_parquet(Path(folder) / "found.parquet")

    return lambda: peer.outcomes(database), read


def openfisca(households: pl.DataFrame, members: pl.DataFrame) -> Side:
    from peers import openfisca as peer

    made, inputs = peer.simulation(households, members), peer.columns(households, members)
    return lambda: peer.outcomes(made, inputs, COLUMNS), pl.DataFrame


def zen(households: pl.DataFrame, members: pl.DataFrame) -> Side:
    from peers import zen_rules as peer

    engine, contexts = peer.engine(), peer.contexts(households, members)
    return (
        lambda: [peer.outcome(engine, context, trace=False) for context in contexts],
        lambda found: pl.DataFrame([{name: row[name] for name in COLUMNS} for row in found]),
    )


def durable_rules(households: pl.DataFrame, members: pl.DataFrame) -> Side:
    from peers import durable as peer

    people = members.partition_by("household_id", as_dict=True)
    rows = list(households.iter_rows(named=True))
    each = [people[row["household_id"],].to_dicts() for row in rows]
    return lambda: [peer.outcome(row, some) for row, some in zip(rows, each, strict=True)], pl.DataFrame


PEERS: Mapping[str, tuple[Callable[[pl.DataFrame, pl.DataFrame], Side], str, bool, int]] = {
    "hand-written Polars join": (hand_written, "polars", True, 100_000_000),
    "DuckDB SQL": (duckdb, "duckdb", True, 100_000_000),
    "OpenFisca-Core": (openfisca, "openfisca_core", False, 100_000_000),
    "zen-engine": (zen, "zen", False, 5_000),
    "durable-rules": (durable_rules, "durable", False, 300),
}
"""How each is made, the module it needs, whether it knows the unknown, and how many households it gets at most."""


def installed(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def told(name: str, ours: pl.DataFrame, theirs: pl.DataFrame, households: pl.DataFrame) -> None:
    """Both brought into the order of these households and compared."""
    same = households.select("household_id")
    mine, other = (same.join(found, on="household_id", how="left", maintain_order="left") for found in (ours, theirs))
    wrong, more = differing(mine, other)
    print(f"{name}: {same.height:,} households compared, {wrong} answers differ, {more:,} determined by ours alone")


def made_ready(ready: Mapping[str, float], units: Mapping[str, int], timed: Mapping[str, Timed]) -> None:
    """How long each takes from tables in memory: read in, then run."""
    print(f"\n{'from tables in memory':<34}{'CPU s':>9}{'with run':>10}{'ours is':>10}")
    mine = ready["pack, outcomes only"] + timed["pack, outcomes only"].processor
    for name, took in ready.items():
        whole = (took + timed[name].processor) * units["pack, outcomes only"] / units[name]
        print(f"{name:<34}{took:>9.2f}{whole:>10.2f}{whole / mine:>9.2f}x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=4)
    given = parser.parse_args()
    tables = data(given.households)
    Ours(first_of(tables, 1000))  # what is done once in a process
    began = time.process_time()
    ours = Ours(tables)
    ready = {"pack, outcomes only": time.process_time() - began}
    found = named(ours.run(only_outcomes=True)).with_columns(household_id=tables[0]["household_id"])
    sides: dict[str, Callable[[], Any]] = {
        "pack, outcomes only": lambda: ours.run(only_outcomes=True),
        "pack, in full": lambda: ours.run(only_outcomes=False),
    }
    units = dict.fromkeys(sides, given.households)
    for name, (make, module, unknowns, most) in PEERS.items():
        if not installed(module):
            print(f"{name}: not installed, left out")
            continue
        part = tables if most >= given.households else first_of(complete(*first_of(tables, most * 20)), most)
        began = time.process_time()
        run, read = make(*part)
        ready[name] = time.process_time() - began
        theirs = read(run()).with_columns(household_id=part[0]["household_id"])
        told(name, found, theirs, part[0] if unknowns or part is not tables else complete(*part)[0])
        sides[name], units[name] = run, part[0].height
    timed = in_turns(sides, given.times)
    print(f"\n{given.households:,} households, {tables[1].height:,} members; least of {given.times} runs in turns")
    table(timed, units, "pack, outcomes only")
    hand, full = timed["hand-written Polars join"], timed["pack, in full"]
    print(f"in full, to hand-written Polars: {hand.wall / full.wall:.2f}x (CPU {hand.processor / full.processor:.2f}x)")
    made_ready(ready, units, timed)
    print(f"memory of this process at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
