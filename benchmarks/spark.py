"""Deciding on Spark, warm, against an identity `mapInArrow` over the same data: what the pack costs beside moving rows.

python benchmarks/spark.py --households 1000000
python benchmarks/spark.py --households 100000 --pack xuanzhou_2021

Both read the same Parquet files, hand every row with its nested lists to a Python worker, and throw the result away. The
identity gives back all columns, deciding gives back the answers. `check`, which reads every household beforehand, and
this process without Spark are timed beside them.
"""

from __future__ import annotations

import argparse
import os
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


def processor() -> float:
    """Seconds of processor of this process and of all that it started: Java and the Python workers."""
    parents, used = {}, {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        number = int(entry.parent.name)
        parents[number], used[number] = int(fields[1]), sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    while more := {number for number, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used[number] for number in ours) / os.sysconf("SC_CLK_TCK")


def timed(runs: Mapping[str, Callable[[], object]], times: int) -> dict[str, tuple[float, float]]:
    """The medians of time and of processor, taken in turns after one that warms up: what else runs falls on all alike."""
    taken: dict[str, list[tuple[float, float]]] = {title: [] for title in runs}
    for _ in range(times + 1):
        for title, run in runs.items():
            start = time.perf_counter(), processor()
            run()
            taken[title].append((time.perf_counter() - start[0], processor() - start[1]))
    return {
        title: (statistics.median(wall for wall, _ in found[1:]), statistics.median(cpu for _, cpu in found[1:]))
        for title, found in taken.items()
    }


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

        runner = question.runner()
        runs = {
            "identity mapInArrow": thrown_away(lambda: plain.mapInArrow(lambda batches: batches, plain.schema)),
            "decide": thrown_away(lambda: decide(frame, question)),
            "check": lambda: check(frame, question),
            "without Spark, in memory": lambda: runner.written(
                runner.decide(runner.read({"households": whole})[0]), missing=False
            ),
        }
        found = timed(runs, given.times)
        spark.stop()
    for title, (wall, cpu) in found.items():
        print(
            f"{title}: {wall:.2f} s ({cpu:.2f} s of processor), {given.households / wall / 1000:.0f} thousand a second"
        )
    decided, moved = found["decide"], found["identity mapInArrow"]
    print(f"ratio of decide to the identity: {decided[0] / moved[0]:.2f} (processor {decided[1] / moved[1]:.2f})")


if __name__ == "__main__":
    main()
