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
from policy_engine.documents.reader import kind_of
from policy_engine.documents.scope import pack_names
from policy_engine.documents.yaml import MapNode, read
from policy_engine.errors import FactsError, PolicyEngineError, Problem, RequestError, problem
from policy_engine.evaluation.context import Context, evaluate
from policy_engine.evaluation.observe import Traced, TraceNode
from policy_engine.evaluation.operations import is_open, unknown_of
from policy_engine.expression.check import check
from policy_engine.expression.parse import parse
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.values import Record, show

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
            return
        if expression is None:
            raise typer.BadParameter(words("给出表达式，或用 --cases", "give an expression, or --cases"))
        if pack is not None and context is not None:
            raise typer.BadParameter(words("--context 不与 --pack 同用", "--context does not go with --pack"))
        if pack is None and facts is not None:
            raise typer.BadParameter(words("--facts 要与 --pack 同用", "--facts needs --pack"))
        raise typer.Exit(_alone(expression, context) if pack is None else _in_pack(expression, pack, facts, on))


def _alone(expression: str, context: Path | None) -> Exit:
    node, value, problems = evaluate(expression, Context(_values(context) if context is not None else Record()))
    if node is None or problems:
        raise PolicyEngineError(problems)
    return _tell(str(node.type), value)


def _values(path: Path) -> Record:
    """The values that a context file gives to names; raises `FactsError` where it holds none."""
    problems: list[Problem] = []
    text = read_text(path, problems)
    documents, found = read(text, str(path)) if text is not None else ((), ())
    problems += found
    if len(documents) > 1:
        problems.append(problem("pack.several_documents", documents[1].span))
    node = documents[0] if documents else None
    if node is not None and not isinstance(node, MapNode):
        problems.append(problem("form.wrong_kind", node.span, found=kind_of(node), wanted="mapping"))
    if problems:
        raise FactsError(problems)
    values: Record = Record() if node is None else context_of(node)
    return values


def _in_pack(expression: str, name: str, facts: Path | None, on: str | None) -> Exit:
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
    if node is not None:
        node, problems = check(node, pack_names(pack, subject.subject))
    if node is None or problems:
        raise PolicyEngineError(problems)
    run = Traced(pack, subject, day)
    code = _tell(str(node.type), run.value(node, {}))
    written: set[tuple[str, str]] = set()
    for part in run.noted:
        _trace(part, 1, written)
    return code


def _trace(part: TraceNode, depth: int, written: set[tuple[str, str]]) -> None:
    """A line for each thing looked at; a decision that has been written out is only named."""
    again = part.kind == "decision" and (part.text, part.item) in written
    origin = words("见上", "see above") if again else part.origin
    value = "?" if part.value is None else show(part.value)
    print(f"{'  ' * depth}{part.kind} {part.text} = {value}{f'  ({origin})' if origin else ''}")
    if part.kind == "decision":
        written.add((part.text, part.item))
    for child in () if again else part.children:
        _trace(child, depth + 1, written)


def _tell(type_: str, value: Any) -> Exit:
    """Show the value; where it is open, or a list with something open in it, what it waits for."""
    if not is_open(value):
        print(f"{show(value)} : {type_}")
        return Exit.DECIDED
    waits = unknown_of(value)
    report(waits.problems)
    print(f"{show(value) if isinstance(value, tuple) else words('未知', 'unknown')} : {type_}")
    for item in waits.missing:
        print(f"  {words('缺', 'missing')}: {item.path}")
    return Exit.UNDETERMINED


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
