"""The skeleton of a new pack: three files and a case, which check and test clean as they stand."""

from __future__ import annotations

from pathlib import Path

from policy_engine.documents.scope import good_id
from policy_engine.errors import Problem, problem

__all__ = ["write_pack"]

_FILES = {
    "pack.yaml": """\
# The document: title, where and when it applies, its clauses. Run: policy-engine pack check {name}
pack: {name}
version: 0.1.0
format: 1
language: 1
title: {{zh: 某县困难农户帮扶办法, en: Help for households in difficulty}}
number: 示例〔2030〕1号
issuer: 某县农业农村局
issued: 2030-03-01
in_force:
  from: 2030-03-01
  why: {{zh: 文件未写施行日期，自印发之日起施行。, en: The document states no date; read as in force from the day of issue.}}
area: {{county: 某县}}
answers: [help]
clauses:
  "1": {{about: {{zh: 帮扶对象, en: Who is helped}}}}
""",
    "parameters.yaml": """\
# Figures of the document, each with its clause. A year that is not listed is not stated: the answer stays open.
help_line:
  label: {{zh: 帮扶线, en: Help line}}
  unit: CNY/person
  values: {{2030: 9000}}
  cites: [{{clause: "1", words: 人均收入9000元}}]
""",
    "rules/1-who.yaml": """\
# Decisions: one expression (is), or a table of rules (hit, outcomes, rules). Facts may be named by id or by label.
below_line:
  label: {{zh: 低于帮扶线, en: Below the help line}}
  is: this_year.income_per_head < help_line
  cites: [{{clause: "1", words: 人均收入9000元}}]

help:
  label: {{zh: 帮扶, en: Help}}
  outcomes:
    regular: {{zh: 常规帮扶, en: Regular help}}
    none: {{zh: 不在范围, en: Outside the range}}
  hit: first
  rules:
    - {{id: below, when: below_line, then: regular, force: shall, cites: ["1"]}}
  otherwise: {{then: none, cites: ["1"]}}
""",
    "cases/line.yaml": """\
# Worked households with the answers expected of them. Run: policy-engine pack test {name}
case: {{zh: 恰在帮扶线上, en: Exactly on the line}}
on: 2030-06-01
facts: {{county: 某县, household_size: 3, finances: {{2030: {{income: 27000}}}}}}
expect: {{help: none, because: [below_line]}}
---
case: {{zh: 线下一分, en: A fen below the line}}
on: 2030-06-01
facts: {{county: 某县, household_size: 3, finances: {{2030: {{income: 26999.99}}}}}}
expect: {{help: regular}}
---
case: {{zh: 不知收入, en: Income not known}}
on: 2030-06-01
facts: {{county: 某县, household_size: 3}}
expect: {{help: {{possible: [regular, none], missing: [this_year.income]}}}}
""",
    "NOTES.md": """\
# {name}

Readings chosen and why, what is not stated, open questions to the issuing office; each dated.
""",
}


def write_pack(folder: Path) -> tuple[Problem, ...]:
    """Write the skeleton; a folder that exists, or a name that is no id, is refused."""
    name = folder.name
    if not good_id(name):
        return (problem("pack.bad_name", where=str(folder), found=name),)
    if folder.exists():
        return (problem("file.exists", where=str(folder), path=folder),)
    for file, text in _FILES.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name), encoding="utf-8")
    return ()
