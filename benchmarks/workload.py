"""Workload W in memory: compiled from a pack, against hand-written Polars; same data, same run, answers compared.

python benchmarks/workload.py --households 1000000

The hand-written program gives the outcomes alone; ours gives possible outcomes, flags and determining rules as well.
"""

from __future__ import annotations

import argparse
import datetime
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from policy_engine import Scenario, Settings, load_pack
from policy_engine.population.chance import chosen, holds, normal, share
from policy_engine.population.compile import compile_pack
from policy_engine.population.conform import conform
from policy_engine.population.rowwise import Asked
from policy_engine.population.run import answers_of

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


def by_hand(households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The workload as someone would write it in Polars: members grouped and joined, `first` tables as when-then."""
    c = pl.col
    some = (
        members.lazy()
        .group_by("household_id")
        .agg(
            members=pl.len(),
            has_labour=_some(c("able") & c("age").is_between(16, 60)),
            severe=_some(c("grade").is_in(["g1", "g2"])),
            major=_some(c("major_illness")),
            dropout=_some(c("age").is_between(6, 15) & ~c("school")),
        )
    )
    q = households.lazy().join(some, on="household_id", how="left", maintain_order="left")
    income = c("income_1") + c("income_2") + c("income_3") + c("income_4") + c("income_5") + c("income_6") - c("cost")
    rigid = c("illness") + c("disability") + c("schooling") + c("disaster") + c("accident")
    q = q.with_columns(
        income=income,
        rigid=rigid,
        line=pl.when(c("year") == 2020)
        .then(5500)
        .when(c("year") == 2021)
        .then(6000)
        .when(c("year") == 2022)
        .then(6500),
    )
    q = q.with_columns(per_head=c("income") / c("members"))
    q = q.with_columns(
        below_line=c("per_head") < c("line"),
        below_15=c("per_head") < 1.5 * c("line"),
        deep=c("per_head") < 0.5 * c("line"),
        rigid_heavy=c("rigid") > c("last_disposable"),
        slump=c("income") < 0.7 * c("last_income"),
        stable=c("income") >= 1.2 * c("last_income"),
        lacks=~(c("education") & c("medical") & c("housing") & c("water") & c("food") & c("clothing")),
        dis_acc=(c("disaster") > 0) | (c("accident") > 0),
        med_heavy=c("illness") > 0.3 * c("income"),
    )
    q = q.with_columns(
        need=c("lacks") | (c("below_line") & ~c("dibao")),
        hardship=c("rigid_heavy") | c("slump"),
        vulnerable=c("severe") | c("major") | ~c("has_labour"),
    )
    crisis, settled = c("hardship") & c("below_15"), c("stable") & c("has_labour") & ~c("vulnerable")
    measures = {
        "m1": c("below_line") & ~c("dibao"),
        "m2": ~c("medical") | (c("major") & c("med_heavy")),
        "m3": ~c("education") | c("dropout") | (c("schooling") > 5000),
        "m4": ~c("housing"),
        "m5": ~c("water"),
        "m6": c("has_labour") & (c("below_line") | c("slump")),
        "m7": c("severe") & ((c("disability") > 3000) | ~c("has_labour")),
        "m8": c("dis_acc") | (c("short_hardship") & ~(c("food") & c("clothing"))),
    }
    return q.select(
        category=_first(
            [
                (c("was_poor") & (c("below_line") | c("lacks")), 1),
                (c("borderline") & (c("below_line") | c("hardship")), 2),
                (c("hardship") & c("below_line") & (c("short_hardship") | c("lacks")), 3),
            ],
            0,
        ),
        colour=_first([(c("major") & c("rigid_heavy"), 1), (c("dis_acc") & c("slump"), 1), (c("need"), 2)], 3),
        exit=_first(
            [
                (~c("was_poor") & ~c("borderline"), 1),
                (c("below_line") | c("lacks") | crisis, 2),
                (settled, 3),
                (c("dibao") | c("severe") | ((c("members") >= 5) & c("med_heavy")) | c("deep"), 4),
            ],
            5,
        ),
        **measures,
    ).collect()


def _some(holds_: pl.Expr) -> pl.Expr:
    return holds_.any(ignore_nulls=False)


def _first(rules: list[tuple[pl.Expr, int]], otherwise: int) -> pl.Expr:
    """The outcome of the first rule that holds; unknown where an unknown one comes before it."""
    found: Any = pl.lit(otherwise, pl.Int8)
    for condition, outcome in reversed(rules):
        found = pl.when(condition.is_null()).then(None).when(condition).then(pl.lit(outcome, pl.Int8)).otherwise(found)
    return found


def timed(run: Callable[[], Any], times: int) -> tuple[float, float, Any]:
    """Median seconds, processor seconds of the last run, and its result."""
    walls, found = [], None
    for _ in range(times):
        began, used = time.perf_counter(), time.process_time()
        found = run()
        walls.append(time.perf_counter() - began)
        processor = time.process_time() - used
    return statistics.median(walls), processor, found


def compare(answers: pl.DataFrame, outcomes: pl.DataFrame) -> int:
    """Rows that differ: where ours is determined theirs is the same, unless an open rule came before (then theirs is open)."""
    different = 0
    for name in ("category", "colour", "exit"):
        possible, holds_ = answers[f"{name}/possible"], answers[f"{name}/holds"]
        live = answers[f"{name}/live"]
        ours = pl.DataFrame({"possible": possible, "live": live, "holds": holds_, "theirs": outcomes[name]})
        codes = {1 << place: code for place, code in enumerate(range(4) if name != "exit" else range(1, 6))}
        if name == "colour":
            codes = {1: 1, 2: 2, 4: 3}
        first = ours.filter(pl.col("live") == pl.col("holds")).with_columns(
            ours=pl.col("possible").replace_strict(codes, default=None, return_dtype=pl.Int8)
        )
        different += first.filter(pl.col("ours").ne_missing(pl.col("theirs"))).height
        different += ours.filter((pl.col("live") != pl.col("holds")) & pl.col("theirs").is_not_null()).height
    for place in range(8):
        certain, possible = (answers[f"measures/{part}"] & (1 << place) != 0 for part in ("certain", "possible"))
        truth = outcomes[f"m{place + 1}"]
        different += int(
            (
                truth.ne_missing(
                    pl.select(
                        pl.when(certain).then(pl.lit(value=True)).when(~possible).then(pl.lit(value=False))
                    ).to_series()
                )
            ).sum()
        )
    return different


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    households, members = data(given.households)
    pack = load_pack(str(PACK))
    population, _ = conform({"households": households, "members": members}, pack.vocabulary)
    asked = Asked(pack, ON, Settings(), Scenario())
    compiled = compile_pack(asked, population, ASKED)
    assert not compiled.by_row, compiled.by_row
    outcomes = by_hand(households, members)
    ours, our_cpu, answers = timed(lambda: answers_of(asked, population, compiled), given.times)
    theirs, their_cpu, _ = timed(lambda: by_hand(households, members), given.times)
    print(
        f"{given.households} households, {members.height} members; {compare(answers.tables[''], outcomes)} answers differ"
    )
    sides = ("hand-written Polars, outcomes", theirs, their_cpu), ("pack in columns, in full", ours, our_cpu)
    for title, wall, cpu in sides:
        print(f"{title}: {wall:.2f} s ({cpu:.2f} s of processor), {given.households / wall / 1e6:.2f} million/s")
    print(f"ratio: {theirs / ours:.2f} (processor {their_cpu / our_cpu:.2f})")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
