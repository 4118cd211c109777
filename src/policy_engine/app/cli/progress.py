"""How far a long command has come, on standard error: nothing for two seconds, then a bar, or lines where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

__all__ = ["progress"]

QUIET = 2
_BETWEEN_LINES = 10


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Gives a function to be told how many of how many steps are done; the bar shows itself even before the first."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
    task = bar.add_task(title, total=None)
    last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        bar.update(task, completed=done, total=total)
        now = time.monotonic()
        if not console.is_terminal and done != total and now - last >= _BETWEEN_LINES:
            print(f"{title}: {done}/{total}", file=sys.stderr)
            last = now

    shown = Timer(QUIET, bar.start)
    shown.daemon = True
    if console.is_terminal:
        shown.start()
    try:
        yield tell
    finally:
        if console.is_terminal:
            shown.cancel()
            shown.join()
            bar.stop()
