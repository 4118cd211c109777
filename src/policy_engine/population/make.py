"""A made-up county: households that hang together, with figures, members, shocks and gaps in what is known.

Nothing in it comes from real households. Distributions, all independent given the household's *means* (a normal number,
0 the middle) and its size:

- size 1 to 6 with .14 .26 .25 .19 .11 .05; income per head log-normal around means (mean of the log 9.35, deviation .5)
- last year's income: this year's times a log-normal change (deviation .18), less after a shock of this year
- lifted from poverty, low income, dibao: likelier the smaller the means
- members: head 35 to 80, spouse near, then children and old people; illness, disability and care grow with age;
  capacity for work follows age, grade and illness
- shocks: none .90; spending and loss log-normal; needs, help received, visits and helpers: one list each, short
- judgements agree with what they are about in nine of ten cases
- `missing` is the share of cells that are not known, each cell by itself; lists are unknown in the same share
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from policy_engine.expression.types import CodeType, ListType, RecordType
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import Fact
from policy_engine.population.chance import chosen, holds, normal, share
from policy_engine.population.tables import records_of

__all__ = ["make_county"]

_SIZES = {"1": 0.14, "2": 0.26, "3": 0.25, "4": 0.19, "5": 0.11, "6": 0.05}
_LISTS = {"shocks": 0.45, "needs": 0.9, "received": 1.1, "visits": 1.5, "helpers": 1.1, "refusals": 0.45}
"""The length of a list is the whole part of an exponential number of this mean."""

_ABOVE = ("province", "prefecture")
"""Places above a county: known only where the area of the pack names them."""

_TEXTS = {
    "county": ("甲县", "乙县", "丙县"),
    "group": ("第1组", "第2组", "第3组", "第4组"),
    "provider": ("村委会", "乡镇政府", "民政部门", "社会组织"),
}
_ANY_TEXT = ("甲", "乙", "丙", "丁")

_TOWNS = ("东乡", "西乡", "南镇", "北镇", "中镇", "山乡", "河镇", "林乡")


def make_county(
    pack: Pack, households: int, seed: int, *, on: datetime.date, missing: Any = 0.06
) -> dict[str, pl.DataFrame]:
    """The tables of a county in the area of the pack, with every fact that the pack's vocabulary knows in its lists.

    The same arguments give the same tables. `on` is the day that the facts describe.
    """
    county = _County(pack, seed, on, missing)
    main = county.households(households)
    tables = {"households": county.gaps("households", main.drop("means", "count"))}
    tables["members"] = county.gaps("members", county.members(main))
    for name, many in _LISTS.items():
        tables[name] = county.gaps(name, county.listed(main, name, many))
    return {
        name: county.with_lists_known(table, tables) if name == "households" else table
        for name, table in tables.items()
    }


class _County:
    def __init__(self, pack: Pack, seed: int, on: datetime.date, missing: Any) -> None:
        self.pack = pack
        self.seed = seed
        self.on = on
        self.missing = missing
        self.vocabulary = pack.vocabulary

    # ---- households

    def households(self, count: int) -> pl.DataFrame:
        seed = self.seed
        rows = pl.select(household_id="H" + (pl.int_range(count) + 1).cast(pl.String).str.zfill(9))
        village = (share("village", seed) * 12 + 1).floor().cast(pl.Int64).cast(pl.String)
        own = {
            "means": normal("means", seed),
            "count": chosen("size", seed, _SIZES).cast(pl.Int64),
            "town": chosen("town", seed, dict.fromkeys(_TOWNS, 1)),
            "village": pl.lit("第") + village + "村",
            "as_of": pl.lit(self.on),
            "by": pl.lit("研判组"),
            "observed_on": pl.lit(self.on),
        }
        place = {
            name: chosen(name, seed, dict.fromkeys(places, 1))
            for name, places in self.pack.area.places
            if self.vocabulary.form("household").find(name) is not None
        }
        rows = rows.with_columns(**(own | place))
        rows = rows.with_columns(household_size=pl.col("count"), grid_id=pl.col("town") + pl.col("village") + "1号网格")
        rows = rows.with_columns(**self.money("finances.*."), **self.money_before("finances.*."))
        rows = rows.with_columns(**self.plain("household", {*rows.columns, *_ABOVE}))
        return rows.with_columns(**self.secure())

    def money(self, path: str) -> dict[str, pl.Expr]:
        """The figures of the year of the date, to the fen."""
        prefix, seed = path.replace("*", str(self.on.year)), self.seed
        each = (9.35 + 0.42 * pl.col("means") + 0.27 * normal("income", seed)).exp()
        income = each * pl.col("count")
        spending = {
            kind: pl.when(holds(f"spends {kind}", seed, part))
            .then((mean + 1.1 * normal(f"spent {kind}", seed)).exp())
            .otherwise(0)
            for kind, part, mean in (
                ("illness", 0.35, 7.6),
                ("disability", 0.12, 7.2),
                ("schooling", 0.3, 7.9),
                ("disaster", 0.05, 8.2),
                ("accident", 0.06, 8.4),
                ("other", 0.2, 6.5),
            )
        }
        figures = {
            "income": income,
            "net_income": income * 0.93,
            "disposable_income": income * 0.9,
            "reimbursed": spending["illness"] * 0.4,
        } | {f"rigid_spending.{kind}": amount for kind, amount in spending.items()}
        return {prefix + name: amount.round(2) for name, amount in figures.items()}

    def money_before(self, path: str) -> dict[str, pl.Expr]:
        """Last year's incomes: of the same households, before this year's changes."""
        prefix, seed = path.replace("*", str(self.on.year - 1)), self.seed
        each = (9.35 + 0.42 * pl.col("means") + 0.27 * normal("income", seed)).exp()
        before = each * pl.col("count") * (0.18 * normal("change", seed) - 0.04).exp()
        return {
            prefix + name: (before * part).round(2)
            for name, part in (("income", 1), ("net_income", 0.93), ("disposable_income", 0.9))
        }

    def secure(self) -> dict[str, pl.Expr]:
        parts = {
            "food": 0.99,
            "clothing": 0.985,
            "compulsory_education": 0.97,
            "basic_medical": 0.94,
            "safe_housing": 0.96,
            "drinking_water": 0.98,
        }
        return {f"secure.{name}": holds(f"secure {name}", self.seed, part) for name, part in parts.items()}

    def plain(self, form: str, known: set[str]) -> dict[str, pl.Expr]:
        """Every other fact of a record, by its type."""
        found: dict[str, pl.Expr] = {}
        for fact in self.vocabulary.form(form):
            if fact.id in known or isinstance(fact.type, RecordType) or records_of(fact) is not None:
                continue
            made = self.value(form, fact)
            if made is not None:
                found[fact.id] = made
        return found

    def value(self, form: str, fact: Fact) -> pl.Expr | None:
        """A value of a fact; the poorer the household, the likelier the signs of need."""
        draw, seed = f"{form}.{fact.id}", self.seed
        if isinstance(fact.type, CodeType):
            return chosen(
                draw, seed, {id_: 6 if id_ in ("none", "A", "full", "ordinary") else 1 for id_ in fact.type.ids}
            )
        if isinstance(fact.type, ListType):
            return self.several(draw, fact.type)
        kinds: Mapping[str, Callable[[], pl.Expr]] = {
            "boolean": lambda: holds(draw, seed, self.likely(form, fact.id)),
            "date": lambda: pl.lit(self.on) - pl.duration(days=(share(draw, seed) * 900).floor().cast(pl.Int64)),
            "text": lambda: chosen(draw, seed, dict.fromkeys(_TEXTS.get(fact.id, _ANY_TEXT), 1)),
        }
        kind = kinds.get(str(fact.type))
        if kind is not None:
            return kind()
        unit = str(getattr(fact.type, "unit", ""))
        if "CNY" in unit:
            return (7 + normal(draw, seed)).exp().round(2)
        return (share(draw, seed) * 5 + 1).floor().cast(pl.Int64)

    def several(self, draw: str, type_: ListType) -> pl.Expr | None:
        """None, one or two values of a list."""
        if not isinstance(type_.item, CodeType):
            if str(type_.item) != "date":
                return None
            day = pl.lit(self.on) - pl.duration(days=(share(draw, self.seed) * 700).floor().cast(pl.Int64))
            return pl.concat_list(day)
        one, two = (chosen(f"{draw} {place}", self.seed, dict.fromkeys(type_.item.ids, 1)) for place in "ab")
        part = 0.07 if draw.startswith("member.health") else 0.35
        some, more = holds(f"{draw} some", self.seed, part), holds(f"{draw} more", self.seed, 0.3)
        empty = pl.lit([], pl.List(pl.String))
        return (
            pl.when(some & more)
            .then(pl.concat_list(one, two).list.unique(maintain_order=True))
            .when(some)
            .then(pl.concat_list(one))
            .otherwise(empty)
        )

    def likely(self, form: str, fact: str) -> pl.Expr:
        if form != "household":
            return pl.lit(0.6 if fact in ("in_school", "settled", "able", "at_home", "serving") else 0.25)
        poor = 1 / (1 + (1.2 * pl.col("means") + 1.6).exp())
        signs = (
            "lifted",
            "low_income",
            "monitored",
            "risk",
            "hardship",
            "difficult",
            "poor",
            "recognised",
            "applied",
            "problem",
            "sudden",
        )
        return poor if any(sign in fact for sign in signs) else pl.lit(0.45)

    # ---- lists

    def members(self, main: pl.DataFrame) -> pl.DataFrame:
        seed = self.seed
        rows = main.select("household_id", pl.int_ranges(1, pl.col("count") + 1).alias("number")).explode("number")
        rows = rows.with_columns(
            member_id=pl.col("household_id") + "-" + pl.col("number").cast(pl.String), draw=share("age", seed)
        )
        first, second, third = (pl.col("number") == place for place in (1, 2, 3))
        draw = pl.col("draw")
        age = (
            pl.when(first)
            .then(35 + draw * 45)
            .when(second)
            .then(33 + draw * 45)
            .when(third)
            .then(draw * 26)
            .otherwise(draw * 88)
        )
        rows = rows.with_columns(age=age.floor().cast(pl.Int64))
        old = pl.col("age") >= 70
        rows = rows.with_columns(
            birth_date=pl.lit(self.on)
            - pl.duration(days=pl.col("age") * 365 + (share("birthday", seed) * 365).floor().cast(pl.Int64)),
            disability_grade=chosen("grade", seed, {"1": 0.015, "2": 0.02, "3": 0.02, "4": 0.015, "none": 0.93}),
            relation=pl.when(first)
            .then(pl.lit("户主"))
            .when(second)
            .then(pl.lit("配偶"))
            .when(third | (pl.col("age") < 35))
            .then(pl.lit("子女"))
            .otherwise(pl.when(pl.col("age") >= 60).then(pl.lit("父母")).otherwise(pl.lit("其他亲属"))),
            in_school=pl.when(pl.col("age").is_between(6, 15))
            .then(holds("school", seed, 0.97))
            .otherwise(pl.col("age").is_between(3, 19) & holds("school", seed, 0.7)),
            self_care=pl.when(old & holds("care", seed, 0.14)).then(pl.lit("none")).otherwise(pl.lit("full")),
            labour=pl.when(pl.col("age") < 16)
            .then(pl.lit("none"))
            .when(old)
            .then(chosen("old labour", seed, {"weak": 0.3, "lost": 0.5, "none": 0.2}))
            .otherwise(
                chosen("labour", seed, {"skilled": 0.15, "ordinary": 0.65, "weak": 0.12, "lost": 0.06, "none": 0.02})
            ),
        )
        rows = rows.with_columns(by=pl.lit("研判组"), observed_on=pl.lit(self.on))
        return rows.with_columns(**self.plain("member", set(rows.columns))).drop("number", "draw", "age")

    def listed(self, main: pl.DataFrame, name: str, many: Any) -> pl.DataFrame:
        """The rows of a list: as many as a share of the households, none or a few each."""
        fact = self.vocabulary.form("household").find(name)
        assert fact is not None
        record = records_of(fact)
        assert record is not None
        count = (-(1 - share(f"{name} many", self.seed)).log() * many).floor().cast(pl.Int64).clip(0, 5)
        rows = main.select("household_id", count.alias("many")).filter(pl.col("many") > 0)
        rows = rows.select("household_id", pl.int_ranges(1, pl.col("many") + 1).alias("number")).explode("number")
        own = f"{record.name}_id"
        if self.vocabulary.form(record.name).find(own) is not None:
            rows = rows.with_columns(
                (pl.col("household_id") + f"-{name[0]}" + pl.col("number").cast(pl.String)).alias(own)
            )
        if name == "refusals":
            rows = rows.with_columns(member_id=pl.col("household_id") + "-" + pl.col("number").cast(pl.String))
        rows = rows.with_columns(by=pl.lit("研判组"), observed_on=pl.lit(self.on))
        return rows.with_columns(**self.plain(record.name, set(rows.columns))).drop("number")

    def with_lists_known(self, main: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """Which lists are said complete: those with rows, and most of the others."""
        known: dict[str, pl.Expr] = {}
        for name, table in tables.items():
            if name != "households":
                rows = pl.col("household_id").is_in(table["household_id"].unique().implode())
                stated = holds(f"{name} complete", self.seed, 1 - 2 * self.missing)
                known[f"{name}.complete"] = pl.when(rows | (stated & pl.lit(name != "members"))).then(
                    pl.lit(value=True)
                )
        return main.with_columns(**known)

    def gaps(self, name: str, table: pl.DataFrame) -> pl.DataFrame:
        """The table with some cells not known."""
        kept = {"household_id", "by", "observed_on", "as_of", "town", *(place for place, _ in self.pack.area.places)}
        kept |= {column for column in table.columns if column.endswith("_id") and name != "refusals"}
        return table.with_columns(
            pl.when(~holds(f"{name}.{column} missing", self.seed, self.missing)).then(pl.col(column)).alias(column)
            for column in table.columns
            if column not in kept
        )
