"""`policy-engine eval`: an expression by itself, for authors; or a file of conformance cases."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from policy_engine.app.cli.exits import Exit, report, told
from policy_engine.app.cli.options import When, day_of, pack_of
from policy_engine.app.cli.words import words
from policy_engine.checking.conformance import OUTCOMES, NotACase, run_cases
from policy_engine.documents.plain_data import context_of
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.documents.read_pack import read_text
from policy_engine.documents.scope import pack_names
from policy_engine.documents.yaml import read
from policy_engine.errors import FactsError, Problem, RequestError, problem
from policy_engine.evaluation.context import Context, evaluate
from policy_engine.evaluation.observe import Traced
from policy_engine.expression.check import check
from policy_engine.expression.parse import parse
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.values import Possibly, Record, Unknown, show

__all__ = ["command"]


def command(
    expression: Annotated[str | None, typer.Argument(help=words("表达式", "the expression"))] = None,
    context: Annotated[
        Path | None,
        typer.Option(
            "--context", help=words("名称的取值（YAML 或 JSON 文件）", "values of names (a YAML or JSON file)")
        ),
    ] = None,
    pack: Annotated[
        str | None, typer.Option("--pack", "-p", help=words("用这个政策包里的名称", "use the names of this pack"))
    ] = None,
    facts: Annotated[Path | None, typer.Option("--facts", help=words("事实文件", "a facts file"))] = None,
    on: When = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            "--cases", help=words("逐行 JSON 的一致性案例", "a file of conformance cases, one JSON object a line")
        ),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help=words("列出未得值的案例", "list the cases without their value"))
    ] = False,
) -> None:
    with told():
        if cases is not None:
            _cases(cases, listed=list_)
        elif expression is None:
            raise typer.BadParameter(words("给出表达式，或用 --cases", "give an expression, or --cases"))
        elif pack is not None:
            _in_pack(expression, pack, facts, on)
        else:
            _alone(expression, context)


def _alone(expression: str, context: Path | None) -> None:
    values = Record()
    if context is not None:
        problems: list[Problem] = []
        text = read_text(context, problems)
        documents, found = read(text, str(context)) if text is not None else ((), ())
        if problems or found:
            raise FactsError((*problems, *found))
        values = context_of(documents[0]) if documents else values
    node, value, problems_ = evaluate(expression, Context(values))
    _tell(str(node.type) if node is not None else "", value, problems_ if isinstance(value, Unknown) else ())


def _in_pack(expression: str, name: str, facts: Path | None, on: str | None) -> None:
    pack = pack_of(name)
    subject = Facts("household", FactRecord({}, "household", ""))
    if facts is not None:
        found, problems = read_facts_file(facts, pack.vocabulary)
        report(problems)
        subject = found[0]
    day = day_of(on) or subject.as_of or pack.in_force.from_
    if day is None:
        raise RequestError([problem("request.no_date")])
    node, problems = parse(expression)
    if node is None:
        raise RequestError(problems)
    node, problems = check(node, pack_names(pack, subject.subject))
    if problems:
        raise RequestError(problems)
    run = Traced(pack, subject, day)
    value = run.value(node, {})
    _tell(str(node.type), value, ())
    for part in run.noted:
        _trace(part, 1)


def _trace(part: Any, depth: int) -> None:
    value = "?" if part.value is None else show(part.value)
    print(f"{'  ' * depth}{part.kind} {part.text} = {value}{f'  ({part.origin})' if part.origin else ''}")
    for child in part.children:
        _trace(child, depth + 1)


def _tell(type_: str, value: Any, problems: tuple[Problem, ...]) -> None:
    if isinstance(value, (Unknown, Possibly)):
        report(dict.fromkeys((*problems, *(value.problems if isinstance(value, Unknown) else ()))))
        missing = [item.path for item in value.missing] if isinstance(value, Unknown) else []
        if problems and not missing:
            raise typer.Exit(Exit.INVALID)
        print(words("未知", "unknown"), f": {type_}")
        for path in missing:
            print(f"  {words('缺', 'missing')}: {path}")
        raise typer.Exit(Exit.UNDETERMINED)
    print(f"{show(value)} : {type_}")


def _cases(path: Path, *, listed: bool) -> None:
    problems: list[Problem] = []
    text = read_text(path, problems)
    if text is None:
        raise FactsError(problems)
    try:
        results = list(run_cases(iter(text.splitlines())))
    except NotACase as error:
        raise FactsError([problem("case.not_a_case", where=str(path), why=error)]) from None
    for wants, title in ((True, words("预期有值", "expecting a value")), (False, words("预期无值", "expecting none"))):
        group = [result for result in results if result.wants_value is wants]
        counts = Counter(result.outcome for result in group)
        line = ", ".join(f"{outcome} {counts[outcome]}" for outcome in OUTCOMES)
        print(f"{title} ({len(group)}): {line}")
        reasons = Counter(result.code for result in group if result.code)
        for code, number in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])):
            print(f"    {code}: {number}")
    for result in results:
        if result.outcome in ("wrong", "rounded"):
            wanted = f"{words('预期', 'expected')} {result.expected}"
            print(f"{result.outcome}: {result.id}: {result.expression} = {result.found}, {wanted}")
        elif listed and result.outcome != "exact":
            print(f"{result.outcome}: {result.id}: {' '.join(result.expression.split())} [{result.code}]")
    if any(result.outcome == "wrong" and result.wants_value for result in results):
        print(words("有错误的值", "there are wrong values"), file=sys.stderr)
        raise typer.Exit(Exit.INVALID)
