"""Parquet to Parquet: workload W with outcomes only, beside hand-written Polars and reading and writing alone; and blocks.

python benchmarks/files.py --households 1000000
python benchmarks/files.py --large          # 100 thousand, 1 million and 10 million in blocks: time and memory
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from peers import hand_written
from timing import in_turns, table
from workload import ASKED, ON, PACK, data

from policy_engine import Scenario, Settings, load_pack
from policy_engine.app.cli.population_run import Job, write
from policy_engine.population.block import Runner
from policy_engine.population.rowwise import Asked

PART = 250_000


def make(folder: Path, households: int) -> None:
    """The tables in one file each, sorted by household, written part by part."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, households, PART):
        many = min(PART, households - start)
        for name, part in zip(("households", "members"), data(many, seed=1 + start), strict=True):
            rows = part.with_columns(pl.col("household_id") + start)
            rows.write_parquet(folder / f"{name}.{start:09}.part")
    for name in ("households", "members"):
        parts = sorted(folder.glob(f"{name}.*.part"))
        pl.scan_parquet(parts).sink_parquet(folder / f"{name}.parquet", row_group_size=PART)
        for part in parts:
            part.unlink()


def ours(asked: Asked, folder: Path, out: Path, block: int) -> None:
    """What `population decide --only outcomes` does; compiled anew each time."""
    write(Job(Runner(asked, ASKED, only_outcomes=True), folder, block), out, missing=False)


def loaded() -> Asked:
    return Asked(load_pack(str(PACK)), ON, Settings(), Scenario())


def by_hand(folder: Path, out: Path) -> None:
    tables = (pl.scan_parquet(folder / f"{name}.parquet") for name in ("households", "members"))
    hand_written.query(*tables).sink_parquet(out)


def alone(folder: Path, out: Path, answers: pl.DataFrame) -> None:
    """Reads what the others read, and writes what they write."""
    for name in ("households", "members"):
        pl.read_parquet(folder / f"{name}.parquet")
    answers.write_parquet(out)


def compared(out: Path, households: int, times: int) -> None:
    folder = out / "given"
    make(folder, households)
    block = 0 if households <= 1_000_000 else 200_000
    by_hand(folder, out / "hand.parquet")
    answers, asked = pl.read_parquet(out / "hand.parquet"), loaded()
    sides = {
        "pack, outcomes only": lambda: ours(asked, folder, out / "ours.parquet", block),
        "pack, blocks of 200,000": lambda: ours(asked, folder, out / "ours.parquet", 200_000),
        "hand-written Polars, streaming": lambda: by_hand(folder, out / "hand.parquet"),
        "read and write alone": lambda: alone(folder, out / "alone.parquet", answers),
    }
    timed = in_turns(sides, times)
    print(f"Parquet to Parquet, {households:,} households; least of {times} runs in turns")
    table(timed, dict.fromkeys(sides, households), "pack, outcomes only")
    least = min(timed[name].wall for name in list(sides)[:2])
    print(f"ours takes {least / timed['read and write alone'].wall:.2f} times as long as reading and writing alone")


def in_blocks(folder: Path, sizes: list[int]) -> None:
    """Each size in a process of its own; a size ten times as large should take ten times as long."""
    print("in blocks of 200,000: each in a process of its own")
    for households in sizes:
        make(folder / str(households), households)
        call = [sys.executable, __file__, "--alone", str(folder / str(households))]
        found = subprocess.run(call, capture_output=True, text=True, check=True).stdout.split()
        seconds, processor, memory = map(float, found)
        each = seconds / households * 1e6
        print(
            f"{households:>12,} households: {seconds:7.2f} s, {processor:7.2f} CPU s, {each:5.2f} us each, {memory:.0f} MB"
        )
        for file in (folder / str(households)).iterdir():
            file.unlink()


def measured(folder: Path) -> None:
    """Decide the tables of a folder in blocks; print seconds, processor seconds and the most memory, in MB."""
    began, used = time.perf_counter(), time.process_time()
    ours(loaded(), folder, folder.parent / "ours.parquet", 200_000)
    print(time.perf_counter() - began, time.process_time() - used, most_memory())


def most_memory() -> float:
    """The most memory this process has had resident, in MB; `ru_maxrss` would count the parent's too."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=4)
    parser.add_argument("--large", action="store_true", help="10 million households in blocks too")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        measured(given.alone)
        return
    with tempfile.TemporaryDirectory() as folder:
        compared(Path(folder), given.households, given.times)
        in_blocks(Path(folder), [100_000, 1_000_000, *([10_000_000] if given.large else [])])


if __name__ == "__main__":
    main()
