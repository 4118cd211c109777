"""`policy-engine audit`: decisions of a ledger re-performed, and the questions an auditor asks of them. Reads only."""

from __future__ import annotations

import datetime
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from policy_engine.app.cli.exits import Exit, report
from policy_engine.app.cli.ledger import Location, reading
from policy_engine.app.cli.options import Mask, day_of
from policy_engine.app.cli.second import SecondOpinionAsked, second_opinion
from policy_engine.app.cli.template import missing_extra
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.writing import writing
from policy_engine.decision.answer import Answer, Decision
from policy_engine.decision.masking import MASK, outcome_stays, short_code
from policy_engine.errors import DisagreementError, FactsError, RequestError, problem
from policy_engine.model.pack import Pack

if TYPE_CHECKING:
    from policy_engine.audit.replay import Archive, Replay, Restored
    from policy_engine.audit.timeline import Event

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help=words("审计：重做、追溯、抽样", "audit: re-perform, look back, draw samples")
)

Day = Annotated[str, typer.Argument(metavar="DATE", help=words("日期（YYYY-MM-DD）", "a date (YYYY-MM-DD)"))]
On = Annotated[str, typer.Option("--on", metavar="DATE", help=words("问的是哪一天", "the date asked about"))]


@contextmanager
def _archive(location: str, *, mask: bool) -> Iterator[Archive]:
    with reading(mask=mask):
        from policy_engine.audit.replay import Archive
        from policy_engine.record.ledger import open_ledger

        with open_ledger(location) as ledger:
            yield Archive(ledger)


def _day(text: str) -> datetime.date:
    found = day_of(text)
    assert found is not None
    return found


@app.command(
    "replay",
    help=words(
        "用当时的事实、政策包和问题重新决定，逐字节比较；有不同时退出码为 3",
        "decide again on the facts, pack and question of the time and compare; ends with 3 where something differs",
    ),
)
def replay(
    location: Location,
    which: Annotated[str, typer.Argument(metavar="ID|ALL", help=words("第几条，或 ALL", "number of an entry, or ALL"))],
    second: SecondOpinionAsked = False,
    mask: Mask = False,
) -> None:
    with _archive(location, mask=mask) as archive:
        from policy_engine.audit.replay import masked
        from policy_engine.audit.replay import replay as again
        from policy_engine.record.form import KIND, SUPPOSITION

        ledger = archive.ledger
        every = which.upper() == "ALL"
        entries = ledger.entries(KIND, SUPPOSITION) if every else iter([ledger.entry(_number(which))])
        counts: Counter[str] = Counter()
        for entry in entries:
            found = _seconded(again(archive, entry), asked=second)
            counts[found.status] += 1
            if found.status != "same" or which.upper() != "ALL":
                _tell(masked(found) if mask else found)
        _tell_counts(counts)
        if second:
            print(words("已取得第二意见", "with a second opinion on each"))
        raise typer.Exit(Exit.INVALID if counts["meaning"] or counts["failed"] else Exit.DECIDED)


def _seconded(found: Replay, *, asked: bool) -> Replay:
    """With a second opinion where one is asked for: a disagreement is one of its problems."""
    if not asked or found.decision is None or found.restored is None:
        return found
    request = found.restored.record.request(found.restored.pack)
    try:
        second_opinion(found.decision, found.restored.facts, request)
    except DisagreementError as error:
        return replace(found, problems=(*found.problems, *error.problems))
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise RequestError([problem("request.bad_entry", found=text)])
    return int(text)


def _tell(found: Replay) -> None:
    from policy_engine.audit.working_paper import says

    supposed = _supposed(found.restored)
    print(f"{found.entry.seq:>8}  {found.entry.subject or '—'}  {says(found.status, LANGUAGE)}{supposed}")
    for difference in found.differences:
        print(f"          {difference.path}: {_short(difference.then)} → {_short(difference.current)}")
    report(found.problems)


def _supposed(restored: Restored | None) -> str:
    """The mark of a supposition, with its name."""
    scenario = restored.record.scenario if restored is not None else None
    if scenario is None or not scenario.supposes:
        return ""
    name = scenario.name and f" “{scenario.name}”"
    return words(f"  设想{name}，不是决定", f"  SUPPOSED{name}, no decision")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 200 else text[:200] + "…"


def _tell_counts(counts: Counter[str]) -> None:
    from policy_engine.audit.working_paper import says

    comma = words("；", "; ")
    total = words(f"{counts.total()} 个决定", f"{counts.total()} decisions")
    print(comma.join([total, *(f"{says(status, LANGUAGE)}: {count}" for status, count in counts.items())]))


@app.command(
    "as-of",
    help=words(
        "当时所知如何决定，今天所知又如何决定", "decided on what was known then, would be decided on what is known now"
    ),
)
def as_of(
    location: Location,
    date: Day,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="DATE",
            help=words("问的是哪一天；默认取当时记录的日期", "the date asked about; by default that of the record"),
        ),
    ] = None,
    changed: Annotated[bool, typer.Option("--changed", help=words("只列不同的", "only what differs"))] = False,
    mask: Mask = False,
) -> None:
    with _archive(location, mask=mask) as archive:
        from policy_engine.audit import standing

        day, about = _day(date), day_of(on)
        shown = total = differing = 0
        for each in standing.caseload(archive, warn=report):
            found = standing.as_of(archive, each, day, about)
            total += 1
            differing += found.changed
            if changed and not found.changed:
                continue
            shown += 1
            print(f"{_code(each.subject_id, mask=mask)}  {each.pack}  {found.current.on}")
            for then, now in found.rows():
                if not changed or standing.differ(then, now):
                    _then_and_now(found.current.pack, then, now, mask=mask)
        print(words(f"{total} 个，不同的 {differing} 个", f"{total} in all, {differing} differ"))


def _code(subject: str, *, mask: bool) -> str:
    return short_code(subject) if mask else subject


def _then_and_now(pack: Pack, then: Answer | None, now: Answer | None, *, mask: bool) -> None:
    answer = then or now
    assert answer is not None
    label = pack.decision(answer.decision).label.in_(LANGUAGE) + answer.item
    print(f"    {label}: {_headline(pack, then, mask=mask)} → {_headline(pack, now, mask=mask)}")


def _headline(pack: Pack, answer: Answer | None, *, mask: bool) -> str:
    from policy_engine.report.text import headline

    if answer is None:
        return "—"
    return MASK if mask and not outcome_stays(pack, answer.decision) else headline(pack, answer, LANGUAGE)


@app.command(
    "not-included",
    help=words("某日符合纳入条件而未纳入的户", "who met the inclusion rule on a date and was not included"),
)
def not_included(
    location: Location,
    on: On,
    decision: Annotated[
        str,
        typer.Option(
            "--decision", "-d", help=words("政策包里说明这一点的决定", "the decision of the pack that says so")
        ),
    ] = "omitted",
    mask: Mask = False,
) -> None:
    with _archive(location, mask=mask) as archive:
        from policy_engine.audit import standing

        day = _day(on)
        found: list[Decision] = []
        asked = 0
        for each in standing.caseload(archive, warn=report):
            again = standing.asked_again(archive, each, decision, day)
            asked += again is not None
            if again is not None and again[1].scope.inside is not False and again[1][decision].outcome is not False:
                found.append(again[1])
        if not asked:
            raise RequestError([problem("request.not_recorded", found=decision)])
        _tell_omitted(found, decision, asked, mask=mask)


def _tell_omitted(found: list[Decision], decision: str, asked: int, *, mask: bool) -> None:
    """Those left out for certain, then those of whom it is not known."""
    from policy_engine.report.text import cited, missing_label

    certain = [one for one in found if one[decision].outcome is True]
    for one in certain:
        print(f"{_code(one.subject_id, mask=mask)}  {one.pack.id}  {cited(one.pack.decision(decision).cites)}")
    for one in found:
        if one[decision].outcome is not True:
            needed = "、".join(missing_label(item, one, LANGUAGE) for item in one[decision].missing)
            print(
                f"{_code(one.subject_id, mask=mask)}  {one.pack.id}  {words('尚不能确定，还需要', 'not known, needs')} {needed}"
            )
    open_ = len(found) - len(certain)
    print(
        words(
            f"问了 {asked} 户：未纳入 {len(certain)} 户，不能确定 {open_} 户",
            f"{asked} asked about: {len(certain)} not included, {open_} not known",
        )
    )


@app.command(
    "timeline",
    help=words(
        "一户的全部记录，按记录先后；不给户编号时是账本里的全部记录",
        "all that is recorded about one household, in order; without one, all that the ledger has",
    ),
)
def timeline(
    location: Location,
    household: Annotated[
        str | None, typer.Argument(metavar="[HOUSEHOLD]", help=words("户编号", "its id"), show_default=False)
    ] = None,
    format_: Annotated[
        Literal["text", "json"],
        typer.Option("--format", help=words("json：各条如 ledger show", "json: entries as ledger show gives them")),
    ] = "text",
    mask: Mask = False,
) -> None:
    with _archive(location, mask=mask) as archive:
        from policy_engine.audit.timeline import timeline as events
        from policy_engine.record.export import entry_json, masked_entry_json

        as_json = masked_entry_json if mask else entry_json
        told = []
        none = True
        for event in events(archive, household):
            none = False
            report(event.problems)
            if format_ == "json":
                told.append(as_json(event.entry))
            else:
                print("\n".join(_event_lines(event, whole=household is None, mask=mask)))
        if none:
            raise RequestError([problem("request.not_recorded", found=_code(household or "", mask=mask))])
        if format_ == "json":
            print(json.dumps(told, ensure_ascii=False, indent=1))


def _event_lines(event: Event, *, whole: bool, mask: bool) -> Iterator[str]:
    """An entry in words: its head, then what it says; `whole` names the subject too."""
    from policy_engine.record.export import entry_json, masked_entry_json
    from policy_engine.report.entry import entry_lines, kind_text

    entry = event.entry
    about = f"  {_code(entry.subject, mask=mask and entry.kind != 'pack')}" if whole and entry.subject else ""
    head = f"{entry.recorded_at[:10]}  #{entry.seq}{about}"
    if event.restored is None:
        as_json = masked_entry_json if mask else entry_json
        content, earlier = (as_json(one)["body"] if one is not None else {} for one in (entry, event.earlier))
        yield f"{head}  {kind_text(entry.kind, LANGUAGE)}"
        yield from (f"    {line}" for line in entry_lines(entry.kind, content, event.pack, earlier, LANGUAGE))
        return
    record, pack = event.restored.record, event.restored.pack
    known = words(f"知晓 {record.known_on}", f"known {record.known_on}") if record.known_on else ""
    yield f"{head}  {pack.id}  {record.decision.on}  {known}{_supposed(event.restored)}"
    for answer in event.changed:
        label = pack.decision(answer.decision).label.in_(LANGUAGE) + answer.item
        yield f"    {label}: {_headline(pack, answer, mask=mask)}"


@app.command(
    "divergences",
    help=words("主管部门另作决定的情形，由谁、为何", "where the authority decided otherwise, by whom and why"),
)
def divergences(location: Location, mask: Mask = False) -> None:
    with _archive(location, mask=mask) as archive:
        from policy_engine.audit.timeline import divergences as found
        from policy_engine.record.export import masked_entry_json, masked_outcome

        every = list(found(archive.ledger, report))
        if not every:
            print(words("账本里没有另作决定的情形", "the ledger records no divergence"))
        for one in every:
            said = masked_entry_json(one.entry)["body"] if mask else one.content
            engine = "—"
            if one.answered is not None:
                engine = masked_outcome(one.answered["outcome"]) if mask else one.answered["outcome"]
            who, what = _code(one.entry.subject, mask=mask), f"{said.get('decision')}{said.get('item', '')}"
            print(f"{said.get('on', '')}  {who}  {what}: {engine} → {said.get('outcome')}")
            print(f"    {said.get('by', '')}: {said.get('why', '')}")


@app.command(
    "sample",
    help=words("按种子抽样、重做，写出工作底稿", "draw a sample by a seed, re-perform it, write the working paper"),
)
def sample(
    location: Location,
    size: Annotated[int, typer.Option("--size", min=1, help=words("抽几个决定", "how many decisions"))],
    seed: Annotated[
        str, typer.Option("--seed", help=words("种子：同样的种子抽同样的样", "the same seed draws the same"))
    ],
    out: Annotated[
        Path, typer.Option("--out", help=words("写到 .html 和 .xlsx 这两个文件", "write this .html and this .xlsx"))
    ],
    second: SecondOpinionAsked = False,
    mask: Mask = False,
) -> None:
    with _archive(location, mask=mask) as archive:
        from policy_engine.audit.replay import masked
        from policy_engine.audit.replay import replay as again
        from policy_engine.audit.sample import sample as draw
        from policy_engine.audit.working_paper import Sampled, paper

        ledger = archive.ledger
        if out.is_dir():
            raise FactsError([problem("file.unwritable", where=str(out), path=out, why=words("是文件夹", "a folder"))])
        numbers, drawn_from = draw(ledger, size, seed)
        if size > drawn_from:
            print(words(f"只有 {drawn_from} 个决定，全部抽取", f"there are only {drawn_from} decisions: all are drawn"))
        replays = [_seconded(again(archive, ledger.entry(number)), asked=second) for number in numbers]
        replays = [masked(found) for found in replays] if mask else replays
        sampled = Sampled(replays, drawn_from, seed, str(ledger.place), ledger.head())
        page, book = out.with_suffix(".html"), out.with_suffix(".xlsx")
        try:
            from policy_engine.audit.working_book import write_workbook
        except ModuleNotFoundError as error:
            raise missing_extra(error) from None
        with writing(page):
            page.write_text(paper(sampled, LANGUAGE), encoding="utf-8")
        with writing(book):
            write_workbook(book, sampled)
        counts = Counter(found.status for found in replays)
        _tell_counts(counts)
        print(page, book, file=sys.stderr)
        raise typer.Exit(Exit.INVALID if counts["meaning"] or counts["failed"] else Exit.DECIDED)
