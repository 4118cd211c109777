"""The workload in Polars by hand: members grouped and joined, `first` tables as when-then. Three-valued by its nulls."""

from __future__ import annotations

from typing import Any

import polars as pl

MEASURES = tuple(f"m{number}" for number in range(1, 9))
COLUMNS = ("category", "colour", "exit", *MEASURES)


def query(households: pl.LazyFrame, members: pl.LazyFrame) -> pl.LazyFrame:
    """Outcomes with the code of the household; `category`, `colour`, `exit` as small numbers, measures as truths."""
    c = pl.col
    flags = members.select(
        "household_id",
        has_labour=c("able") & c("age").is_between(16, 60),
        severe=c("grade").is_in(["g1", "g2"]),
        major=c("major_illness"),
        dropout=c("age").is_between(6, 15) & ~c("school"),
    )
    names = ("has_labour", "severe", "major", "dropout")
    some = flags.group_by("household_id").agg(pl.len().alias("members"), c(names).any(ignore_nulls=False))
    q = households.join(some, on="household_id", how="left")
    q = q.with_columns(
        income=c("income_1")
        + c("income_2")
        + c("income_3")
        + c("income_4")
        + c("income_5")
        + c("income_6")
        - c("cost"),
        rigid=c("illness") + c("disability") + c("schooling") + c("disaster") + c("accident"),
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
    return q.select("household_id", **_tables(), **_measures())


def _tables() -> dict[str, pl.Expr]:
    c = pl.col
    crisis, settled = c("hardship") & c("below_15"), c("stable") & c("has_labour") & ~c("vulnerable")
    category = [
        (c("was_poor") & (c("below_line") | c("lacks")), 1),
        (c("borderline") & (c("below_line") | c("hardship")), 2),
        (c("hardship") & c("below_line") & (c("short_hardship") | c("lacks")), 3),
    ]
    colour = [(c("major") & c("rigid_heavy"), 1), (c("dis_acc") & c("slump"), 1), (c("need"), 2)]
    exit_ = [
        (~c("was_poor") & ~c("borderline"), 1),
        (c("below_line") | c("lacks") | crisis, 2),
        (settled, 3),
        (c("dibao") | c("severe") | ((c("members") >= 5) & c("med_heavy")) | c("deep"), 4),
    ]
    return {"category": _first(category, 0), "colour": _first(colour, 3), "exit": _first(exit_, 5)}


def _measures() -> dict[str, pl.Expr]:
    c = pl.col
    return {
        "m1": c("below_line") & ~c("dibao"),
        "m2": ~c("medical") | (c("major") & c("med_heavy")),
        "m3": ~c("education") | c("dropout") | (c("schooling") > 5000),
        "m4": ~c("housing"),
        "m5": ~c("water"),
        "m6": c("has_labour") & (c("below_line") | c("slump")),
        "m7": c("severe") & ((c("disability") > 3000) | ~c("has_labour")),
        "m8": c("dis_acc") | (c("short_hardship") & ~(c("food") & c("clothing"))),
    }


def _first(rules: list[tuple[pl.Expr, int]], otherwise: int) -> pl.Expr:
    """The outcome of the first rule that holds; unknown where an unknown one comes before it."""
    found: Any = pl.lit(otherwise, pl.Int8)
    for condition, outcome in reversed(rules):
        found = pl.when(condition.is_null()).then(None).when(condition).then(pl.lit(outcome, pl.Int8)).otherwise(found)
    return found


def outcomes(households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    return query(households.lazy(), members.lazy()).collect()
