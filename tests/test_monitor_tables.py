"""`monitor ingest` of tables: workbooks, CSV, Parquet. A wrong row is listed, the rest is taken, nothing is lost."""

from __future__ import annotations

import csv
import datetime
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from xlsxwriter import Workbook

from policy_engine import load_pack
from policy_engine.app.cli.monitor_input import read_facts_in
from policy_engine.errors import FactsError
from policy_engine.monitoring.state import states
from policy_engine.population.conform import conform
from policy_engine.population.rows import each_facts
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger

PACK = load_pack("qingtian_2022")
DAY, KNOWN = datetime.date(2022, 9, 15), datetime.date(2022, 9, 16)
DATES = ("--as-of", "2022-09-15", "--known-on", "2022-09-16")


@pytest.fixture
def ingest(tmp_path):
    """Take files into a new ledger: (exit code, standard output, standard error)."""
    place = tmp_path / "ledger.db"
    create_ledger(place, datetime.datetime.now(datetime.UTC), "")

    def run(*arguments: object) -> tuple[int, str, str]:
        line = [sys.executable, "-c", "from policy_engine.app.cli import main; main()", "--lang", "en"]
        line += ["monitor", "ingest", "-p", PACK.id, "--ledger", str(place), *map(str, arguments)]
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment, encoding="utf-8")
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


def standing(folder: Path) -> dict[str, list[tuple[str, str]]]:
    with open_ledger(folder / "ledger.db") as ledger:
        found = states(ledger.entries(), PACK).values()
        return {state.subject: [(b["reaction"], b["what"]) for b in state.standing().values()] for state in found}


def taken(path: Path) -> dict[str, dict]:
    """The facts of each household of a file, by code."""
    given = read_facts_in(path, PACK, None, KNOWN, DAY)
    assert given.rejected == []
    return {facts.id: dict(facts.root) for facts in given.facts}


ROWS = {
    "household_id": ["QT-1", "QT-2", "QT-3"],
    "county": ["青田县", "青田县", "青田县"],
    "low_income": [True, True, False],
    "monitored": [False, True, None],
    "finances.2022.disposable_income": [23999.99, None, 0.1],
}
MEMBERS = {
    "household_id": ["QT-2", "QT-1", "QT-2"],
    "labour": ["weak", "skilled", None],
    "health": [["major_illness"], [], None],
}


def parquet(folder: Path) -> Path:
    folder.mkdir()
    pl.DataFrame(ROWS).write_parquet(folder / "households.parquet")
    pl.DataFrame(MEMBERS).write_parquet(folder / "members.parquet")
    return folder


def csv_folder(folder: Path) -> Path:
    folder.mkdir()
    pl.DataFrame(ROWS).write_csv(folder / "households.csv")
    members = pl.DataFrame(MEMBERS).with_columns(health=pl.Series(["major_illness", "无", None]))
    members.write_csv(folder / "members.csv")
    return folder


def csv_sheets(folder: Path) -> Path:
    folder.mkdir()
    pl.DataFrame(ROWS).rename({"household_id": "户编号"}).write_csv(folder / "户.csv")
    members = pl.DataFrame(MEMBERS).with_columns(health=pl.Series(["大病重病", "无", None]))
    members.rename({"household_id": "户编号"}).write_csv(folder / "家庭成员.csv")
    return folder


def workbook(folder: Path) -> Path:
    folder.mkdir()
    with Workbook(str(folder / "book.xlsx")) as book:
        for name, table in {"户": ROWS, "家庭成员": {**MEMBERS, "health": ["major_illness", "无", None]}}.items():
            sheet = book.add_worksheet(name)
            for at, (heading, cells) in enumerate(table.items()):
                sheet.write_column(0, at, ["户编号" if heading == "household_id" else heading, *cells])
    return folder / "book.xlsx"


def test_a_row_known_before_its_day_is_rejected_and_another_file_is_taken(ingest, tmp_path):
    rows = {**ROWS, "as_of": ["2022-09-15", "2202-09-15", None]}
    pl.DataFrame(rows).with_columns(as_of=pl.col("as_of").str.to_date()).write_parquet(tmp_path / "households.parquet")
    (tmp_path / "bad.yaml").write_text("county: 1\n", encoding="utf-8")
    code, out, err = ingest(tmp_path / "bad.yaml", tmp_path / "households.parquet", *DATES)
    assert (code, "facts: 2," in out) == (3, True), out + err
    assert "[facts.known_before]" in err
    assert f"not taken in: {tmp_path / 'bad.yaml'}" in err
    assert sorted(standing(tmp_path)) == ["QT-1", "QT-3"]


FORMS = {"parquet": parquet, "csv": csv_folder, "csv sheets": csv_sheets, "workbook": workbook}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_facts(form, tmp_path):
    found = taken(FORMS[form](tmp_path / "given"))
    assert found == taken(parquet(tmp_path / "beside"))
    assert found["QT-1"]["finances"]["2022"]["disposable_income"] == Decimal("23999.99")
    assert [member.get("labour") for member in found["QT-2"]["members"]] == ["weak", None]
    assert found["QT-1"]["members"][0]["health"] == ()
    assert "members" not in found["QT-3"]
    assert "monitored" not in found["QT-3"]


def test_tables_are_read_as_populations_are(tmp_path):
    """Cell by cell what `population decide` works with."""
    folder = parquet(tmp_path / "given")
    tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in ("households", "members")}
    population, _ = conform(tables, PACK.vocabulary)
    assert {facts.id: dict(facts.root) for facts in each_facts(population, PACK.vocabulary)} == taken(folder)


def test_lists_in_columns(tmp_path):
    """A list of records in a column is known where it stands, empty or not, and unknown where it does not."""
    people = [[{"labour": "weak"}, {"labour": None}], [], None]
    shocks = [[], [{"kind": "fire"}], None]
    type_ = pl.List(pl.Struct({"labour": pl.String}))
    rows = {"household_id": ["a", "b", "c"], "members": pl.Series(people, dtype=type_), "shocks": shocks}
    pl.DataFrame({**rows, "household_size": [2, None, None]}).write_parquet(tmp_path / "one.parquet")
    given = read_facts_in(tmp_path / "one.parquet", PACK, None, KNOWN, DAY)
    assert [(one.household, one.problem.code) for one in given.rejected] == [
        ("b", "facts.no_people"), ("b", "table.set_aside")
    ]  # fmt: skip
    found = {facts.id: dict(facts.root) for facts in given.facts}
    assert [member.get("labour") for member in found["a"]["members"]] == ["weak", None]
    assert found["a"]["shocks"] == ()
    assert found["c"] == {"household_id": "c"}


def test_codes_and_amounts_stay_what_they_are(tmp_path):
    """Whole and decimal numbers are taken by their digits: nothing is rounded, nothing becomes a fraction."""
    amount = pl.Series([Decimal("900719925474.09")], dtype=pl.Decimal(20, 2))
    rows = {"household_id": [341802199001011234], "finances.2022.disposable_income": amount, "as_of": [DAY]}
    pl.DataFrame(rows).write_parquet(tmp_path / "households.parquet")
    (found,) = read_facts_in(tmp_path / "households.parquet", PACK, None, KNOWN, None).facts
    assert (found.id, found.as_of) == ("341802199001011234", DAY)
    assert found.root["finances"]["2022"]["disposable_income"] == Decimal("900719925474.09")


def test_a_judgement_goes_in_with_its_evidence(tmp_path):
    """Of its own, or of its row; the ledger keeps by whom and when."""
    rows = {"household_id": ["a", "b", "c"], "living_hardship": [True] * 3, "living_hardship.by": ["甲", None, None]}
    rows |= {"living_hardship.observed_on": [DAY, None, None]}
    whole = {"by": ["乙", "乙", None], "observed_on": [datetime.date(2022, 9, 1)] * 3}
    pl.DataFrame({**rows, **whole}).write_parquet(tmp_path / "households.parquet")
    found = {f.id: f for f in read_facts_in(tmp_path / "households.parquet", PACK, None, KNOWN, DAY).facts}
    evidence = {id_: facts.evidence.get("living_hardship") for id_, facts in found.items()}
    assert (evidence["a"].by, evidence["a"].observed_on) == ("甲", DAY)
    assert (evidence["b"].by, evidence["b"].observed_on) == ("乙", datetime.date(2022, 9, 1))
    assert "living_hardship" in found["a"].root
    assert "living_hardship" not in found["c"].root


# ---- wrong rows


def with_wrong_rows(folder: Path) -> Path:
    folder.mkdir()
    rows = {
        "household_id": ["QT-1", "QT-2", "QT-2", "QT-4", "QT-5", None],
        "low_income": ["true", "true", "true", "perhaps", "true", "true"],
        "finances.2022.disposable_income": [1.0, 1.0, 1.0, 1.0, float("nan"), 1.0],
    }
    pl.DataFrame({**rows, "county": ["青田县"] * 6, "monitored": ["false"] * 6}).write_parquet(
        folder / "households.parquet"
    )
    members = {"household_id": ["QT-1", "QT-4", "QT-9"], "labour": ["weak", "weak", "weak"]}
    pl.DataFrame(members).write_parquet(folder / "members.parquet")
    return folder


def test_wrong_rows_are_listed_and_the_rest_is_taken(ingest, tmp_path):
    folder = with_wrong_rows(tmp_path / "given")
    code, said, told = ingest(folder, *DATES)
    assert (code, said) == (3, "facts: 1, decisions: 1, alerts: 1, withdrawn: 0\n"), told
    assert standing(tmp_path) == {"QT-1": [("to_be_included", "true")]}
    for place in ("households!A3", "households!A4", "households!B5", "households!C6", "households!A7", "members!A4"):
        assert place in told
    assert "rows not taken: 7, of 5 households" in told


def test_every_row_is_taken_or_listed(ingest, tmp_path):
    """Of each table, in a file that says where, what and the whole row."""
    folder = with_wrong_rows(tmp_path / "given")
    out = tmp_path / "rejected.csv"
    assert ingest(folder, *DATES, "--rejected", out)[0] == 3
    with out.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    rows = {(row["工作表"], row["行"]) for row in listed}
    assert rows == {("households", str(row)) for row in range(3, 8)} | {("members", "3"), ("members", "4")}
    assert all(row["原行"] for row in listed)
    assert "low_income=perhaps" in next(row["原行"] for row in listed if row["行"] == "5")


def test_what_was_listed_goes_in_once_it_is_put_right(ingest, tmp_path):
    folder = tmp_path / "table"
    folder.mkdir()
    rows = "户编号,县市区,低收入农户,监测对象\nQT-0101,青田县,{},否\nQT-0102,青田县,是,是\n"
    (folder / "户.csv").write_text(rows.format("也许"), encoding="utf-8")
    assert ingest(folder, *DATES)[:2] == (3, "facts: 1, decisions: 1, alerts: 0, withdrawn: 0\n")
    (folder / "户.csv").write_text(rows.format("是"), encoding="utf-8")
    assert ingest(folder, *DATES)[:2] == (0, "facts: 1, decisions: 1, alerts: 1, withdrawn: 0\n")
    assert standing(tmp_path) == {"QT-0101": [("to_be_included", "true")], "QT-0102": []}


def test_a_row_without_a_day_is_listed(ingest, tmp_path):
    rows = {"household_id": ["QT-1", "QT-2"], "county": ["青田县"] * 2, "as_of": [DAY, None]}
    pl.DataFrame(rows).write_parquet(tmp_path / "households.parquet")
    code, said, told = ingest(tmp_path / "households.parquet", "--known-on", "2022-09-16")
    assert (code, said) == (3, "facts: 1, decisions: 1, alerts: 0, withdrawn: 0\n")
    assert "households!A3" in told
    assert "request.no_date" in told


@pytest.mark.parametrize(("column", "code"), [("perhaps", "table.unknown_column"), ("members", "table.unknown_column")])
def test_a_column_that_is_not_known_stops_everything(column, code, tmp_path):
    """It is not one row that is wrong: nothing of the file goes in."""
    pl.DataFrame({"household_id": ["a"], column: ["x"]}).write_parquet(tmp_path / "households.parquet")
    with pytest.raises(FactsError) as found:
        read_facts_in(tmp_path / "households.parquet", PACK, None, KNOWN, DAY)
    assert [one.code for one in found.value.problems] == [code]


def test_rejected_rows_that_cannot_be_listed_stop_everything(ingest, tmp_path):
    folder = with_wrong_rows(tmp_path / "given")
    code, said, told = ingest(folder, *DATES, "--rejected", tmp_path / "nowhere" / "rejected.csv")
    assert (code, said) == (1, ""), told
    assert standing(tmp_path) == {}
