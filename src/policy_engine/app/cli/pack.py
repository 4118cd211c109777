"""`policy-engine pack`: look at packs, check and test them, start a new one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from policy_engine.app.cli import pack_clauses, pack_diff
from policy_engine.app.cli.exits import Exit, report, told
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.new_pack import write_pack
from policy_engine.app.record_cases import record_expectations
from policy_engine.app.writing import writing
from policy_engine.checking.accounting import unaccounted
from policy_engine.checking.cases import CaseRun, check_case, read_cases, run_case
from policy_engine.checking.lints import lint
from policy_engine.checking.procedure_cases import (
    ProcedureRun,
    Way,
    check_procedure_case,
    read_procedure_cases,
    run_procedure_case,
    seen_ways,
    ways,
)
from policy_engine.checking.seen import conditions, unseen
from policy_engine.documents.read_pack import check_pack, find_pack, load_pack, shipped_packs
from policy_engine.documents.schema import FILE_KINDS, schema_of
from policy_engine.errors import PackError, Problem
from policy_engine.model.core import CORE
from policy_engine.model.pack import Pack
from policy_engine.report.pack import figures_text, pack_text

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help=words("查看、检查、测试和新建政策包", "look at, check, test and start packs")
)

PackArgument = Annotated[str, typer.Argument(metavar="PACK", help=words("名称或文件夹", "a name or a folder"))]
JsonFlag = Annotated[bool, typer.Option("--json", help=words("输出 JSON", "as JSON"))]


@app.command("list", help=words("列出可用的政策包", "list the packs that can be found"))
def list_(
    *,
    json_: JsonFlag = False,
) -> None:
    rows = []
    with told():
        for name, folder in shipped_packs().items():
            pack, problems = check_pack(folder)
            title = pack.title.in_(LANGUAGE) if pack else words("不能使用", "cannot be used")
            rows.append(
                {"pack": name, "version": pack.version if pack else "", "title": title, "problems": len(problems)}
            )
    if json_:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{row['pack']:<18} {row['version']:<8} {row['title']}")


@app.command("show", help=words("显示文件、参数、解释和决定", "show the document, parameters, readings and decisions"))
def show(
    pack: PackArgument,
    *,
    figures: Annotated[
        bool,
        typer.Option("--figures", help=words("只列数值，注明条款和性质", "only the figures, with clause and kind")),
    ] = False,
) -> None:
    with told():
        loaded = load_pack(pack)
        print(figures_text(loaded, LANGUAGE) if figures else pack_text(loaded, LANGUAGE))


@app.command("check", help=words("检查政策包，一次列出全部问题", "check a pack; all problems in one run"))
def check(pack: PackArgument) -> None:
    with told():
        folder = find_pack(pack)
        loaded, problems = check_pack(folder)
        if loaded is not None:
            problems = (*problems, *unaccounted(loaded), *lint(loaded))
        problems = (*problems, *_of_cases(folder, loaded))
        report(problems)
        count = sum(found.severity == "error" for found in problems)
        if loaded is None or count:
            print(words(f"{count} 个错误", f"{count} errors"))
            raise typer.Exit(Exit.INVALID)
        print(
            words(
                f"{loaded.id} {loaded.version}：没有错误（{len(loaded.decisions)} 个决定，{len(loaded.parameters)} 个参数，"
                f"{len(loaded.readings)} 个解释，{len(loaded.clauses)} 个条款）",
                f"{loaded.id} {loaded.version}: no errors ({len(loaded.decisions)} decisions, "
                f"{len(loaded.parameters)} parameters, {len(loaded.readings)} readings, {len(loaded.clauses)} clauses)",
            )
        )


def _of_cases(folder: Path, pack: Pack | None) -> Iterator[Problem]:
    """What is wrong with the worked cases; their names are compared with those of a pack that can be used."""
    cases, problems = read_cases(folder)
    of_procedures, more = read_procedure_cases(folder)
    yield from (*problems, *more)
    if pack is not None:
        for _, _, case in cases:
            yield from check_case(pack, case)
        for _, _, steps in of_procedures:
            yield from check_procedure_case(pack, steps)


app.command(
    "clauses",
    help=words("逐条列出：什么依据它，或为何搁置", "each clause, and what rests on it or why it is set aside"),
)(pack_clauses.command)
app.command(
    "diff",
    help=words("两个政策包（或同一个的两版）有何不同", "what differs between two packs, or two versions of one"),
)(pack_diff.command)


@app.command(
    "test",
    help=words(
        "运行政策包的案例，并列出没有两面都见过的条件", "run a pack's cases, and name the conditions not seen both ways"
    ),
)
def test(
    pack: PackArgument,
    *,
    update: Annotated[
        bool,
        typer.Option(
            "--update",
            help=words("按现在的结果重录预期，供逐行复核", "re-record what is expected, to be reviewed as a diff"),
        ),
    ] = False,
    json_: JsonFlag = False,
) -> None:
    with told():
        folder = find_pack(pack)
        loaded = load_pack(folder)
        forms, problems = read_cases(folder)
        if problems:
            raise PackError(problems)
        runs = [run_case(loaded, *form) for form in forms]
        failed = [run for run in runs if run.differences]
        of_procedures, problems = read_procedure_cases(folder)
        if problems:
            raise PackError(problems)
        steps = [run_procedure_case(loaded, *form) for form in of_procedures]
        if update:
            changed = record_expectations(failed)
            print(words(f"重录了 {changed} 个案例", f"re-recorded {changed} cases"))
            return
        _tell(loaded, runs, failed, steps, json_=json_)
        if failed or not runs or any(step.differences for step in steps):
            raise typer.Exit(Exit.INVALID)


def _tell(pack: Pack, runs: list[CaseRun], failed: list[CaseRun], steps: list[ProcedureRun], *, json_: bool) -> None:
    unmet = [way for way in ways(pack) if way not in seen_ways(pack, steps)]
    missing = unseen(pack, [trace for run in runs for trace in run.seen])
    total = len(conditions(pack))
    all_runs: list[CaseRun | ProcedureRun] = [*runs, *steps]
    if json_:
        rows = [
            {"file": str(run.file), "case": run.name, "differences": [d.show(LANGUAGE) for d in run.differences]}
            for run in all_runs
        ]
        seen = [
            {"owner": c.owner, "condition": c.text, "not_seen": [str(t).lower() for t in w]} for c, w in missing.items()
        ]
        found = {"cases": rows, "conditions": total, "unseen": seen, "unseen_ways": [f"{w.kind} {w.id}" for w in unmet]}
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for run in (run for run in all_runs if run.differences):
        print(f"✗ {run.file}: {run.name}", flush=True)
        report(run.differences)
    print(
        words(
            f"案例：{len(runs) - len(failed)} 个通过，{len(failed)} 个不符",
            f"cases: {len(runs) - len(failed)} passed, {len(failed)} failed",
        )
    )
    both = total - len(missing)
    print(words(f"条件：{total} 个中有 {both} 个两面都见过", f"conditions: {both} of {total} seen both true and false"))
    for condition, wanting in missing.items():
        kinds = " / ".join(words("真", "true") if truth else words("假", "false") for truth in wanting)
        print(f"    {words('未见', 'not seen')} {kinds}: {condition.owner}: {condition.text}")
    if steps:
        _tell_procedures(pack, steps, unmet)


def _tell_procedures(pack: Pack, steps: list[ProcedureRun], unmet: list[Way]) -> None:
    failed, all_ = sum(1 for step in steps if step.differences), len(ways(pack))
    print(
        words(
            f"程序和职责的案例：{len(steps) - failed} 个通过，{failed} 个不符",
            f"cases of procedures and duties: {len(steps) - failed} passed, {failed} failed",
        )
    )
    print(
        words(
            f"程序和职责的结果、要求、事项、状态：{all_} 个中见过 {all_ - len(unmet)} 个",
            f"results, requirements, particulars and states: {all_ - len(unmet)} of {all_} seen",
        )
    )
    for way in unmet:
        print(f"    {words('未见', 'not seen')}: {way.kind} {way.id}")


@app.command("schema", help=words("各种文件的 JSON Schema", "JSON Schemas of the file kinds"))
def schema(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=" | ".join([*FILE_KINDS, "decision"]))],
    pack: Annotated[
        str | None,
        typer.Option("--pack", "-p", help=words("连同政策包增加的事实", "with the facts that this pack adds")),
    ] = None,
) -> None:
    with told():
        if kind == "decision":
            from policy_engine.record.decision_form import DecisionForm

            found = DecisionForm.model_json_schema()
        elif kind in FILE_KINDS:
            found = schema_of(kind, load_pack(pack).vocabulary if pack else CORE)
        else:
            raise typer.BadParameter(" | ".join([*FILE_KINDS, "decision"]))
        print(json.dumps(found, ensure_ascii=False, indent=2))


@app.command("new", help=words("新建一个可以运行的政策包", "start a new pack that runs"))
def new(
    folder: Annotated[
        Path, typer.Argument(help=words("新文件夹，其名即政策包名", "a new folder; its name is the pack's"))
    ],
) -> None:
    with told():
        with writing(folder):
            problems: tuple[Problem, ...] = write_pack(folder)
        if problems:
            report(problems)
            raise typer.Exit(Exit.USAGE)
        print(words(f"已写好 {folder}。接着：", f"{folder} is written. Next:"))
        print(f"  policy-engine pack check {folder}\n  policy-engine pack test {folder}")
