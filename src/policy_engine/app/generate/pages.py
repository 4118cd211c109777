"""Pages of the documentation that are made from the code: the facts, and a page for each problem code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_engine.errors import catalogue
from policy_engine.expression.types import CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.core import CORE
from policy_engine.model.vocabulary import Fact, RecordForm

__all__ = ["facts_page", "problem_pages"]

_INTRO = """\
# Facts

What the documents talk about: the core vocabulary, generated from `src/policy_engine/model/core.py`. A pack adds its own
facts in `vocabulary.yaml`. In a facts file and in an expression a fact is named by its id or by its Chinese label.

A fact that is absent, null, or an empty cell is **unknown**, which is not the same as no, zero or none. An absent list is
unknown; an empty one means none. **J** marks a judgement: it counts only with `by` and `observed_on`. **P** marks personal
facts, **C** those that can change. Amounts are in yuan, for the whole household, with at most two decimals.
"""


def facts_page() -> str:
    """The text of `docs/facts.md`."""
    return _INTRO + "".join("\n" + "\n".join(_form(form)) + "\n" for form in CORE.forms)


def _form(form: RecordForm) -> Iterator[str]:
    yield f"## {form.label.zh} · {form.label.en} (`{form.id}`)"
    yield ""
    yield "| id | 名称 | name | type | marks |"
    yield "|---|---|---|---|---|"
    for fact in form:
        marks = "".join(
            mark for mark, on in zip("JPC", (fact.judgement, fact.personal, fact.changeable), strict=True) if on
        )
        yield f"| `{fact.id}` | {fact.label.zh} | {fact.label.en} | {_kind(fact)} | {marks} |"


def _kind(fact: Fact) -> str:
    text = _type(fact.type)
    if fact.by_year:
        text += ", by year: `this_year`, `last_year`"
    if fact.derived:
        text += f"; else `{fact.derived}`"
    return text


def _type(type_: Type) -> str:
    if isinstance(type_, ListType):
        return f"list of {_type(type_.item)}"
    if isinstance(type_, RecordType):
        return f"[{type_.name}](#{type_.name})"
    if isinstance(type_, CodeType):
        return "code: " + ", ".join(f"`{option.id}` {option.zh}" for option in type_.options)
    if isinstance(type_, NumberType) and str(type_.unit):
        return f"number, {type_.unit}"
    return str(type_)


def problem_pages() -> Iterator[tuple[str, str]]:
    """The page of each problem code, and their index: (file name, text)."""
    codes = [code for code in catalogue() if code != "words"]
    for code in codes:
        yield f"{code}.md", _problem(code)
    rows = "\n".join(f"| [`{code}`]({code}.md) | {_says(code, 'en')} | {_says(code, 'zh')} |" for code in codes)
    listed = "\n".join(codes)
    head = (
        "# Problem codes\n\nCodes are stable; sentences may be improved.\n\n| code | English | 中文 |\n|---|---|---|\n"
    )
    yield "index.md", f"{head}{rows}\n\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"


_BRACES = {"{{": "{", "}}": "}", "{": "‹", "}": "›"}


def _with_blanks(template: str) -> str:
    """The sentence with its blanks as ‹found›."""
    return re.sub(r"\{\{|\}\}|[{}]", lambda match: _BRACES[match.group()], template)


def _says(code: str, language: str) -> str:
    return _with_blanks(catalogue()[code]["says"][language]).replace("|", "\\|")


def _problem(code: str) -> str:
    entry = catalogue()[code]
    lines = [f"# {code}", "", f"> {_says(code, 'en')}", ">", f"> {_says(code, 'zh')}", ""]
    for language, title in (("en", "What to do"), ("zh", "怎么办")):
        text = entry.get("help", {}).get(language, "")
        if text:
            lines += [f"**{title}.** {_with_blanks(text)}", ""]
    room = {
        "expression": "reading an expression",
        "type": "checking an expression's types and units",
        "value": "evaluating: the result is unknown, with this problem",
        "yaml": "reading a YAML file",
        "file": "opening a file",
        "form": "reading a file of a pack, of cases or of settings",
        "pack": "reading a pack",
        "link": "linking a pack",
        "facts": "reading facts",
        "plausible": "checking whether facts are plausible (`facts check`)",
        "scope": "asking whether a pack applies",
        "request": "asking for something by name",
        "settings": "reading settings",
        "scenario": "reading or applying a scenario",
        "case": "running cases",
        "clause": "accounting for the clauses of a document",
        "source": "checking a pack against the official text",
        "lint": "checking a pack for what is likely a mistake",
        "table": "reading a spreadsheet",
        "mapping": "reading a mapping of columns",
        "population": "reading the tables of a population",
        "spark": "deciding a population on Spark",
        "ledger": "using or verifying a ledger",
        "monitor": "monitoring (`policy-engine monitor`)",
        "forward": "comparing with a second engine (`--second-opinion`)",
        "record": "reading or re-performing a record",
    }[code.partition(".")[0]]
    return "\n".join([*lines, f"Reported when {room}.", ""])
