"""Deciding on Spark, warm, against an identity `mapInArrow` over the same data: what the pack costs beside moving rows.

python benchmarks/spark.py --households 1000000
python benchmarks/spark.py --households 100000 --pack xuanzhou_2021

Both read the same Parquet files, hand every row with its nested lists to a Python worker, and throw the result away. The
identity gives back all columns, deciding gives back the answers. `check`, which reads every household beforehand, and
this process without Spark are timed beside them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
from workload import ASKED, ON, PACK, data

from policy_engine import load_pack
from policy_engine.population.make import make_county
from policy_engine.population.spark import BATCH, Question, check, decide, session


def nested(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The households with each list as a column of lists."""
    whole = tables["households"]
    for name, rows in tables.items():
        if name != "households":
            item = pl.struct(pl.all().exclude("household_id")).alias(name)
            lists = rows.group_by("household_id", maintain_order=True).agg(item)
            whole = whole.join(lists, on="household_id", how="left", maintain_order="left")
    return whole


def timed(run: Callable[[], object], times: int) -> float:
    """The median of several runs after one that warms up."""
    taken = []
    for _ in range(times + 1):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--pack", default=str(PACK))
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--master", default="local[*]")
    given = parser.parse_args()
    pack = load_pack(given.pack)
    own = given.pack == str(PACK)
    if own:
        households, members = data(given.households)
        tables = {"households": households, "members": members}
    else:
        tables = make_county(pack, given.households, 1, on=ON, missing=0.06)
    question = Question(pack, ON, ASKED if own else (), batch=given.batch)
    with tempfile.TemporaryDirectory() as folder:
        whole = nested(tables)
        size = -(-whole.height // given.parts)
        for part in range(given.parts):
            whole.slice(part * size, size).write_parquet(Path(folder) / f"{part}.parquet")
        spark = session(given.master, **{"spark.driver.memory": "3g"})
        frame = spark.read.parquet(folder)
        plain = frame.toDF(*(f"c{number}" for number in range(len(frame.columns))))

        def thrown_away(run: Callable[[], object]) -> Callable[[], None]:
            return lambda: run().write.format("noop").mode("overwrite").save()

        moved = timed(thrown_away(lambda: plain.mapInArrow(lambda batches: batches, plain.schema)), given.times)
        decided = timed(thrown_away(lambda: decide(frame, question)), given.times)
        checked = timed(lambda: check(frame, question), 1)
        runner = question.runner()
        alone = timed(lambda: runner.written(runner.decide(runner.read({"households": whole})[0]), missing=False), 1)
        spark.stop()
    for title, taken in (
        ("identity mapInArrow", moved),
        ("decide", decided),
        ("check", checked),
        ("without Spark, in memory", alone),
    ):
        print(f"{title}: {taken:.2f} s, {given.households / taken / 1000:.0f} thousand households a second")
    print(f"ratio of decide to the identity: {decided / moved:.2f}")


if __name__ == "__main__":
    main()
