"""What the pages tell is what the program says: every command is run, in order, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STORY = "## A household over fourteen months"


def commands(text):
    """The commands of the console blocks, each with the output that follows it."""
    found = []
    for block in text.split("```console\n")[1:]:
        for part in ("\n" + block.partition("```")[0]).split("\n$ ")[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output.rstrip("\n")))
    return found


DRIVER = """
import json, shlex, sys
from typer.testing import CliRunner
from policy_engine.app.cli import progress
from policy_engine.app.cli.main import app

progress._BETWEEN_LINES = float("inf")  # how far a slow machine has come is no part of the story
for command in json.load(sys.stdin):
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    said = [part.rstrip("\\n") for part in (done.stdout, done.stderr) if part]
    print(json.dumps("\\n".join(said)))
"""
"""All commands in one process, so that the interpreter starts once."""


@pytest.mark.parametrize(("page", "part", "least"), [("tour.md", STORY, 20), ("scenarios.md", "", 5)])
def test_pages_tell_it_as_it_is(tmp_path, page, part, least):
    story = commands((ROOT / "docs" / page).read_text(encoding="utf-8").partition(part or "\n")[2])
    assert len(story) > least
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps([command for command, _ in story]),
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        check=True,
        encoding="utf-8",
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    for (command, output), found in zip(story, said, strict=True):
        assert found == output, command
