"""Progress of long commands: on a terminal alone, after two seconds, on standard error."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

SLOW = """
import time
from policy_engine.app.cli import progress
progress.QUIET = {quiet}
with progress.progress("working") as tell:
    time.sleep(0.5)
    tell(1, 2)
    time.sleep(0.5)
print("done")
"""


def seen(quiet, *, terminal):
    """What stands on standard error, of a terminal or not."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    ran = subprocess.Popen(
        [sys.executable, "-c", SLOW.format(quiet=quiet)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    told = b""
    try:
        while part := os.read(ours, 4096):
            told += part
    except OSError:  # a terminal that is closed
        pass
    os.close(ours)
    out, _ = ran.communicate(timeout=20)
    assert ran.returncode == 0
    assert out == b"done\n"
    return told.decode()


@pytest.mark.parametrize(
    ("quiet", "terminal", "wanted"), [(0.1, True, ["working", "0/?", "1/2"]), (30, True, []), (0.1, False, [])]
)
def test_a_bar_on_a_terminal_after_a_while(quiet, terminal, wanted):
    told = seen(quiet, terminal=terminal)
    assert all(part in told for part in wanted)
    assert bool(told) == bool(wanted)
