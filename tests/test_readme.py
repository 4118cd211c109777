"""What the READMEs show is what the program says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("file", "lang"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_worked_decision_is_real(file, lang):
    text = (ROOT / file).read_text(encoding="utf-8")
    command = (
        f"policy-engine --lang {lang} decide examples/xuanzhou/undetermined.yaml --pack xuanzhou_2021 -d monitoring"
    )
    assert f"$ {command}\n" in text
    arguments = [sys.executable, "-c", "from policy_engine.app.cli import main; main()", *command.split()[1:]]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(arguments, capture_output=True, cwd=ROOT, env=environment, check=False, encoding="utf-8")
    assert done.returncode == 4
    assert done.stdout.rstrip() in text


@pytest.mark.parametrize("file", ["README.md", "README.zh-CN.md"])
def test_the_example_in_python_runs_and_is_typed(file, tmp_path):
    example = (ROOT / file).read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    names: dict[str, object] = {}
    exec(example, names)
    assert names["decision"]["monitoring"].status == "undetermined"
    (tmp_path / "example.py").write_text(example, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(tmp_path / "example.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_every_link_leads_somewhere():
    for file in ("README.md", "README.zh-CN.md"):
        text = (ROOT / file).read_text(encoding="utf-8")
        links = [part.partition(")")[0] for part in text.split("](")[1:]]
        assert [link for link in links if not link.startswith("http") and not (ROOT / link).exists()] == []
