"""`policy-engine procedure`: the steps that a document orders, as text, as a picture, for workflow systems."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from policy_engine.app.cli.exits import told
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.writing import writing
from policy_engine.documents.read_pack import load_pack
from policy_engine.errors import RequestError, problem
from policy_engine.expression.names import nearest
from policy_engine.model.canonical import plain
from policy_engine.model.pack import Pack
from policy_engine.report.case_data import cites_data
from policy_engine.report.procedure import duty_text, procedure_text

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help=words("文件规定的程序和职责", "the procedures and duties that a document orders")
)

PackArgument = Annotated[str, typer.Argument(metavar="PACK", help=words("名称或文件夹", "a name or a folder"))]
Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID…]", help=words("程序；默认全部", "procedures; by default all"))
]


@app.command("list", help=words("列出程序、职责和反应", "the procedures, duties and reactions of a pack"))
def list_(
    pack: PackArgument,
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help=words("输出格式", "form of the output"))
    ] = "text",
) -> None:
    with told():
        loaded = load_pack(pack)
        if format_ == "json":
            print(json.dumps(_data(loaded), ensure_ascii=False, indent=2))
            return
        for procedure in loaded.procedures.values():
            print(f"{procedure.id:<24} {procedure.label.in_(LANGUAGE)}   {' → '.join(procedure.steps)}")
        for duty in loaded.duties.values():
            print(duty_text(loaded, duty, LANGUAGE))
        if loaded.reactions:
            from policy_engine.report.reaction import reaction_text

            print("\n".join(reaction_text(loaded, reaction, LANGUAGE) for reaction in loaded.reactions.values()))


@app.command(
    "show",
    help=words(
        "程序的每一步，连同条款；--svg 画成图（一个程序）",
        "every step with its clauses; --svg draws one procedure as a picture",
    ),
)
def show(
    pack: PackArgument,
    ids: Ids = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help=words("画成 SVG 图", "draw it as SVG"))
    ] = None,
) -> None:
    with told():
        loaded = load_pack(pack)
        found = _asked(loaded, ids)
        if svg is None:
            print("\n\n\n".join(procedure_text(loaded, loaded.procedure(id_), LANGUAGE) for id_ in found))
            return
        from policy_engine.report.svg import procedure_svg

        _write(svg, procedure_svg(loaded, loaded.procedure(_only(found)), LANGUAGE))


@app.command("export", help=words("导出 BPMN 2.0，供工作流系统运行", "BPMN 2.0, for workflow systems to run"))
def export(
    pack: PackArgument,
    ids: Ids = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=words("文件；默认标准输出", "a file; by default standard output"))
    ] = None,
) -> None:
    with told():
        from policy_engine.report.bpmn import procedure_bpmn

        loaded = load_pack(pack)
        text = procedure_bpmn(loaded, loaded.procedure(_only(_asked(loaded, ids))), LANGUAGE)
        if out is None:
            sys.stdout.write(text)
        else:
            _write(out, text)


def _asked(pack: Pack, ids: list[str] | None) -> list[str]:
    for id_ in ids or ():
        if id_ not in pack.procedures:
            near = nearest(id_, pack.procedures) or ", ".join(pack.procedures) or "—"
            raise RequestError([problem("case.unknown_procedure", found=id_, near=near)])
    return ids or list(pack.procedures)


def _only(ids: list[str]) -> str:
    if len(ids) != 1:
        raise RequestError([problem("request.one_procedure", near=", ".join(ids))])
    return ids[0]


def _write(path: Path, text: str) -> None:
    with writing(path):
        path.write_text(text, encoding="utf-8")
    print(path)


def _data(pack: Pack) -> dict[str, object]:
    return {
        "procedures": [
            {
                "id": procedure.id,
                "label": procedure.label.in_(LANGUAGE),
                "about": procedure.about,
                "steps": [
                    {
                        "id": step.id,
                        "by": list(step.by),
                        "results": {result.id: result.to for result in procedure.results(step.id).values()},
                        "particulars": list(step.particulars),
                        "cites": cites_data(step.cites),
                    }
                    for step in procedure.steps.values()
                ],
                "ends": {end.id: sorted((*end.gives, *end.adds)) for end in procedure.ends.values()},
            }
            for procedure in pack.procedures.values()
        ],
        "duties": [
            {
                "id": duty.id,
                "label": duty.label.in_(LANGUAGE),
                "about": duty.about,
                "by": list(duty.by),
                "every": duty.every,
            }
            | {"within": duty.within or None, "force": duty.force, "cites": cites_data(duty.cites)}
            for duty in pack.duties.values()
        ],
        "reactions": [
            {
                "id": reaction.id,
                "label": reaction.label.in_(LANGUAGE),
                "about": reaction.about,
                "when": plain(reaction.when),
            }
            | {"alert": list(reaction.alert), "within": reaction.within or None, "opens": reaction.opens or None}
            | {"cites": cites_data(reaction.cites)}
            for reaction in pack.reactions.values()
        ],
    }
