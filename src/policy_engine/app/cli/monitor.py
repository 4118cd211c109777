"""`policy-engine monitor`: facts as they come in, what they change, who must be told, what is open and late."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from policy_engine.app.cli.exits import Exit, report, unknown_person
from policy_engine.app.cli.ledger import reading
from policy_engine.app.cli.monitor_input import given_in, tell_rejected
from policy_engine.app.cli.options import Mask, PackName, SettingsFile, day_of, pack_of, settings_of
from policy_engine.app.cli.progress import progress
from policy_engine.app.cli.record import now, pack_entry
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.writing import writing
from policy_engine.errors import Problem
from policy_engine.model.pack import Pack

if TYPE_CHECKING:
    from policy_engine.monitoring.board import Board
    from policy_engine.monitoring.ingest import Tally
    from policy_engine.record.ledger import Ledger

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help=words(
        "监测：导入新事实，谁的颜色变了、向谁报警、什么未办、什么逾期",
        "monitoring: take facts in; whose colour changed, who is alerted, what is open and late",
    ),
)

LedgerName = Annotated[
    str,
    typer.Option(
        "--ledger",
        metavar="LEDGER",
        help=words("账本：SQLite 文件或 postgresql://…", "the ledger: a SQLite file or postgresql://…"),
    ),
]
On = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help=words("哪一天；默认今天", "on which day; today by default")),
]
Form = Annotated[Literal["text", "json"], typer.Option("--format", help=words("输出格式", "form of the output"))]


@contextmanager
def _ledger(location: str, mode: Literal["read", "write"], *, mask: bool) -> Iterator[Ledger]:
    with reading(mask=mask):
        from policy_engine.record.ledger import open_ledger

        with open_ledger(location, mode) as ledger:
            yield ledger


@app.command(
    "ingest",
    help=words(
        "导入事实文件、表格：重新决定、报警、撤回，全部记入账本；同样的事实再导入，什么也不增加。有误的行列出，其余照收。"
        "不给文件时，只看到 --known-on 那天为止有什么到期",
        "take in facts files and tables: decide anew, alert, withdraw, all into the ledger; the same facts again add "
        "nothing. Wrong rows are listed, the rest is taken. Without files, only what fell due by the day of --known-on",
    ),
)
def ingest(
    ledger: LedgerName,
    pack: PackName,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FACTS…]",
            help=words("事实文件、工作簿，CSV、Parquet 文件或文件夹", "facts files, workbooks, CSV, Parquet"),
        ),
    ] = None,
    known_on: Annotated[
        str | None,
        typer.Option("--known-on", metavar="DATE", help=words("何日得知；默认今天", "known since; today by default")),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help=words("没有写 as_of 的事实说的是哪一天", "the day that facts without an as_of describe"),
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help=words("表格的列对应（见 mapping）", "columns of tables (see mapping)")),
    ] = None,
    rejected: Annotated[
        Path | None,
        typer.Option(
            "--rejected",
            metavar="FILE",
            help=words("把没有导入的行写到这个 CSV 文件", "write the rows that are not taken to this CSV file"),
        ),
    ] = None,
    settings: SettingsFile = None,
    mask: Mask = False,
) -> None:
    with _ledger(ledger, "write", mask=mask) as opened:
        from policy_engine.monitoring.ingest import Monitoring, look_at
        from policy_engine.monitoring.ingest import ingest as take_in

        loaded = pack_of(pack)
        known, described = day_of(known_on) or now().date(), day_of(as_of)
        monitoring = Monitoring(
            loaded, pack_entry(pack, loaded), now, settings_of(settings, loaded), _firing(loaded), _once()
        )
        with progress(words("导入", "taking in")) as tell, _interrupted(opened):
            if not files:
                _tell(look_at(opened, monitoring, known, tell))
                return
            given = given_in(files, loaded, mapping, known, described)
            tell_rejected(given.rejected, rejected)
            _tell(take_in(opened, monitoring, given.new, tell))
        if given.failed:
            names = ", ".join(map(str, given.failed))
            print(words(f"没有导入：{names}", f"not taken in: {names}"), file=sys.stderr)
        if given.failed or given.rejected:
            raise typer.Exit(max(given.failed.values(), default=Exit.INVALID))


@contextmanager
def _interrupted(ledger: Ledger) -> Iterator[None]:
    """Ctrl-C says what was kept."""
    try:
        yield
    except KeyboardInterrupt:
        last = ledger.last()
        print(
            words(
                f"已中断；账本到第 {last} 条为止都已保存。再次导入同样的文件即可补完，不会重复",
                f"interrupted; entries up to {last} are in the ledger. The same command again does the rest, nothing twice",
            ),
            file=sys.stderr,
        )
        raise typer.Exit(Exit.COULD_NOT_RUN) from None


def _once() -> Callable[[Iterable[Problem]], None]:
    """`report`, which tells each problem once: an entry is read again where its subject comes up."""
    told: set[Problem] = set()

    def tell(problems: Iterable[Problem]) -> None:
        new = dict.fromkeys(found for found in problems if found not in told)
        told.update(new)
        report(new)

    return tell


def _firing(pack: Pack) -> Callable[[frozenset[str]], None]:
    """The check by durable-rules; where it is not installed that is said, and the evaluator alone fires."""
    try:
        from policy_engine.forward.reactions import Firing
    except ImportError as error:
        if not (error.name or "").startswith("durable"):
            raise
        print(
            words(
                "durable-rules 不在：反应只由引擎触发，没有第二次核对",
                "durable-rules is not there: reactions are fired by the evaluator alone, without a second check",
            ),
            file=sys.stderr,
        )
        return lambda _: None
    return Firing(pack).check


def _tell(tally: Tally) -> None:
    print(
        words(
            f"新事实 {tally.submissions}，决定 {tally.decisions}，警报 {tally.alerts}，撤回 {tally.withdrawals}",
            f"facts: {tally.submissions}, decisions: {tally.decisions}, alerts: {tally.alerts}, "
            f"withdrawn: {tally.withdrawals}",
        )
    )


@app.command(
    "board",
    help=words(
        "按区域的红黄绿、未办、逾期、由谁办", "green, yellow, red by area; what is open, what is late, who must do it"
    ),
)
def board(
    ledger: LedgerName,
    pack: PackName,
    on: On = None,
    by: Annotated[
        Literal["county", "town", "village", "grid_id"],
        typer.Option("--by", help=words("按哪一级区域", "by which areas")),
    ] = "town",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help=words("写成一个网页", "write one page"))
    ] = None,
    settings: SettingsFile = None,
    format_: Form = "text",
    mask: Mask = False,
) -> None:
    with _ledger(ledger, "read", mask=mask) as opened:
        from policy_engine.monitoring.board import masked
        from policy_engine.report.monitoring import monitor_data, monitor_html, monitor_text

        found = _board(opened, pack_of(pack), on, settings, by)
        found = masked(found) if mask else found
        if html is not None:
            with writing(html):
                html.write_text(monitor_html(found, LANGUAGE), encoding="utf-8")
            print(html)
        elif format_ == "json":
            print(json.dumps(monitor_data(found), ensure_ascii=False, indent=2))
        else:
            print(monitor_text(found, LANGUAGE))


@app.command("alerts", help=words("仍然有效的警报，可按收件人", "the alerts that stand, for one actor or one person"))
def alerts(
    ledger: LedgerName,
    pack: PackName,
    on: On = None,
    actor: Annotated[
        str | None, typer.Option("--actor", help=words("发给谁（见 pack 的 actors）", "for which actor of the pack"))
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", help=words("发给此人（代码）", "for this person (a code)"))
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help=words("连同已确认的", "acknowledged ones as well"))] = False,
    settings: SettingsFile = None,
    format_: Form = "text",
    mask: Mask = False,
) -> None:
    with _ledger(ledger, "read", mask=mask) as opened:
        from policy_engine.monitoring.board import masked_alert
        from policy_engine.report.monitoring import alert_lines, alerts_data

        found = _board(opened, pack_of(pack), on, settings, "town")
        shown = [one for one in (found.alerts if all_ else found.open) if one.is_for(actor, None, found.on)]
        mine = [one for one in shown if one.is_for(actor, person, found.on)]
        unnamed = [one for one in shown if person is not None and one.names_nobody]
        if person is not None:
            report(unknown_person(person, found.persons()))
        if mask:
            mine, unnamed = list(map(masked_alert, mine)), list(map(masked_alert, unnamed))
        if format_ == "json":
            print(json.dumps(alerts_data([*mine, *unnamed]), ensure_ascii=False, indent=2))
        else:
            lines = [line for one in mine for line in alert_lines(found.pack, one, LANGUAGE)]
            if unnamed:
                lines.append(
                    words(
                        f"? 不知道报给何人的警报 {len(unnamed)}", f"? alerts whose person is not known: {len(unnamed)}"
                    )
                )
            lines += [line for one in unnamed for line in alert_lines(found.pack, one, LANGUAGE)]
            print("\n".join(lines or [words("没有警报", "no alerts")]))
        if any(one.late for one in mine):
            raise typer.Exit(Exit.UNDETERMINED)


def _board(ledger: Ledger, pack: Pack, on: str | None, settings: Path | None, by: str) -> Board:
    from policy_engine.monitoring.board import board as board_of

    found = board_of(ledger, pack, day_of(on) or now().date(), settings_of(settings, pack), (by,))
    report(found.warnings)
    return found


@app.command("acknowledge", help=words("确认收到一个警报", "acknowledge an alert"))
def acknowledge(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help=words("警报编号", "the alert's id"))],
    ledger: LedgerName,
    pack: PackName,
    by: Annotated[str, typer.Option("--by", help=words("由谁（收件人）", "by which actor it is for"))],
    on: On = None,
    person: Annotated[str, typer.Option("--person", help=words("经办人代码", "a code of the person"))] = "",
    note: Annotated[str, typer.Option("--note", help=words("说明", "a note"))] = "",
    mask: Mask = False,
) -> None:
    with _ledger(ledger, "write", mask=mask) as opened:
        from policy_engine.app.cli.record import tell_recorded
        from policy_engine.monitoring.board import acknowledge as take_notice

        day: datetime.date = day_of(on) or now().date()
        tell_recorded([take_notice(opened, pack_of(pack), alert, by, day, recorded_at=now(), person=person, note=note)])
