"""`--mask` on every command: no personal value on standard output, on standard error, or in a file that it writes.

A new command has `--mask` and rows in `MASKED` below, or a reason in `WHOLE` why it shows things as they are.
"""

from __future__ import annotations

import datetime
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import typer
from python_calamine import CalamineWorkbook
from ruamel.yaml import YAML
from typer.testing import CliRunner

from policy_engine.app.cli.main import app
from policy_engine.app.facts_file import save_data
from policy_engine.decision.duties import Owed
from policy_engine.decision.masking import MASK, mask_message, mask_owed
from policy_engine.decision.periods import Period
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import load_pack
from policy_engine.errors import Problem, catalogue, problem
from policy_engine.expression.types import BOOLEAN, DATE, TEXT, CodeType, ListType, NumberType, RecordType
from policy_engine.record.entry import Entry
from policy_engine.record.export import masked_outcome
from policy_engine.record.ledger import open_ledger
from policy_engine.scenario.flip import flips, masked
from policy_engine.source import Source, Span

ROOT = Path(__file__).parents[1]
SPAN = Span(Source("f.yaml", "members: 密某甲"), 8, 12)
PACK = load_pack("xuanzhou_2021", [ROOT / "policies"])

WHOLE = {
    "ask": "writes the facts file",
    "benefits": "the household's own list of what it received",
    "eval": "for authors: what is asked for is a value",
    "ledger check-copy": "takes a masked copy, and shows what was disclosed",
    "mapping suggest": "the office's own table; writes the cells that it does not know, to be filled in",
    "ledger init": "reads no facts",
    "ledger upgrade": "reads no facts",
    "ledger verify": "tells numbers and hashes",
    "ledger key": "reads no facts",
    "ledger head": "reads no facts",
    "pack check": "reads no facts",
    "pack clauses": "reads no facts",
    "pack diff": "reads no facts",
    "pack list": "reads no facts",
    "pack new": "reads no facts",
    "pack schema": "reads no facts",
    "pack show": "reads no facts",
    "pack test": "the cases of a pack are made up",
    "population make": "makes a county up",
    "procedure export": "reads no facts",
    "procedure list": "reads no facts",
    "procedure show": "reads no facts",
    "sources check": "reads no facts",
    "sources hash": "reads no facts",
    "template": "reads no facts",
}

P = "-p xuanzhou_2021"
ON = "--on 2021-09-01"
MASKED = {
    "decide": [
        f"FACTS {P}",
        f"FACTS {P} --full --format json",
        f"FACTS {P} --format html",
        f"FACTS {P} --scenario scenario.yaml --record ledger.db",
        f"SHEETS {P} {ON} --out answers.xlsx",
        "FACTS -p auto",
    ],
    "compare-packs": ["FACTS", "FACTS --format json"],
    "flip": [f"FACTS {P} -d in_range", f"FACTS {P} -d in_range --format json", f"FACTS {P}"],
    "why-not": [f"FACTS other.yaml {P}", f"FACTS other.yaml {P} --format json"],
    "compare": [
        f"FACTS {P} {ON} --scenario scenario.yaml --html page.html",
        f"FACTS {P} {ON} --scenario scenario.yaml --format json",
    ],
    "sweep": [f"FACTS range_line 5000 7000 --steps 2 {P} {ON}"],
    "readings": [f"FACTS {P} {ON} -d in_range"],
    "scoreboard": [
        "qingtian.yaml -p qingtian_2022 --on 2022-09-01 --lists --html page.html",
        "qingtian.yaml -p qingtian_2022 --on 2022-09-01 --format json",
    ],
    "population decide": [
        f"FACTS {P} {ON} --out answers.csv --missing",
        "qingtian.yaml -p qingtian_2022 --on 2022-09-01 -d received_this_year --out answers.parquet",
        "qingtian.yaml -p qingtian_2022 --on 2022-09-01 -d received_this_year --only outcomes --out answers.csv",
        f"SHEETS {P} {ON} --out answers.csv",
        f"SHEETS {P} {ON} --out answers.xlsx",
    ],
    "population describe": [f"FACTS {P} {ON} --by town", f"FACTS {P} {ON} --by household_id"],
    "facts check": [f"FACTS {P}"],
    "duties": [
        "2021-12-31 FACTS case.yaml -p xuanzhou_2021 --all",
        "2022-12-31 qingtian.yaml -p qingtian_2022 --format json",
        "2022-12-31 qingtian.yaml -p qingtian_2022 --person 密某",
    ],
    "letter": [f"FACTS {P}", "3 --ledger ledger.db --format html --out letter.html"],
    "notice": [f"FACTS {P} --procedure inclusion --posted-on 2021-09-10 --out notice.txt"],
    "case open": ["new.yaml --procedure inclusion --on 2021-09-02 -p xuanzhou_2021 --id ID --facts FACTS"],
    "case record": [
        "case.yaml --on 2021-12-01 --event event.yaml",
        "case.yaml --on 2021-12-01 --event refused.yaml",
        "case.yaml --on 2021-12-01 -c removal -r halted --by 密某甲 -P 密某甲=密入户",
        "case.yaml --on 2021-12-01 -c removal -r agreed -P 密某甲",
        "case.yaml --on 2021-12-01 -c removal -r agreed -P 密某甲={密某",
    ],
    "case facts": ["case.yaml FACTS --on 2021-12-01", "case.yaml other.yaml --on 2021-12-01"],
    "case show": ["case.yaml", "case.yaml --format json"],
    "case status": ["case.yaml", "case.yaml --format json"],
    "case next": ["case.yaml", "case.yaml --format json"],
    "case check": ["case.yaml"],
    "ledger list": ["ledger.db"],
    "ledger show": [f"ledger.db {number}" for number in range(3, 8)],
    "ledger export": ["ledger.db --out entries.jsonl"],
    "ledger add": ["ledger.db event.json --kind visit --subject ID", "ledger.db bad.json --kind visit"],
    "ledger add-case": ["ledger.db case.yaml"],
    "audit replay": ["ledger.db ALL", "ledger.db 4", "ledger.db 7"],
    "audit as-of": ["ledger.db 2030-01-01", "ledger.db 2000-01-01 --changed"],
    "audit not-included": ["qingtian.db --on 2022-09-01"],
    "audit timeline": ["ledger.db ID", "ledger.db 密不在册"],
    "audit divergences": ["ledger.db"],
    "audit sample": ["ledger.db --size 9 --seed s --out paper"],
    "monitor ingest": [
        "FACTS --ledger qingtian.db -p qingtian_2022 --known-on 2022-11-01",
        "SHEETS --ledger qingtian.db -p qingtian_2022 --as-of 2022-09-01 --known-on 2022-11-01",
    ],
    "monitor board": [
        "--ledger qingtian.db -p qingtian_2022 --on 2022-11-01",
        "--ledger qingtian.db -p qingtian_2022 --on 2022-11-01 --format json",
        "--ledger qingtian.db -p qingtian_2022 --on 2022-11-01 --html board.html",
    ],
    "monitor alerts": [
        "--ledger qingtian.db -p qingtian_2022 --on 2022-11-01 --all",
        "--ledger qingtian.db -p qingtian_2022 --on 2022-11-01 --all --format json",
        "--ledger qingtian.db -p qingtian_2022 --on 2022-11-01 --person 密某",
    ],
    "monitor acknowledge": ["密不在册 --ledger qingtian.db -p qingtian_2022 --by township"],
}
SILENT = {
    "case open": "where it stands, before anyone has ruled",
    "case facts": "names of facts",
    "case next": "what is to be done",
    "case check": "a count, where all is in order",
    "ledger add": "a count",
    "ledger add-case": "a count",
    "audit timeline ledger.db 密不在册": "what was typed",
    "monitor acknowledge": "what was typed",
}
"""What shows nothing personal without `--mask` either, unless a file cannot be used."""

STORES, CASE_FILES = (".db", ".db-wal", ".db-shm"), ("case.yaml", "new.yaml")
"""Ledgers and case files keep facts whole: masking is for what is shown of them."""


# ---- facts in which everything personal stands out


class Marked:
    """Facts in every place that the vocabulary has; personal texts, amounts, days and persons occur nowhere else."""

    def __init__(self, pack, start, **open_):
        self.vocabulary, self.open, self.start, self.secret = pack.vocabulary, open_, start, []
        self.data = self.record("household", hidden=False)

    def record(self, form, *, hidden):
        return {fact.id: self.fact(fact, hidden=hidden or fact.personal) for fact in self.vocabulary.form(form)}

    def fact(self, fact, *, hidden):
        if isinstance(fact.type, RecordType):
            one = self.record(fact.type.name, hidden=hidden)
            return {2021: one, 2022: self.record(fact.type.name, hidden=hidden)} if fact.by_year else one
        if isinstance(fact.type, ListType) and isinstance(fact.type.item, RecordType):
            return [self.record(fact.type.item.name, hidden=hidden)]
        if not hidden:
            return self.open.get(fact.id, self.plain(fact.type))
        by = {"by": self.odd("密{:05}"), "reference": self.odd("密{:05}"), "observed_on": "2021-08-01"}
        return {"value": self.value(fact.type), **by}

    def value(self, type_):
        if isinstance(type_, ListType):
            return [self.value(type_.item)]
        if type_ == TEXT:
            return self.odd("密{:05}")
        if type_ == DATE:
            day = datetime.date(1961, 1, 1) + datetime.timedelta(days=17 * (self.start + len(self.secret)))
            self.secret.append(day.isoformat())
            return day
        if isinstance(type_, NumberType) and str(type_.unit).startswith("CNY"):
            return Decimal(self.odd("7{:05}41") + ".13")
        return self.plain(type_)

    def plain(self, type_):
        if isinstance(type_, ListType):
            return [self.plain(type_.item)]
        if isinstance(type_, CodeType):
            return type_.ids[0]
        if isinstance(type_, NumberType):
            return 1
        return {BOOLEAN: True, DATE: datetime.date(2021, 8, 1)}.get(type_, "某处")

    def odd(self, form):
        self.secret.append(form.format(self.start + len(self.secret)))
        return self.secret[-1]


def found_in(text, secret):
    """Hashes are chance: any few digits may stand in them."""
    plain = re.sub(r"[0-9a-f]{16,}", "", text)
    return [one for one in secret if one in plain]


def invoke(folder, arguments):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(app, ["--lang", "en", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


CASE = """\
case_file: 1
pack: xuanzhou_2021
pack_hash: "{hash}"
subject: household
id: {id}
---
{{event: open, case: removal, procedure: removal, happened_on: 2021-10-01}}
---
{{event: ruling, case: removal, substance: true, by: township, person: 密某甲, why: 密入户核实, happened_on: 2021-10-05}}
"""


BAD = """\
as_of: 2021-09-01
household_id: 户密-13579-024
county: 宣州区
密某甲: true
household_size: 密九百
finances: {2021: {net_income: 密71234567, income: 12,71234567}}
monitored_since: 2021-02-30
members: [{birth_date: 1851-03-07, health: [密病], member_id: 密某乙}, {member_id: 密某乙}]
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A folder with facts, tables, a case file and ledgers about one household, and all that must not be shown of it."""
    folder = tmp_path_factory.mktemp("office")
    secret = [
        "71234567",
        "密某",
        "密入户",
        "密九百",
        "密病",
        "密7y65",
        "户密-13579-024",
        "户密-13579-025",
        "1851-03-07",
    ]
    for name, pack, county in (
        ("facts", PACK, "宣州区"),
        ("other", PACK, "宣州区"),
        ("qingtian", load_pack("qingtian_2022", [ROOT / "policies"]), "青田县"),
    ):
        marked = Marked(pack, len(secret), county=county, town="某镇", monitored=False)
        save_data({"as_of": datetime.date(pack.issued.year, 9, 1), **marked.data}, folder / f"{name}.yaml")
        secret += marked.secret
    id_, other = (
        YAML(typ="safe").load(folder / f"{name}.yaml")["household_id"]["value"] for name in ("facts", "other")
    )
    later = (folder / "other.yaml").read_text(encoding="utf-8").replace(other, id_)
    (folder / "later.yaml").write_text(later, encoding="utf-8")
    for name, text in files(id_).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for line in (
        "ledger init ledger.db",
        "decide facts.yaml -p xuanzhou_2021 --record ledger.db",
        "decide facts.yaml -p xuanzhou_2021 --scenario scenario.yaml --record ledger.db",
        "case facts case.yaml facts.yaml --on 2021-09-01",
        "case open case.yaml --procedure removal --case ended --on 2021-09-02",
        "case record case.yaml --case ended --on 2021-09-03 -r halted --by village_committees --person 密某甲",
        "case facts case.yaml later.yaml --on 2021-09-01 --recorded-on 2021-11-01",
        f"ledger add ledger.db event.json --kind visit --subject {id_} --key visit-{id_}",
        f"ledger add ledger.db divergence.json --kind divergence --subject {id_}",
        "ledger init qingtian.db",
        "monitor ingest qingtian.yaml --ledger qingtian.db -p qingtian_2022 --known-on 2022-10-01",
    ):
        done = invoke(folder, line.split())
        assert done.exit_code in (0, 4, 6), done.output
    _changed(folder)
    return folder, secret, id_


def _changed(folder):
    """A record whose facts are not those that were decided on: its re-performance shows what differs."""
    with open_ledger(folder / "ledger.db", "write") as ledger:
        content = ledger.entry(3).content()
        content["facts"]["facts"]["household_id"] = "密某丙"
        ledger.append([Entry.of("decision", content, subject="密某甲")], datetime.datetime.now(datetime.UTC))


def files(id_):
    return {
        "bad.yaml": BAD,
        "broken.yaml": "county: 宣州区\nmembers: [{relation: 密某乙, birth_date: 密某\n",
        "scenario.yaml": "scenario: less\nchange: [{set: {this_year.net_income: this_year.net_income * 0.9}}]\n",
        "case.yaml": CASE.format(hash=PACK.hash, id=id_),
        "event.json": json.dumps({"what": f"走访 {id_}，密某甲月入 71234567 元", "on": "2021-09-02"}),
        "bad.json": '{"what": 71234567.5, "密某甲": 1}',
        "event.yaml": "{event: ruling, case: removal, substance: false, by: township, person: 密某甲, why: 密入户核实}\n",
        "refused.yaml": "{event: step, case: removal, step: 密某甲, result: 密入户核实, by: 密某甲, person: 密某甲}\n",
        "divergence.json": json.dumps(
            {"decision": "in_range", "outcome": "71234567", "by": "密某甲", "why": "密入户核实", "on": "2021-09-02"}
        ),
        "sheets/户.csv": "户编号,县市区,纯收入 2021,家庭人口,脱贫户\n户密-13579-024,宣州区,71234567.89,1,是\n"
        "户密-13579-025,宣州区,密7y65,1,是\n",
    }


# ---- the commands


def commands(group=None, path=()):
    group = typer.main.get_command(app) if group is None else group
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), {option for one in command.params for option in one.opts}


def test_every_command_masks_or_says_why_not():
    known = dict(commands())
    assert known.keys() == MASKED.keys() | WHOLE.keys()
    assert {name for name, options in known.items() if "--mask" in options} == MASKED.keys()


def test_the_documentation_says_which_commands_show_a_household_as_it_is():
    nobody = ("reads no facts", "tells numbers", "the cases of a pack", "makes a county up")
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    unsaid = [name for name, why in WHOLE.items() if not why.startswith(nobody) and f"| `{name}` |" not in text]
    assert unsaid == []


ROWS = [f"{name} {arguments}" for name, rows in MASKED.items() for arguments in rows]
TOLD = [row for row in ROWS if "FACTS" in row and "--by household_id" not in row]


def run_in_copy(office, tmp_path, row, facts):
    """What a command says, and every file that it writes or changes, as text."""
    folder, _, id_ = office
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    words = {"FACTS": facts, "SHEETS": "sheets", "ID": id_}
    done = invoke(copy, [words.get(part, part) for part in row.split()])
    new = [path for path in copy.rglob("*") if path.is_file() and before.get(path) != path.read_bytes()]
    shown = [read(path) for path in sorted(new) if path.suffix not in STORES and path.name not in CASE_FILES]
    return done, "\n".join([done.stdout, done.stderr, *shown])


def read(path):
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(str(path))
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
        return "\n".join(str(cell) for rows in sheets for row in rows for cell in row)
    return str(pl.read_parquet(path).to_dicts()) if path.suffix == ".parquet" else path.read_text(encoding="utf-8")


@pytest.mark.parametrize("row", ROWS)
def test_nothing_personal_is_shown_or_written(office, tmp_path, row):
    whole, everything = run_in_copy(office, tmp_path, row, "facts.yaml")
    masked, text = run_in_copy(office, tmp_path, f"{row} --mask", "facts.yaml")
    assert found_in(text, office[1]) == [], text
    if "--by household_id" not in row:
        assert masked.exit_code == whole.exit_code, masked.output
    silent = any(row.startswith(name) for name in SILENT) and not {"bad.json", "other.yaml"} & set(row.split())
    assert bool(found_in(everything, office[1])) != silent, everything


@pytest.mark.parametrize("facts", ["bad.yaml", "broken.yaml"])
@pytest.mark.parametrize("row", TOLD)
def test_nothing_personal_is_told_of_files_that_cannot_be_used(office, tmp_path, row, facts):
    done, text = run_in_copy(office, tmp_path, f"{row} --mask", facts)
    assert done.exit_code == 3, done.output
    assert re.search(r"(bad|broken)\.yaml:\d+:\d+: ", done.stderr)
    assert found_in(text, office[1]) == [], text


# ---- the parts


BLANKS = re.compile(r"\{(\w+)\}")
ABOUT_PEOPLE = (
    "case",
    "facts",
    "form",
    "forward",
    "monitor",
    "plausible",
    "population",
    "scenario",
    "table",
    "value",
    "yaml",
)


def test_problems_about_facts_are_told_without_what_was_found():
    kept = {"clause", "count", "label", "label_en", "length", "limit", "pack", "path", "wanted"}
    codes = [code for code in catalogue() if code.partition(".")[0] in ABOUT_PEOPLE and "missing_extra" not in code]
    assert len(codes) > 100
    for code in codes:
        words = "".join(text for part in ("says", "help") for text in catalogue()[code].get(part, {}).values())
        found = mask_message(Problem(code, tuple((name, "密某甲") for name in sorted(set(BLANKS.findall(words))))))
        asked_for = {"key"} if code == "form.missing_key" else set()  # a word of the form, never of the file
        assert {name for name, word in found.details if word == "密某甲"} <= kept | asked_for, code


def test_names_of_facts_and_the_place_stay():
    found = problem("facts.not_a_number", SPAN, fact="members[2].birth_date", found="密某甲", near="county, 密某甲")
    masked = mask_message(found)
    assert masked.show("en").splitlines()[0] == (
        f"f.yaml:1:9: members[2].birth_date: expected a number, found {MASK} [facts.not_a_number]"
    )
    assert dict(masked.details)["near"] == ""
    assert "密某甲" not in masked.show("zh")
    missing = problem("form.missing_key", SPAN, key="source")
    assert mask_message(missing).show("en") == "f.yaml:1:9: “source” is missing [form.missing_key]"
    newer = problem("pack.newer", SPAN, what="format", found=2, known=1)
    assert "密某甲" in newer.show()
    assert "密某甲" not in mask_message(newer).show()
    unreadable = mask_message(problem("file.unreadable", path="f.csv", why="could not parse 密某甲"))
    assert unreadable.show().startswith(f"f.csv cannot be read: {MASK} ")
    assert mask_message(problem("request.unknown_pack", found="no_such_pack")).details[0][1] == "no_such_pack"


def test_days_of_duties_that_rest_on_personal_facts_are_hidden():
    day = datetime.date(2021, 9, 1)
    owed = {id_: Owed(duty, "due", Period(day, day), day, 0, ("P-1",)) for id_, duty in PACK.duties.items()}
    masked = {id_: mask_owed(found, PACK) for id_, found in owed.items()}
    assert {id_ for id_, found in masked.items() if found.period is None} == {"report_sudden", "replace_helper"}
    assert {found.persons for found in masked.values()} == {(MASK,)}


def test_what_turns_an_answer_is_told_by_its_name():
    facts = read_facts(
        {"county": "宣州区", "household_size": 4, "finances": {2021: {"net_income": 24100}}}, PACK.vocabulary
    )[0]
    whole = flips(PACK, facts, "in_range", datetime.date(2021, 9, 1))
    shown = masked(whole, PACK, "household")
    assert (whole.lines, whole.flips) != ((), ())
    assert [line.path for line in shown.lines] == [line.path for line in whole.lines]
    assert {(line.value, line.at, line.distance) for line in shown.lines} == {(MASK, MASK, MASK)}
    assert shown.outcome == whole.outcome
    assert [flip.outcome for flip in shown.flips] == [flip.outcome for flip in whole.flips]
    assert {change.after for flip in shown.flips for change in flip.changes} == {MASK}


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [
        ("include", "include"),
        (True, True),
        (None, None),
        (["a", "12.50"], ["a", MASK]),
        ("2021-09-01", MASK),
        ("密", MASK),
    ],
)
def test_outcomes_in_json_that_may_be_figures_of_facts_are_hidden(outcome, shown):
    assert masked_outcome(outcome) == shown
