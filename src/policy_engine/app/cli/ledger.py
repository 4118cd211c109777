"""`policy-engine ledger`: make, look into and verify a ledger."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from policy_engine.app.cli.exits import Exit, report, told
from policy_engine.app.cli.options import Mask, SettingsFile, day_of, settings_of
from policy_engine.app.cli.record import needs_ledger, now, pack_entry, read_bytes, tell_recorded
from policy_engine.app.cli.words import words
from policy_engine.app.writing import writing
from policy_engine.decision.history import fold
from policy_engine.documents.read_case import read_case_file
from policy_engine.documents.read_pack import load_pack
from policy_engine.errors import FactsError, LedgerError, RequestError, problem

__all__ = ["Location", "app", "reading"]

app = typer.Typer(
    no_args_is_help=True,
    help=words("只增不改的账本：建立、查看、核对", "the append-only ledger: make it, look into it, verify it"),
)

Location = Annotated[
    str,
    typer.Argument(
        metavar="LEDGER",
        help=words(
            "账本：SQLite 文件的路径，或 postgresql://用户@主机/数据库",
            "the ledger: the path of a SQLite file, or postgresql://user@host/database",
        ),
    ),
]
PASSWORD = "POLICY_ENGINE_KEY_PASSWORD"  # noqa: S105 - a name
"""Environment variable with the password of a private key; without it the key stands unencrypted."""


@contextmanager
def reading(*, mask: bool = False) -> Iterator[None]:
    """Errors told in one line each, a missing extra among them; with `mask` without anything about people."""
    with told(mask=mask), needs_ledger():
        yield


@app.command("init", help=words("建立新账本", "make a new ledger"))
def init(
    location: Location,
    name: Annotated[str, typer.Option("--name", help=words("账本的名称", "what the ledger is called"))] = "",
) -> None:
    with reading():
        from policy_engine.record.migrate import create_ledger

        print(create_ledger(location, now(), name).hash)


@app.command(
    "upgrade", help=words("把旧版本的账本升级到本版本的格式", "bring an older ledger to the form of this version")
)
def upgrade(location: Location) -> None:
    with reading():
        from policy_engine.record.migrate import upgrade_ledger

        upgrade_ledger(location)


@app.command(
    "verify",
    help=words(
        "核对每一条和整条链；给出签名的末端时也核对末端。有问题时退出码为 3",
        "check every entry and the chain, and the end against a signed head; ends with 3 where something is wrong",
    ),
)
def verify(
    location: Location,
    head: Annotated[
        Path | None,
        typer.Option("--head", help=words("签名的末端（见 ledger head）", "a signed head (see ledger head)")),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help=words("签名者的公钥（PEM）", "the signer's public key (PEM)"))
    ] = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help=words("签名之后不得再有记录", "there must be no entry behind the signed head")),
    ] = False,
) -> None:
    if (head is None) != (key is None) or (exact and head is None):
        raise typer.BadParameter(words("--head 与 --key 须同时给出", "--head and --key go together"))
    with reading():
        from policy_engine.app.cli.processors import processors
        from policy_engine.app.cli.progress import progress
        from policy_engine.record import verify as checking
        from policy_engine.record.ledger import open_ledger
        from policy_engine.record.seal import open_head

        signed = None
        if head is not None and key is not None:
            signed = open_head(read_bytes(head).decode(errors="replace"), read_bytes(key))
        with open_ledger(location) as ledger, progress(words("核对", "verifying")) as tell:
            found = checking.verify(ledger, signed, exact=exact, processes=processors(), progress=tell)
        report(found.problems)
        behind = words(f"，其中 {found.after} 条在签名之后", f", {found.after} of them behind the signed head")
        print(
            words(f"{found.head.seq} 条", f"{found.head.seq} entries")
            + (behind if signed is not None else "")
            + f", {found.head.hash}"
        )
        raise typer.Exit(Exit.INVALID if found.problems else Exit.DECIDED)


@app.command("key", help=words("生成签名用的密钥对（Ed25519）", "make a pair of keys for signing (Ed25519)"))
def key(
    out: Annotated[
        Path,
        typer.Option(
            "--out", help=words("私钥文件；公钥在旁边，后缀 .pub", "the private key; the public one beside it, .pub")
        ),
    ],
) -> None:
    with reading():
        from policy_engine.record.seal import new_key

        private, public = new_key(os.environ.get(PASSWORD, ""))
        _write_new(out, private, 0o600)
        _write_new(out.with_name(out.name + ".pub"), public, 0o644)


@app.command(
    "head", help=words("写出签名的账本末端，存到别处", "write the signed head of the ledger, to be kept elsewhere")
)
def head(
    location: Location,
    key: Annotated[Path, typer.Option("--key", help=words("私钥（PEM）", "the private key (PEM)"))],
    out: Annotated[Path, typer.Option("--out", help=words("写到这个文件", "write this file"))],
) -> None:
    with reading():
        from policy_engine.record.ledger import open_ledger
        from policy_engine.record.seal import sign_head

        with open_ledger(location) as ledger:
            signed = sign_head(ledger.head(), read_bytes(key), now(), os.environ.get(PASSWORD, ""))
        _write_new(out, (signed.model_dump_json(indent=1) + "\n").encode(), 0o644)
        print(f"{signed.seq} {signed.hash}")


@app.command("list", help=words("列出各条", "list the entries"))
def list_(
    location: Location,
    kind: Annotated[
        str | None, typer.Option("--kind", help=words("只列这一类，如 decision", "only of this kind, such as decision"))
    ] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", help=words("只列关于它的，如户编号", "only about this household"))
    ] = None,
    mask: Mask = False,
) -> None:
    with reading(mask=mask):
        from policy_engine.record.export import masked_entry_json
        from policy_engine.record.ledger import open_ledger

        with open_ledger(location) as ledger:
            for entry in ledger.entries(*filter(None, [kind]), subject=subject):
                shown = masked_entry_json(entry) if mask else entry._asdict()
                head = f"{entry.seq:>8}  {entry.recorded_at[:19]}Z  {entry.kind:<11}"
                print(f"{head} {shown['subject']:<20} {shown.get('hash', '')[:16]}".rstrip())


@app.command("add", help=words("记入一条 JSON，如事件或另作的决定", "append JSON, such as an event or a divergence"))
def add(
    location: Location,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=words("JSON 文件", "a JSON file"))],
    kind: Annotated[str, typer.Option("--kind", help=words("哪一类，如 event", "of which kind, such as event"))],
    subject: Annotated[
        str, typer.Option("--subject", help=words("关于谁，如户编号", "about whom, such as a household"))
    ] = "",
    key: Annotated[
        str, typer.Option("--key", help=words("这件事的键：同一键只记一次", "what names this act: it is recorded once"))
    ] = "",
    mask: Mask = False,
) -> None:
    with reading(mask=mask):
        from policy_engine.record.entry import OWNED_KINDS, Entry
        from policy_engine.record.ledger import open_ledger

        if kind in OWNED_KINDS:
            raise RequestError([problem("ledger.owned_kind", found=kind, known=", ".join(sorted(OWNED_KINDS)))])
        try:
            entry = Entry.of(kind, _json(file), subject=subject, key=key)
        except (ValueError, TypeError, RecursionError) as error:
            raise FactsError([problem("ledger.bad_content", where=str(file), why=error)]) from None
        with open_ledger(location, "write") as ledger:
            tell_recorded(ledger.append([entry], now()))


Disclose = Annotated[
    list[str] | None,
    typer.Option(
        "--disclose",
        metavar="PATH",
        help=words(
            "遮盖时公开这一项事实并附盐值，如 members[1].health（可多次）",
            "with --mask: disclose this fact with its salt, such as members[1].health (repeatable)",
        ),
    ),
]


@app.command(
    "add-case",
    help=words(
        "记入一份案件文件：步骤、裁定、另作的决定、已履行的职责",
        "append what a case file tells: steps, rulings, where the authority decided otherwise, duties fulfilled",
    ),
)
def add_case(
    location: Location,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=words("案件文件", "a case file"))],
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="DATE",
            help=words("到哪一天为止；默认到最后一次记录", "up to which day; by default the last event"),
        ),
    ] = None,
    settings: SettingsFile = None,
    mask: Mask = False,
) -> None:
    with reading(mask=mask):
        from policy_engine.monitoring.casework import entries_of
        from policy_engine.record.ledger import open_ledger

        pack, read = read_case_file(file, load_pack)
        history = fold(pack, read.subject, read.events, settings_of(settings, pack))
        refused = [found for _, problems in history.refused for found in problems]
        if refused or not read.header.id:
            raise FactsError(refused or [problem("monitor.no_id", where=str(file), subject=read.subject)])
        day = day_of(on) or max(event.recorded_on for event in read.events)
        with open_ledger(location, "write") as ledger:
            files = pack_entry(read.header.pack.text, pack)
            tell_recorded(ledger.append([files, *entries_of(history, read.header.id.text, day)], now())[1:])


@app.command("show", help=words("写出一条的内容（JSON）", "print an entry with its content (JSON)"))
def show(
    location: Location,
    entry: Annotated[int, typer.Argument(metavar="ID", help=words("第几条", "number of the entry"))],
    mask: Mask = False,
    disclose: Disclose = None,
) -> None:
    if disclose and not mask:
        raise typer.BadParameter(words("--disclose 须与 --mask 同用", "--disclose goes with --mask"))
    with reading(mask=mask):
        from policy_engine.record.commitment import place_of_fact
        from policy_engine.record.export import entry_json, masked_entry_json
        from policy_engine.record.ledger import open_ledger

        with open_ledger(location) as ledger:
            found = ledger.entry(entry)
        shown = masked_entry_json(found, map(place_of_fact, disclose or ())) if mask else entry_json(found)
        print(json.dumps(shown, ensure_ascii=False, indent=1))


@app.command(
    "export", help=words("写出各条，一行一条（JSON Lines）", "write the entries, one on each line (JSON Lines)")
)
def export(
    location: Location,
    out: Annotated[Path, typer.Option("--out", help=words("写到这个文件", "write this file"))],
    kind: Annotated[
        str | None, typer.Option("--kind", help=words("只写这一类，如 decision", "only of this kind, such as decision"))
    ] = None,
    mask: Mask = False,
) -> None:
    with reading(mask=mask):
        from policy_engine.record.export import entry_json, masked_entry_json
        from policy_engine.record.ledger import open_ledger

        with open_ledger(location) as ledger:
            shown = map(masked_entry_json if mask else entry_json, ledger.entries(*filter(None, [kind])))
            lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in shown)
        _write_new(out, lines.encode(), 0o600)


@app.command(
    "check-copy",
    help=words(
        "核对遮盖的副本（ledger show --mask 写出的）；给出账本时也核对它是那一条的副本。有问题时退出码为 3",
        "check a masked copy (from ledger show --mask), and with the ledger that it is a copy of that entry; "
        "ends with 3 where something is wrong",
    ),
)
def check_copy(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=words("副本（JSON）", "the copy (JSON)"))],
    location: Annotated[
        str | None, typer.Option("--ledger", metavar="LEDGER", help=words("出自这个账本", "the ledger it is from"))
    ] = None,
    known: Annotated[
        str | None,
        typer.Option("--commitment", help=words("别处所见的承诺值，如告知书上的", "the commitment seen elsewhere")),
    ] = None,
) -> None:
    with reading():
        from policy_engine.record.commitment import check_copy as wrong_with
        from policy_engine.record.commitment import commitment, read_copy
        from policy_engine.record.form import KIND, SUPPOSITION
        from policy_engine.record.ledger import open_ledger

        data = _json(file)
        copy = read_copy(data.get("body", data))
        problems = list(wrong_with(copy, known))
        if location is not None:
            with open_ledger(location) as ledger:
                entry = ledger.entry(int(data["seq"]) if str(data.get("seq", "")).isdecimal() else 0)
            if entry.kind not in (KIND, SUPPOSITION):
                raise LedgerError([problem("request.not_a_decision", where=location, seq=entry.seq, found=entry.kind)])
            problems += [one for one in wrong_with(copy, commitment(entry.content())) if one not in problems]
        report(problems)
        for one in copy.disclosed:
            print(f"{one.place}: {json.dumps(one.value, ensure_ascii=False)}")
        print(copy.commitment)
        raise typer.Exit(Exit.INVALID if problems else Exit.DECIDED)


def _json(file: Path) -> dict[str, Any]:
    """A JSON object from a file; raises `FactsError`."""
    try:
        return dict(json.loads(read_bytes(file)).items())
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FactsError([problem("ledger.bad_content", where=str(file), why=error)]) from None


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that does not exist yet."""
    with writing(path):
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
                stream.write(data)
        except FileExistsError:
            raise LedgerError([problem("file.exists", where=str(path), path=path)]) from None
    print(path, file=sys.stderr)
