"""The house numbers: sizes of files and functions, names of rooms, imports inside functions."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[1] / "src").rglob("*.py"))
WRITTEN = [path for path in SOURCES if path.name != "typed_facts.py"]
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
LATE_IMPORTS = {
    "__init__.py": "the lazy front door",
    "api.py": "reports need pydantic, which deciding does not",
    "canonical.py": "hashing is for records",
    "errors.py": "sentences are made when shown",
    "read_pack.py": "entry points, for packs of other packages",
}
"""Files below `app/` that import inside a function, and why."""


def functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_file_fits_on_a_few_screens(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_functions_are_short():
    lengths = [length for path in WRITTEN for _, length in functions(path)]
    assert statistics.median(lengths) <= 10
    assert [name for path in WRITTEN for name, length in functions(path) if length > 60] == []


def test_no_room_is_named_for_nothing():
    assert {path.stem for path in SOURCES} & NAMELESS == set()


def test_imports_stand_at_the_top_below_app():
    late = set()
    for path in SOURCES:
        if "app" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(p, (ast.Import, ast.ImportFrom)) for p in ast.walk(node)
            ):
                late.add(path.name)
    assert late <= set(LATE_IMPORTS)


def test_no_float_and_no_clock_in_the_engine():
    for path in SOURCES:
        if "app" in path.parts or path.name in (
            "plain_data.py",
            "direct_facts.py",
            "parameter.py",
        ):  # these take floats apart
            continue
        names = {
            node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)
        }
        assert "float" not in names, path
        attributes = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute)
            and getattr(node.value, "attr", getattr(node.value, "id", "")) in ("date", "datetime", "time")
        }
        assert not attributes & {"now", "today", "utcnow", "monotonic", "perf_counter"}, path


def test_no_file_names_a_folder_of_one_machine():
    """Paths from the root of a disk are those of whoever wrote the file."""
    root = Path(__file__).parents[1]
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False).stdout.decode()
    paths = [root / name for name in tracked.split("\0") if name] or WRITTEN
    roots = re.compile(rb"(?<![\w./-])/(?:" + b"|".join([b"work", b"home", b"root", b"tmp", b"Users"]) + rb")/\w")
    assert [str(path) for path in paths if path.is_file() and roots.search(path.read_bytes())] == []
