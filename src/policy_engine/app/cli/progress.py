"""How far a long command has come, on standard error: nothing for two seconds, then a bar, or lines where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

__all__ = ["progress"]

_QUIET = 2
_BETWEEN_LINES = 10


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Gives a function to be told how many of how many steps are done."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(title, total=None)
    start = last = time.monotonic()
    shown = False

    def tell(done: int, total: int) -> None:
        nonlocal shown, last
        bar.update(task, completed=done, total=total)
        now = time.monotonic()
        if now - start < _QUIET or done == total:
            return
        if console.is_terminal and not shown:
            bar.start()
            shown = True
        elif not console.is_terminal and now - last >= _BETWEEN_LINES:
            print(f"{title}: {done}/{total}", file=sys.stderr)
            last = now

    try:
        yield tell
    finally:
        if shown:
            bar.stop()
