"""What `monitor ingest` is given: facts files, workbooks, CSV, Parquet. A wrong row of a table is listed, the rest taken."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from policy_engine.app.cli.exits import MOST, Exit, code_of, report
from policy_engine.app.cli.template import missing_extra
from policy_engine.app.cli.words import words
from policy_engine.documents.read_facts import read_facts_file
from policy_engine.documents.table_columns import in_sheets
from policy_engine.errors import FactsError, MissingExtra, Problem, problem
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack

if TYPE_CHECKING:
    from policy_engine.documents.tables import Rejected, Tables
    from policy_engine.monitoring.submission import Submission

__all__ = ["FactsIn", "Given", "given_in", "read_facts_in", "tell_rejected"]

_TABLES = (".csv", ".parquet")


class FactsIn(NamedTuple):
    """The subjects of a file, and the rows of tables that cannot be used."""

    facts: list[Facts]
    rejected: list[Rejected]


class Given(NamedTuple):
    """What can be taken in of all files; the rows that cannot, and the files of which nothing can, each with its exit code."""

    new: list[Submission]
    rejected: list[Rejected]
    failed: dict[Path, Exit]


def given_in(
    files: Iterable[Path], pack: Pack, mapping: Path | None, known: datetime.date, day: datetime.date | None
) -> Given:
    """All files, known on one day; what is wrong with one that cannot be taken in is told, and the others go on."""
    from policy_engine.monitoring.submission import submission

    given = Given([], [], {})
    for file in files:
        try:
            found = read_facts_in(file, pack, mapping, known, day)
            given.new.extend([submission(pack, facts, known, day, str(file)) for facts in found.facts])
        except FactsError as error:
            report(error.problems, MOST)
            given.failed[file] = code_of(error)
        else:
            given.rejected.extend(found.rejected)
    return given


def read_facts_in(
    file: Path, pack: Pack, mapping: Path | None, known: datetime.date, day: datetime.date | None
) -> FactsIn:
    """The subjects of a file or folder, warnings told.

    `day` is the one that rows without an `as_of` describe; a row with neither is rejected, and so is one that would be known
    before the day it describes. Raises `FactsError` where a facts file is not sound, or where sheets or headings are not known.
    """
    if not (file.is_dir() or in_sheets(file) or file.suffix.lower() in _TABLES):
        subjects, problems = read_facts_file(file, pack.vocabulary)
        report(problems)
        return FactsIn(subjects, [])
    try:
        from policy_engine.documents.table_facts import read_household
        from policy_engine.documents.tables import set_aside

        tables = _tables(file, pack, mapping)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] == "polars":
            raise MissingExtra([problem("population.missing_extra", found=error.name)]) from None
        raise missing_extra(error) from None
    own = next(layout for layout in tables.layouts if not layout.sheet.list)
    found = FactsIn([], list(tables.rejected))
    for household in tables.households:
        facts, problems = read_household(tables.layouts, household, pack.vocabulary)
        if facts is not None and (wrong := _undated(facts, known, day, own.place(own.id_at, household.row.number))):
            facts, problems = None, wrong
        if facts is None:
            found.rejected.extend(set_aside(tables.layouts, household, problems))
        else:
            report(problems)
            found.facts.append(facts)
    return found


def _undated(facts: Facts, known: datetime.date, day: datetime.date | None, place: str) -> tuple[Problem, ...]:
    """What is wrong with the day that a row describes."""
    described = facts.as_of or day
    if described is None:
        return (problem("request.no_date", where=place),)
    if described > known:
        return (problem("facts.known_before", where=place, id=facts.id, day=described, known=known),)
    return ()


def _tables(file: Path, pack: Pack, mapping: Path | None) -> Tables:
    """A workbook or CSV files named as its sheets, as `decide` takes them; else tables as `population decide` takes them."""
    from policy_engine.documents.mapping import read_mapping
    from policy_engine.documents.tables import read_tables

    plans = read_mapping(mapping, pack.vocabulary) if mapping else None
    if in_sheets(file) or (plans is not None and not _parquet(file)):
        return read_tables(file, pack.vocabulary, plans)
    from policy_engine.population.files import Source
    from policy_engine.population.sheets import sheets

    return read_tables(file, pack.vocabulary, plans, sheets(Source.open(file), pack.vocabulary))


def _parquet(file: Path) -> bool:
    return any(file.glob("*.parquet")) if file.is_dir() else file.suffix.lower() == ".parquet"


def tell_rejected(rejected: Sequence[Rejected], out: Path | None) -> None:
    """List the rows that were not taken, to standard error or in a CSV file; raises `FactsError` where it cannot be written."""
    if not rejected:
        return
    if out is None:
        report(row.problem for row in rejected)
    else:
        from policy_engine.app.cli.rejected import write_rejected

        write_rejected(out, rejected)
    households = len({row.household for row in rejected})
    where = f" {out}" if out is not None else ""
    print(
        words(
            f"没有导入的行：{len(rejected)} 行，{households} 户{where}",
            f"rows not taken: {len(rejected)}, of {households} households{where}",
        ),
        file=sys.stderr,
    )
