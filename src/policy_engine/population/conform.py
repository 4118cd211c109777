"""Given tables to a population: columns named by facts, rows brought in order, nothing passed over in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from policy_engine.errors import FactsError, Problem, problem
from policy_engine.expression.names import nearest
from policy_engine.expression.types import BOOLEAN, DATE, TEXT, ListType, NumberType, RecordType, Type
from policy_engine.model.facts import Evidence
from policy_engine.model.vocabulary import RecordForm, Vocabulary
from policy_engine.population.cells import Cells, numbered
from policy_engine.population.right_numbers import right_numbers
from policy_engine.population.tables import AS_OF, ROOT, Population, Table, facts_of, records_of

__all__ = ["MAIN", "conform", "rising"]

MAIN = "households"
"""The name under which the subjects' own table is given."""

_EVIDENCE = {"by": TEXT, "observed_on": DATE}
_COMPLETE = ".complete"


@dataclass
class _Reader:
    vocabulary: Vocabulary
    subject: str
    evidence: Evidence
    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, Callable[[int], str]] = field(default_factory=dict)
    places: dict[str, pl.Series] = field(default_factory=dict)

    @property
    def id_(self) -> str:
        return f"{self.subject}_id"

    @property
    def main(self) -> str:
        return f"{self.subject}s"

    def cells(self, table: str) -> Cells:
        """For a table whose rows are named as people find them; all problems come together here."""
        return Cells(table, self.rows.get(table, numbered), self.problems)


def conform(
    tables: Mapping[str, pl.DataFrame],
    vocabulary: Vocabulary,
    *,
    subject: str = "household",
    evidence: Evidence | None = None,
    numbers: Mapping[str, pl.Series] | None = None,
    by_code: bool = False,
) -> tuple[Population, tuple[Problem, ...]]:
    """The population of these tables, and warnings.

    `tables` holds a table `households` (or `villages`) with a row for each subject and its code, and a table for each
    list of records (`members`), whose rows carry the code of their subject; or such a list is a column of lists of
    records. A judgement counts with its columns `….by` and `….observed_on`, with `by` and `observed_on` of its row, or
    with `evidence` for all. Raises `FactsError` with the table, column and row of every problem: rows are counted from
    1; in a block of larger tables `numbers` has the number of each row, from 0; `by_code`, they are named by the code of
    their subject. An item of a list in a column is `members!labour:17[2]`.
    """
    reader = _Reader(vocabulary, subject, evidence or Evidence())
    main = tables.get(reader.main)
    if main is None:
        near = ", ".join(tables)
        raise FactsError([problem("table.no_sheet", path="", found=reader.main, near=near)])
    lists = {name: table for name, table in tables.items() if name != reader.main}
    for name, table in tables.items():
        reader.rows[name] = _named(reader, table, (numbers or {}).get(name), by_code=by_code)
    if reader.id_ not in main.columns:
        raise FactsError([problem("table.no_column", where=reader.main, sheet=reader.main, found=reader.id_)])
    main, lists = _unnested(reader, main, lists)
    ids = _ids(reader, main)
    made = {name: _list(reader, name, table, ids, main[reader.id_]) for name, table in lists.items()}
    root = _table(reader, reader.main, main, vocabulary.form(subject))
    if not any(found.severity == "error" for found in reader.problems):
        root, made = _with_counts(reader, root, main, made)
        found = Population(subject, {ROOT: root, **{name: table for name, (table, _) in made.items()}})
        _check_people(reader, found)
    if any(item.severity == "error" for item in reader.problems):
        raise FactsError(reader.problems)
    return found, tuple(reader.problems)


def _named(reader: _Reader, table: pl.DataFrame, numbers: pl.Series | None, *, by_code: bool) -> Callable[[int], str]:
    if numbers is not None:
        return lambda row: numbered(numbers[row])
    if not by_code or reader.id_ not in table.columns:
        return numbered
    codes = table[reader.id_]
    return lambda row: f"{reader.id_}={codes[row]}"


# ---- lists in columns


def _unnested(
    reader: _Reader, main: pl.DataFrame, lists: dict[str, pl.DataFrame]
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Columns of lists of records as tables of their own; the column `….complete` says that they are known."""
    for name, dtype in main.schema.items():
        if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct) and name not in lists:
            known = main[name].is_not_null()
            if name + _COMPLETE in main.columns:
                said = reader.cells(reader.main).read(name + _COMPLETE, main[name + _COMPLETE], BOOLEAN)
                known = said.fill_null(known)
            owners = main.select(name).with_row_index("@row").filter(pl.col(name).list.len() > 0)
            items = owners.with_columns(pl.int_ranges(1, pl.col(name).list.len() + 1).alias("@item"))
            items = items.explode(name, "@item")
            reader.rows[name] = _item(reader.rows[reader.main], items["@row"], items["@item"])
            reader.places[name] = items["@row"]
            none = items[name].is_null()
            reader.cells(name).wrong(name, items[name], none, "facts.wrong_kind", wanted="mapping")
            lists = {**lists, name: items.select(name).unnest(name)}
            main = main.drop(name).with_columns(known.alias(name + _COMPLETE))
    return main, lists


def _item(row: Callable[[int], str], rows: pl.Series, items: pl.Series) -> Callable[[int], str]:
    return lambda at: f"{row(rows[at])}[{items[at]}]"


# ---- rows


def _ids(reader: _Reader, main: pl.DataFrame) -> pl.Series:
    """The codes of the subjects, each once."""
    before = len(reader.problems)
    ids = reader.cells(reader.main).read(reader.id_, main[reader.id_], TEXT)
    if len(reader.problems) == before and not rising(main[reader.id_]):
        _report(reader, reader.main, ids.is_null(), "table.id_missing")
        _report(reader, reader.main, ids.is_duplicated() & ids.is_not_null(), "table.id_twice", ids, other=reader.main)
    return ids


def _report(
    reader: _Reader, table: str, where: pl.Series, code: str, found: pl.Series | None = None, **details: object
) -> None:
    reader.cells(table).wrong(reader.id_, where if found is None else found, where, code, warning=False, **details)


def rising(codes: pl.Series) -> bool:
    """Are these whole numbers, each greater than the one before? Then each is there once, and none is missing."""
    return codes.dtype.is_integer() and not codes.null_count() and bool((codes > codes.shift()).all())


def _in_order(ids: pl.Series, owners: pl.Series) -> pl.Series | None:
    """How many rows belong to each subject, where they come in the order of the subjects; None where they may not."""
    if owners.dtype != ids.dtype or not (ids.dtype == pl.String or ids.dtype.is_integer()) or owners.null_count():
        return None
    runs = pl.DataFrame({"run": owners.rle()}).unnest("run")
    if runs["value"].equals(ids):
        return runs["len"].cast(pl.UInt32)
    places = pl.DataFrame({"value": ids}).with_row_index("place")
    placed = runs.join(places, on="value", how="left", maintain_order="left")["place"]
    if placed.null_count() or placed.len() != runs.height or not (placed.cast(pl.Int64).diff() > 0).all():
        return None
    return _spread(ids.len(), placed, runs["len"])


def _counted(places: pl.Series, subjects: int) -> pl.Series:
    """How many rows each subject has, empty where none; the rows come in the order of the subjects."""
    runs = pl.DataFrame({"run": places.rle()}).unnest("run")
    return _spread(subjects, runs["value"], runs["len"])


def _spread(subjects: int, places: pl.Series, counts: pl.Series) -> pl.Series:
    return pl.Series([None], dtype=pl.UInt32).new_from_index(0, subjects).scatter(places, counts.cast(pl.UInt32))


def _list(reader: _Reader, name: str, table: pl.DataFrame, ids: pl.Series, given: pl.Series) -> tuple[Table, pl.Series]:
    """The rows of a list in the order of their subjects, and how many each subject has. `given`: the codes untouched."""
    empty = Table(name, pl.DataFrame()), ids.is_null().cast(pl.Int64)
    fact = reader.vocabulary.form(reader.subject).find(name)
    record = records_of(fact) if fact is not None else None
    if record is None:
        known = [fact.id for fact in reader.vocabulary.form(reader.subject) if records_of(fact)]
        near = nearest(name, known) or ", ".join(known)
        reader.problems.append(problem("table.unknown_sheet", where=name, found=name, near=near))
        return empty
    counts: pl.Series | None
    if name in reader.places:
        owners, counts = reader.places[name], _counted(reader.places[name], ids.len())
    elif reader.id_ in table.columns:
        owners, table = table[reader.id_], table.drop(reader.id_)
        counts = None if ids.null_count() else _in_order(given, owners)
    else:
        reader.problems.append(problem("table.no_column", where=name, sheet=name, found=reader.id_))
        return empty
    if counts is None:
        owners = _places(reader, name, owners, ids)
        if owners.null_count():
            return empty
    made = _table(reader, name, table, reader.vocabulary.form(record.name))
    _check_unique(reader, name, made, owners)
    if counts is None:
        made = made if owners.is_sorted() else Table(made.form, made.rows[owners.arg_sort()], made.scales)
        counts = _counted(owners.sort(), ids.len())
    return made, counts


def _places(reader: _Reader, name: str, codes: pl.Series, ids: pl.Series) -> pl.Series:
    """For each row of a list the number of its subject; empty, and reported, where there is none."""
    owners = pl.DataFrame({"id": reader.cells(name).read(reader.id_, codes, TEXT)})
    places = pl.DataFrame({"id": ids}).with_row_index("place").unique("id", keep="first")
    owners = owners.join(places, on="id", how="left", maintain_order="left")
    _report(reader, name, owners["id"].is_null(), "table.id_missing")
    _report(reader, name, owners["place"].is_null() & owners["id"].is_not_null(), "table.no_household", owners["id"])
    return owners["place"]


def _different(codes: pl.Series) -> bool:
    return codes.drop_nulls().n_unique() + codes.null_count() == codes.len()


def _check_unique(reader: _Reader, name: str, table: Table, places: pl.Series) -> None:
    """No two records of a list have the same code of their own."""
    own = f"{table.form}_id"
    if own in table.rows.columns and not _different(table.rows[own]):
        codes = pl.DataFrame({"place": places, "code": table.rows[own]})
        twice = codes.select((pl.struct("place", "code").is_duplicated()) & pl.col("code").is_not_null()).to_series()
        _report(reader, name, twice, "facts.record_twice", codes["code"], list=name, id="")


def _with_counts(
    reader: _Reader, root: Table, main: pl.DataFrame, lists: Mapping[str, tuple[Table, pl.Series]]
) -> tuple[Table, dict[str, tuple[Table, pl.Series]]]:
    """The subjects' table with the number of rows of each list: unknown without rows, unless the list is said complete."""
    rows = root.rows
    for name, (_, counts) in lists.items():
        found = counts
        if name + _COMPLETE in main.columns:
            complete = reader.cells(reader.main).read(name + _COMPLETE, main[name + _COMPLETE], BOOLEAN)
            frame = pl.DataFrame({"count": counts, "complete": complete})
            whole = pl.when(pl.col("complete")).then(pl.col("count").fill_null(0))
            found = frame.select(whole.when(pl.col("complete").is_null()).then(pl.col("count"))).to_series()
            if (found.is_null() & counts.is_not_null()).any():
                where = found.is_null() & counts.is_not_null()
                _report(reader, reader.main, where, "population.rows_of_incomplete", found=counts, list=name)
        rows = rows.with_columns(found.cast(pl.UInt32).alias(name))
    return Table(root.form, rows.rechunk(), root.scales), dict(lists)


def _check_people(reader: _Reader, population: Population) -> None:
    rows = population.tables[ROOT].rows
    for column in ("members", "household_size"):
        if reader.subject == "household" and column in rows.columns:
            reader.cells(MAIN).wrong(column, rows[column], rows[column] == 0, "facts.no_people")


# ---- columns


def _table(reader: _Reader, name: str, given: pl.DataFrame, form: RecordForm) -> Table:
    cells = reader.cells(name)
    known = dict(_columns(reader.vocabulary, form))
    types = {column: _type_of(known, column, root=False)[0] for column in given.columns}
    numbers = right_numbers(given, {name: type_ for name, type_ in types.items() if isinstance(type_, NumberType)})
    columns: dict[str, pl.Series] = {}
    for column in given.columns:
        type_, judgement = _type_of(known, column, root=form.id == reader.subject)
        if type_ is None:
            if column.endswith(_COMPLETE) and records_of_name(reader, form, column.removesuffix(_COMPLETE)):
                continue
            names = [path.replace(".*.", ".2021.") for path in known]
            near = nearest(column, names) or ", ".join(names[:6])
            where = f"{name}!{column}"
            reader.problems.append(problem("table.unknown_column", where=where, sheet=name, found=column, near=near))
        elif not _is_evidence(known, column):
            found = numbers.get(column)
            read = (cells.read(column, given[column], type_) if found is None else found).alias(column)
            columns[column] = _vouched(reader, cells, given, read) if judgement else read
    return Table(form.id, pl.DataFrame(columns).rechunk() if columns else pl.DataFrame(height=given.height))


def _columns(vocabulary: Vocabulary, form: RecordForm) -> Iterator[tuple[str, tuple[Type, bool]]]:
    """Every column that a table of this form may have, a year written `*`: its type, and whether it is a judgement."""
    for path, fact in facts_of(vocabulary, form):
        item = fact.type.item if isinstance(fact.type, ListType) else None
        if not isinstance(item, RecordType):
            yield ".".join(path), (fact.type, fact.judgement)


def _type_of(known: Mapping[str, tuple[Type, bool]], column: str, *, root: bool) -> tuple[Type | None, bool]:
    if column in _EVIDENCE:
        return _EVIDENCE[column], False
    if column == AS_OF and root:
        return DATE, False
    if _is_evidence(known, column):
        return _EVIDENCE[column.rpartition(".")[2]], False
    return known.get(_open_year(column), (None, False))


def _is_evidence(known: Mapping[str, tuple[Type, bool]], column: str) -> bool:
    fact, _, part = column.rpartition(".")
    return part in _EVIDENCE and (not fact or known.get(_open_year(fact), (None, False))[1])


def _open_year(column: str) -> str:
    return ".".join(
        "*" if len(part) == 4 and part.isascii() and part.isdecimal() else part for part in column.split(".")
    )


def records_of_name(reader: _Reader, form: RecordForm, name: str) -> bool:
    fact = form.find(name)
    return form.id == reader.subject and fact is not None and records_of(fact) is not None


def _vouched(reader: _Reader, cells: Cells, given: pl.DataFrame, judged: pl.Series) -> pl.Series:
    """A judgement counts where it is said by whom and when; elsewhere it is unknown, with a warning."""
    if reader.evidence.by and reader.evidence.observed_on:
        return judged
    vouched = pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(judged))
    for prefix in (f"{judged.name}.", ""):
        if f"{prefix}by" in given.columns and f"{prefix}observed_on" in given.columns:
            by = cells.read(f"{prefix}by", given[f"{prefix}by"], TEXT)
            seen = cells.read(f"{prefix}observed_on", given[f"{prefix}observed_on"], DATE)
            vouched = vouched | (by.is_not_null() & seen.is_not_null())
    lost = int((judged.is_not_null() & ~vouched).sum())
    if lost:
        where = f"{cells.table}!{judged.name}"
        reader.problems.append(
            problem("population.judgements_without_evidence", where=where, warning=True, count=lost, fact=judged.name)
        )
    return judged.set(~vouched, None)
