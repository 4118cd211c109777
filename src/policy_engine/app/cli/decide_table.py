"""`policy-engine decide` for tables: every household of a workbook or CSV folder, answers beside the rows."""

from __future__ import annotations

import datetime
import gc
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from policy_engine.app.cli.exits import Exit, exit_for
from policy_engine.app.cli.outputs import new_file, not_read
from policy_engine.app.cli.processors import processors
from policy_engine.app.cli.record import RecordAs, Recording
from policy_engine.app.cli.rejected import problem_row
from policy_engine.app.cli.second import second_opinion, tell_opinions
from policy_engine.app.cli.table_summary import Summary
from policy_engine.app.cli.words import words
from policy_engine.app.writing import writing
from policy_engine.decision.answer import Answer, Decision
from policy_engine.decision.decide import decide_facts
from policy_engine.decision.masking import MASK, mask_decision, mask_facts, mask_rejected, short_code
from policy_engine.decision.request import Request as AskedRequest
from policy_engine.documents.mapping import Mapped, read_mapping
from policy_engine.documents.results import PROBLEMS
from policy_engine.documents.table_cells import Cell, cell_text, is_empty
from policy_engine.documents.table_columns import ID
from policy_engine.documents.table_facts import read_household
from policy_engine.documents.table_files import is_result_workbook
from policy_engine.documents.tables import (
    HouseholdRows,
    Layout,
    Rejected,
    Tables,
    read_tables,
    set_aside,
)
from policy_engine.errors import RequestError, problem
from policy_engine.forward.opinion import Opinion
from policy_engine.model.facts import FactRecord, Facts
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import place
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.report.asked import asked_rows
from policy_engine.report.workbook import COLUMNS, Result, answer_cells, scope_text

if TYPE_CHECKING:
    from policy_engine.record.entry import Entry

__all__ = ["Request", "decide_table"]

CHUNK = 100
IN_PROCESS = 1000
"""Up to so many households it is not worth starting other processes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked about every household."""

    pack: Pack
    day: datetime.date | None
    decisions: tuple[str, ...]
    settings: Settings
    scenario: Scenario
    record_as: RecordAs | None = None
    second: bool = False
    mask: bool = False

    def of(self, about: str) -> tuple[str, ...]:
        return tuple(id_ for id_ in self.decisions if self.pack.decision(id_).about == about)


class Outcome(NamedTuple):
    """One household decided, or its rejected rows."""

    row: Sequence[Cell] = ()
    members: Sequence[Sequence[Cell]] = ()
    rejected: Sequence[Rejected] = ()
    notes: Sequence[Rejected] = ()
    exit: Exit = Exit.INVALID
    entry: Entry | None = None
    opinion: Opinion | None = None


def decide_table(
    path: Path,
    pack: Pack,
    day: datetime.date | None,
    out: Path,
    *,
    decisions: Iterable[str] | None = None,
    settings: Settings | None = None,
    scenario: Scenario | None = None,
    mapping: Path | None = None,
    recording: Recording | None = None,
    second: bool = False,
    mask: bool = False,
    as_json: bool = False,
) -> Exit:
    """Decide every household, write the workbook and tell how many were decided; answers with the exit code of the run."""
    request = _request(pack, day, decisions, settings or Settings(), scenario or Scenario())
    request = replace(request, record_as=recording.as_ if recording is not None else None, second=second, mask=mask)
    _may_write(out, path, mapping)
    plans = read_mapping(mapping, pack.vocabulary) if mapping is not None else None
    tables = read_tables(path, pack.vocabulary, plans)
    _check_day(request, tables)
    result, main = _result(out, request, tables)
    exits: Counter[Exit] = Counter()
    rejected = {one.place for one in tables.rejected}
    for one in tables.rejected:
        result.write(Result.REJECTED, problem_row(_shown(request, one)))
    opinions: list[Opinion | None] = []
    outcomes = _outcomes(request, tables)
    if recording is not None:
        outcomes = recording.recorded(outcomes)
    for outcome in _progress(outcomes, len(tables.households)):
        exits[outcome.exit] += 1
        rejected |= {one.place for one in outcome.rejected}
        opinions.append(outcome.opinion)
        _write(request, result, outcome, len(main.headings))
    tell_opinions(opinions)
    invalid = exits[Exit.INVALID]
    summary = Summary(tables.rows, exits.total() - invalid, invalid + tables.unread, len(rejected), out)
    asked, on = (pack, request.settings, request.scenario), str(day or "各户的事实日期")
    result.about(asked_rows(*asked, on=on, given=path.name, counts=summary.counts(), mask=mask))
    with writing(out):
        result.close()
    if as_json:
        summary.print_json(request)
    else:
        summary.tell()
    if recording is not None:
        recording.tell()
    return _exit(exits, rejected=bool(rejected))


def _may_write(out: Path, *given: Path | None) -> None:
    """An earlier result may be written anew; any other workbook that is there is somebody's work."""
    not_read(out, *given)
    if out.exists() and not is_result_workbook(out):
        new_file(out)


def _request(
    pack: Pack, day: datetime.date | None, decisions: Iterable[str] | None, settings: Settings, scenario: Scenario
) -> Request:
    """What is asked, checked before the first row: decisions, settings and scenario exist."""
    nobody = Facts("household", FactRecord({}, "household", ""))
    by_label = {decision.label.zh: id_ for id_, decision in pack.decisions.items()}
    asked = tuple(by_label.get(name, name) for name in decisions) if decisions is not None else None
    some_day = day or pack.in_force.from_ or datetime.date(2000, 1, 1)
    decide_facts(pack, nobody, some_day, decisions=asked, settings=settings, scenario=scenario, ranked=False)
    if asked is None:
        asked = tuple(id_ for id_ in pack.answers if pack.decision(id_).about in ("household", "member"))
    return Request(pack, day, tuple(dict.fromkeys(asked)), settings, scenario)


def _check_day(request: Request, tables: Tables) -> None:
    own = next(layout for layout in tables.layouts if not layout.sheet.list)
    if request.day is None and not any(mapped and mapped.column.part == "as_of" for mapped in own.columns):
        raise RequestError([problem("request.no_date")])


def _result(out: Path, request: Request, tables: Tables) -> tuple[Result, Layout]:
    own = next(layout for layout in tables.layouts if not layout.sheet.list)
    headings: dict[str, Sequence[str]] = {
        Result.RESULTS: (*own.headings, "适用范围", *_answer_headings(request, "household"))
    }
    if request.of("member"):
        headings[Result.MEMBERS] = ("户编号", "成员", "成员编号", *_answer_headings(request, "member"))
    headings[Result.REJECTED] = headings[Result.NOTES] = PROBLEMS
    return Result(out, headings, len(own.headings)), own


def _answer_headings(request: Request, about: str) -> Iterator[str]:
    for id_ in request.of(about):
        label = request.pack.decision(id_).label.zh or id_
        yield from (label + part for part in COLUMNS)


# ---- deciding, in this process or in several


def _outcomes(request: Request, tables: Tables) -> Iterator[Outcome]:
    """The outcome of every household, in the order of the rows."""
    households, processes = tables.households, processors()
    if len(households) <= IN_PROCESS or processes < 2:
        for household in households:
            yield _outcome(request, tables.layouts, household)
        return
    chunks = (households[at : at + CHUNK] for at in range(0, len(households), CHUNK))
    begin = request, tables.layouts
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin, initargs=begin) as pool:
        ahead: deque[Future[list[Outcome]]] = deque()
        for chunk in chunks:
            ahead.append(pool.submit(_work, chunk))
            if len(ahead) > 4 * processes:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()


_shared: list[Any] = []
"""In a worker: what is asked, and the layouts of the sheets."""


def _begin(request: Request, layouts: tuple[Layout, ...]) -> None:
    gc.freeze()  # the pack stays
    gc.disable()  # see `_work`
    _shared[:] = [request, layouts]


def _work(households: Sequence[HouseholdRows]) -> list[Outcome]:
    request, layouts = _shared
    outcomes = [_outcome(request, layouts, household) for household in households]
    gc.collect()
    return outcomes


def _outcome(request: Request, layouts: tuple[Layout, ...], household: HouseholdRows) -> Outcome:
    facts, problems = read_household(layouts, household, request.pack.vocabulary)
    own = next(layout for layout in layouts if not layout.sheet.list)
    if facts is not None and request.day is None and facts.as_of is None:
        place_ = own.place(own.id_at, household.row.number)
        facts, problems = None, (problem("request.no_date", where=place_),)
    if facts is None:
        return Outcome(rejected=tuple(set_aside(layouts, household, problems)))
    decision = decide_facts(
        request.pack,
        facts,
        request.day,
        decisions=request.decisions,
        settings=request.settings,
        scenario=request.scenario,
        ranked=False,
        compiled=False,
    )
    notes = tuple(set_aside(layouts, household, problems)) if problems else ()
    notes = tuple(note for note in notes if note.problem in problems)
    row, members = _rows(request, own, household, decision, facts)
    asked = AskedRequest(request.day, request.decisions, request.settings, request.scenario, ranked=False)
    opinion = second_opinion(decision, facts, asked) if request.second else None
    entry = request.record_as.entry(decision, facts, asked, opinion) if request.record_as is not None else None
    return Outcome(row, members, (), notes, exit_for([decision]), entry, opinion)


def _rows(
    request: Request, own: Layout, household: HouseholdRows, decision: Decision, facts: Facts
) -> tuple[list[Cell], tuple[list[Cell], ...]]:
    """The household's row with its answers, and the rows of its members; masked where that is asked for."""
    width = len(own.headings)
    row = [*household.row.cells[:width], *[""] * (width - len(household.row.cells))]
    if request.mask:
        vocabulary = request.pack.vocabulary
        row = [_masked_cell(cell, mapped, vocabulary) for cell, mapped in zip(row, own.columns, strict=True)]
        decision, facts = mask_decision(decision), mask_facts(facts, vocabulary)
    answers = {answer.decision: answer for answer in decision.answers}
    row += [scope_text(decision), *_cells(decision, request.of("household"), answers)]
    return row, tuple(_member_rows(request, decision, facts))


def _masked_cell(cell: Cell, mapped: Mapped | None, vocabulary: Vocabulary) -> Cell:
    """A cell as others may see it; a column that is not known to hold a fact may hold anything."""
    if is_empty(cell):
        return cell
    column = mapped.column if mapped is not None else None
    if column is not None and column.path == (ID,):
        return short_code(cell_text(cell))
    if column is None or column.part == "by" or vocabulary.personal("household", ".".join(column.path)):
        return MASK
    return cell


def _cells(decision: Decision, asked: Iterable[str], answers: dict[str, Answer]) -> Iterator[str]:
    for id_ in asked:
        yield from answer_cells(decision, answers[id_]) if id_ in answers else ("",) * len(COLUMNS)


def _member_rows(request: Request, decision: Decision, facts: Facts) -> Iterator[list[Cell]]:
    """A row for each member that something was asked about."""
    by_item: dict[str, dict[str, Answer]] = {}
    asked = request.of("member")
    for answer in decision.answers:
        if answer.decision in asked:
            by_item.setdefault(answer.item, {})[answer.decision] = answer
    codes = {member.path: member.get("member_id", "") for member in facts.root.get("members", ())}
    for item, answers in by_item.items():
        yield [decision.subject_id, place(item, "zh"), codes.get(item, ""), *_cells(decision, asked, answers)]


# ---- writing and telling


def _progress(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    console = Console(stderr=True)
    parts = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    title = TextColumn(words("决定各户", "deciding"))
    with Progress(title, *parts, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        for outcome in outcomes:
            yield outcome
            progress.advance(task)


def _write(request: Request, result: Result, outcome: Outcome, width: int) -> None:
    for rejected in outcome.rejected:
        result.write(Result.REJECTED, problem_row(_shown(request, rejected)))
    for note in outcome.notes:
        result.write(Result.NOTES, problem_row(_shown(request, note)))
    for member in outcome.members:
        result.write(Result.MEMBERS, member)
    if outcome.row:
        assert len(outcome.row) > width
        result.write(Result.RESULTS, outcome.row)


def _shown(request: Request, rejected: Rejected) -> Rejected:
    return mask_rejected(rejected, request.pack) if request.mask else rejected


def _exit(exits: Counter[Exit], *, rejected: bool) -> Exit:
    """The code of the run, as for facts files: the gravest."""
    if rejected:
        return Exit.INVALID
    for grave in (Exit.GAP_OR_CONFLICT, Exit.UNDETERMINED):
        if grave in exits:
            return grave
    return Exit.OUT_OF_SCOPE if set(exits) == {Exit.OUT_OF_SCOPE} else Exit.DECIDED
