"""Running a plan on a population: no joins and no groups.

The rows of a frame come in the order of the frame around it. So a column of that one is brought in by row number, and a
sum over the items of each of its rows is the difference of one running sum at two places; several counts share one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import polars as pl

from policy_engine.errors import FactsError, problem_of
from policy_engine.population.lists import MOST_ITEMS
from policy_engine.population.masks import MOST_BITS, flags_mask
from policy_engine.population.plan import Frame, Plan, Step
from policy_engine.population.tables import ROOT, Population

__all__ = ["execute"]


class _Run:
    """Frames as far as they are computed. `ends`: for each row around a frame, the place after its last item."""

    def __init__(self, plan: Plan, population: Population) -> None:
        self.plan = plan
        self.population = population
        self.frames: dict[str, pl.DataFrame] = {}
        self.ends: dict[str, pl.Series] = {}
        self.alike: dict[str, list[pl.Series]] = {}

    def make(self, frame: Frame) -> None:
        getattr(self, f"_{frame.made}")(frame)

    def link(self, frame: str, around: str) -> pl.Series:
        """For each row of a frame the number of its row in a frame that it is made from."""
        if _link(around) not in self.frames[frame].columns:
            rows = _repeated(_counts(self.ends[frame])).alias(_link(around))
            self.frames[frame] = self.frames[frame].with_columns(rows)
        return self.frames[frame][_link(around)]

    def same(self, frame: str) -> list[pl.Series]:
        """Does the row 1, 2, 4, … places on belong to the same list? As far as the longest list reaches."""
        if frame not in self.alike:
            ends = self.ends[frame]
            counts = _counts(ends)
            same = pl.Series([True], dtype=pl.Boolean).new_from_index(0, self.frames[frame].height)
            same, reach, found = same.scatter(ends.filter(counts > 0) - 1, values=False), 1, []
            while reach < int(counts.max() or 0):  # type: ignore[arg-type]
                found.append(same)
                same, reach = same & same.shift(-reach, fill_value=False), reach * 2
            self.alike[frame] = found
        return self.alike[frame]

    def _table(self, frame: Frame) -> None:
        table = self.population.tables[frame.name].rows
        rows = table.select(column for column in table.columns if (frame.name, column) in self.plan.inputs)
        for column in [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.List)]:
            self._limited(frame.name, column, rows[column].list.len())
        if not rows.columns:
            rows = pl.DataFrame(height=table.height)
        if frame.name != ROOT:
            counts = self.population.counts(frame.name)
            self._limited(self.population.above(frame.name), frame.name, counts)
            self.ends[frame.name] = counts.cum_sum()
        self.frames[frame.name] = rows

    def _limited(self, table: str, column: str, counts: pl.Series) -> None:
        """No list of a row is longer than what the widths of sums are proved for."""
        longest: Any = counts.max() or 0
        if longest > MOST_ITEMS:
            place = f"{table or self.population.subject + 's'}!{column}:{self.population.owner(table, counts.arg_max() or 0)}"
            found = {"fact": column, "found": longest, "limit": MOST_ITEMS}
            raise FactsError([problem_of("population.too_many_items", None, found, where=place)])

    def _cells(self, frame: Frame) -> None:
        lists = self.frames[frame.around][frame.column]
        counts = lists.list.len().fill_null(0).cast(pl.Int64)
        items = lists.filter(counts > 0).explode()
        self.frames[frame.name] = pl.DataFrame({"item": items})
        self.ends[frame.name] = counts.cum_sum()

    def _pairs(self, frame: Frame) -> None:
        place = self.frames[frame.around][frame.column]
        ends = self.ends[frame.items]
        counts = _counts(ends)
        spans = pl.DataFrame({"end": ends.gather(place), "many": counts.gather(place)})
        items = spans.select(pl.int_ranges(pl.col("end") - pl.col("many"), "end")).to_series()
        many = spans["many"]
        self.frames[frame.name] = pl.DataFrame(
            {_link(frame.around): _repeated(many), _link(frame.items): items.filter(many > 0).explode().cast(pl.Int64)}
        )
        self.ends[frame.name] = many.cum_sum()

    # ---- steps

    def computed(self, frame: str, steps: Iterable[Step]) -> None:
        """One query for all columns of a stage: some stand on others."""
        query = self.frames[frame].lazy()
        for _, level in groupby(sorted(steps, key=lambda step: step.depth), lambda step: step.depth):
            query = query.with_columns(step.expression.alias(step.name) for step in level)
        self.frames[frame] = query.collect(optimizations=pl.QueryOptFlags.none())

    def taken(self, frame: str, of: str, steps: list[Step]) -> None:
        place = pl.lit(self.link(frame, of))
        found = self.frames[of].select(step.expression.gather(place).alias(step.name) for step in steps)
        self.frames[frame] = self.frames[frame].hstack(found)

    def summed(self, frame: str, of: str, steps: list[Step]) -> None:
        numbers = {step.name: step.expression.cast(pl.Int64) for step in steps}
        self.frames[frame] = self.frames[frame].hstack(self._over(of, numbers))

    def sized(self, frame: str, of: str, steps: list[Step]) -> None:
        counts = _counts(self.ends[of])
        self.frames[frame] = self.frames[frame].with_columns(counts.alias(step.name) for step in steps)

    def counted(self, frame: str, of: str, steps: list[Step]) -> None:
        """Counts side by side in one number: each has bits enough for the longest list."""
        longest: Any = _counts(self.ends[of]).max()
        width = max(int(longest or 0).bit_length(), 1)
        packs = _packed(steps, MOST_BITS // width, width)
        sums = self._over(of, {name: word.cast(pl.Int64) for name, (_, word) in packs.items()})
        unpacked = [
            (pl.col(name) // (1 << width * at) % (1 << width)).alias(step.name)
            for name, (pack, _) in packs.items()
            for at, step in enumerate(pack)
        ]
        self.frames[frame] = self.frames[frame].hstack(sums.select(unpacked))

    def some(self, frame: str, of: str, steps: list[Step]) -> None:
        """Eight flags in a byte; each row takes over the bits of the rows after it in its list, twice as many each time."""
        packs = _packed(steps, 8, 1)
        words = self.frames[of].select(word.alias(name) for name, (_, word) in packs.items())
        for doubled, same in enumerate(self.same(of)):
            further = pl.when(pl.lit(same)).then(pl.all().shift(-(1 << doubled))).otherwise(0)
            words = words.select(pl.all() | further)
        first = pl.DataFrame({"end": self.ends[of]}).with_columns(start=pl.col("end").shift(1, fill_value=0))
        first = first.select(pl.when(pl.col("end") > pl.col("start")).then(pl.col("start")))
        firsts = words.select(pl.all().gather(pl.lit(first.to_series())).fill_null(0))
        flags = [
            (pl.col(name) & (1 << at) != 0).alias(step.name)
            for name, (pack, _) in packs.items()
            for at, step in enumerate(pack)
        ]
        self.frames[frame] = self.frames[frame].hstack(firsts.select(flags))

    def _over(self, of: str, numbers: Mapping[str, pl.Expr]) -> pl.DataFrame:
        """The sum of each number over the items of each row around."""
        ends = self.ends[of]
        if not self.frames[of].height:
            zero = pl.Series([0], dtype=pl.Int64).new_from_index(0, ends.len())
            return pl.DataFrame(dict.fromkeys(numbers, zero))
        running = self.frames[of].select(number.cum_sum().alias(name) for name, number in numbers.items())
        last = pl.DataFrame({"end": ends}).select(pl.when(pl.col("end") > 0).then(pl.col("end") - 1)).to_series()
        upto = running.select(pl.all().gather(pl.lit(last)).fill_null(0))
        return upto.select(pl.all() - pl.all().shift(1, fill_value=0))

    def joined(self, frame: str, of: str, steps: list[Step]) -> None:
        rows = self.link(of, frame).alias("row")
        masks = self.frames[of].group_by(rows).agg(step.expression.bitwise_or().alias(step.name) for step in steps)
        every = pl.select(pl.int_range(self.frames[frame].height, dtype=pl.Int64).alias("row"))
        found = every.join(masks, on="row", how="left", maintain_order="left").drop("row")
        self.frames[frame] = self.frames[frame].hstack(found.select(pl.all().fill_null(0)))


def execute(
    plan: Plan, population: Population, given: Iterable[tuple[str, pl.Series]] = (), *, linked: bool = False
) -> dict[str, pl.DataFrame]:
    """All frames with all columns of the plan; `given` are further columns of the tables, each with its table's name.

    `linked`: each with the row numbers of the frames that it is made from.
    """
    run = _Run(plan, population)
    further: dict[str, list[pl.Series]] = {}
    for name, column in given:
        further.setdefault(name, []).append(column)
    for stage, steps in enumerate([*plan.stages, []]):
        for frame in [frame for frame in plan.frames.values() if frame.stage == stage]:
            run.make(frame)
            for link in frame.links if linked else ():
                run.link(frame.name, link)
            if frame.name in further:
                run.frames[frame.name] = run.frames[frame.name].hstack(further[frame.name])
        for (how, name, of), group in groupby(sorted(steps, key=_order), _order):
            if not how:
                run.computed(name, group)
            else:
                getattr(run, how)(name, of, list(group))
    return run.frames


def _packed(steps: list[Step], room: int, apart: int) -> dict[str, tuple[list[Step], pl.Expr]]:
    """Flags side by side in numbers, so many in each: by name the steps and the number."""
    packs = [steps[start : start + room] for start in range(0, len(steps), room)]
    return {
        f"pack{number}": (pack, flags_mask([step.expression for step in pack], apart))
        for number, pack in enumerate(packs)
    }


def _order(step: Step) -> tuple[str, str, str]:
    """Columns of a frame itself come first."""
    return step.how if step.how != "computed" else "", step.frame, step.of


def _link(frame: str) -> str:
    """The column of the row numbers in a frame that this one is made from."""
    return f"@{frame}"


def _repeated(counts: pl.Series) -> pl.Series:
    """The number of each row, as often as it has items."""
    rows = pl.DataFrame({"item": counts}).with_row_index("row").with_columns(item=pl.int_ranges(0, "item"))
    return rows.explode("item", empty_as_null=False)["row"].cast(pl.Int64)


def _counts(ends: pl.Series) -> pl.Series:
    """How many items each list has."""
    return (ends - ends.shift(1, fill_value=0)).rechunk()
