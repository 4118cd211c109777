"""Sides of a comparison timed in turns, so that what else the machine does falls on all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Timed", "in_turns", "table"]


@dataclass(frozen=True, slots=True)
class Timed:
    """The least seconds of several runs, on the clock and of the processor; and the last result."""

    wall: float
    processor: float
    found: Any


def in_turns(sides: Mapping[str, Callable[[], Any]], times: int) -> dict[str, Timed]:
    """Run each side so many times, one after the other, there and back: what ran before leaves memory warm or cold."""
    best: dict[str, Timed] = {}
    for turn in range(times):
        for name, run in list(sides.items())[:: -1 if turn % 2 else 1]:
            began, used = time.perf_counter(), time.process_time()
            found = run()
            wall, processor = time.perf_counter() - began, time.process_time() - used
            known = best.get(name)
            if known is not None:
                wall, processor = min(wall, known.wall), min(processor, known.processor)
            best[name] = Timed(wall, processor, found)
    return {name: best[name] for name in sides}


def table(timed: Mapping[str, Timed], units: Mapping[str, int], ours: str) -> None:
    """Print each side with its rate; `units` is how many each run did. The ratio is our rate to theirs."""
    print(f"{'':<34}{'s':>9}{'CPU s':>9}{'per s':>12}{'ours is':>10}{'by CPU':>9}")
    mine = timed[ours]
    for name, one in timed.items():
        rate = units[name] / one.wall
        ratio = (units[ours] / mine.wall) / rate
        cpu = (units[ours] / mine.processor) / (units[name] / max(one.processor, 1e-9))
        print(f"{name:<34}{one.wall:>9.3f}{one.processor:>9.3f}{rate:>12,.0f}{ratio:>9.2f}x{cpu:>8.2f}x")
