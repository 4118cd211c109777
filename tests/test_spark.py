"""Spark on this machine gives what this process gives: the same columns, the same problems."""

from __future__ import annotations

import datetime
import pickle
import sys
from dataclasses import replace

import polars as pl
import polars.selectors as cs
import pytest

from policy_engine import FactsError, RequestError, load_pack
from policy_engine.model.facts import Evidence
from policy_engine.population.make import make_county

pytestmark = pytest.mark.xdist_group("spark")
"""In one process: a session of Spark for all."""

XUANZHOU = load_pack("xuanzhou_2021")
ON = datetime.date(2021, 9, 1)
SEEN = Evidence(by="研判组", observed_on=datetime.date(2021, 8, 20))


@pytest.fixture(scope="module")
def engine(spark):
    """Imported only where Spark is."""
    from policy_engine.population import spark as module

    return module


@pytest.fixture(scope="module")
def county():
    """Tables, and the same as one table with nested lists."""
    tables = make_county(XUANZHOU, 300, 4, on=ON, missing=0.06)
    return tables, nested(tables)


def nested(tables):
    whole = tables["households"]
    for name, rows in tables.items():
        if name != "households":
            item = pl.struct(pl.all().exclude("household_id")).alias(name)
            whole = whole.join(
                rows.group_by("household_id", maintain_order=True).agg(item), on="household_id", how="left"
            )
    return whole


def given(spark, table, tmp_path, parts=1):
    """As Spark reads Parquet files."""
    folder = tmp_path / "given"
    folder.mkdir()
    size = -(-table.height // parts)
    for part in range(parts):
        table.slice(part * size, size).write_parquet(folder / f"{part}.parquet")
    return spark.read.parquet(str(folder))


def here(question, table):
    runner = question.runner()
    population, _ = runner.read({"households": table})
    return runner.written(runner.decide(population), missing=question.missing)


def collected(frame):
    return pl.from_arrow(frame.toArrow()).sort("household_id")


def rows(spark, table, tmp_path):
    return given(spark, pl.DataFrame(table), tmp_path)


@pytest.mark.parametrize("only_outcomes", [False, True])
def test_the_same_answers_to_the_byte(spark, engine, county, tmp_path, only_outcomes):
    """Names out of a list are plain texts on Spark."""
    question = engine.Question(XUANZHOU, ON, missing=not only_outcomes, only_outcomes=only_outcomes, batch=70)
    answers = engine.decide(given(spark, county[1], tmp_path, parts=3), question)
    mine, theirs = here(question, county[1]).sort("household_id"), collected(answers)
    mine = mine.with_columns(cs.enum().cast(pl.String))
    assert theirs.height == 300
    assert theirs["monitoring"].null_count() > 0
    written = [tmp_path / "mine.parquet", tmp_path / "theirs.parquet"]
    for table, path in zip((mine, theirs), written, strict=True):
        table.write_parquet(path)
    assert written[0].read_bytes() == written[1].read_bytes()


def test_tables_are_nested_in_order(spark, engine, county):
    tables = {name: spark.createDataFrame(table.to_arrow()) for name, table in county[0].items()}
    wanted = {name: tables[name] for name in ("members", "shocks")}
    found = collected(engine.nested(tables["households"], wanted)).select("household_id", "members", "shocks")
    assert found.equals(county[1].select("household_id", "members", "shocks").sort("household_id"))


def test_rows_of_no_household_are_named(spark, engine):
    households = spark.createDataFrame([("a",), ("b",)], ["household_id"])
    members = spark.createDataFrame([("a", "weak"), ("c", "weak"), (None, "weak")], ["household_id", "labour"])
    with pytest.raises(FactsError) as raised:
        engine.nested(households, {"members": members})
    assert [(problem.code, problem.where) for problem in raised.value.problems] == [
        ("table.id_missing", "members!household_id:household_id=None"),
        ("table.no_household", "members!household_id:household_id=c"),
    ]


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ({"relief": ["dibao", "dibo"]}, ("facts.not_an_option", "households!relief:household_id=b")),
        ({"finances.2021.income": [1.0, float("nan")]}, ("facts.not_finite", "households!finances.2021.income:household_id=b")),
        ({"members": [None, [{"labour": "weak"}, {"labour": "wek"}]]}, ("facts.not_an_option", "members!labour:household_id=b[2]")),
        ({"household_id": ["a", "a"]}, ("table.id_twice", "households!household_id:household_id=a")),
        ({"incom": [1.0, 2.0]}, ("table.unknown_column", "households!incom")),
    ],
    ids=lambda case: case[0] if isinstance(case, tuple) else "",
)  # fmt: skip
def test_a_household_that_cannot_be_used_is_named(spark, engine, tmp_path, table, wrong):
    frame = given(spark, pl.DataFrame({"household_id": ["a", "b"], **table}), tmp_path, parts=2)
    with pytest.raises(FactsError) as raised:
        engine.check(frame, engine.Question(XUANZHOU, ON))
    assert wrong in [(problem.code, problem.where) for problem in raised.value.problems]


def test_unchecked_the_job_fails_with_the_household(spark, engine, tmp_path):
    frame = rows(spark, {"household_id": ["a", "b"], "relief": ["dibao", "dibo"]}, tmp_path)
    answers = engine.decide(frame, engine.Question(XUANZHOU, ON))
    with pytest.raises(Exception, match="households!relief:household_id=b"):
        answers.collect()


def test_warnings_of_all_batches_are_counted_together(spark, engine, tmp_path):
    table = pl.DataFrame({"household_id": ["a", "b", "c"], "at_risk": [True, True, None]})
    frame = given(spark, table, tmp_path, parts=3)
    found = engine.check(frame, engine.Question(XUANZHOU, ON))
    assert [(problem.code, dict(problem.details)["count"]) for problem in found] == [
        ("population.judgements_without_evidence", "2")
    ]
    assert engine.check(frame, engine.Question(XUANZHOU, ON, evidence=SEEN)) == ()


def test_a_worker_refuses_another_engine_and_another_pack(engine):
    sent = engine._Sent.of(engine.Question(XUANZHOU, ON))
    other = replace(sent.opened()[1], pack=load_pack("qingtian_2022"))
    engine._opened.clear()
    for wrong, code in (
        (replace(sent, engine="0.0.1"), "spark.other_engine"),
        (replace(sent, content=pickle.dumps(other)), "spark.other_pack"),
        (replace(engine._Sent.of(other), pack=sent.pack), "spark.other_pack"),
    ):
        with pytest.raises(RequestError) as raised:
            wrong.opened()
        assert [problem.code for problem in raised.value.problems] == [code]


@pytest.mark.parametrize("further", [[], ["--only", "outcomes"], ["--mask"]], ids=["whole", "outcomes", "masked"])
def test_the_command(spark, county, tmp_path, monkeypatch, further):
    """In this process, so that one session of Spark serves all tests."""
    from typer.testing import CliRunner

    from policy_engine.app.cli.main import app
    from policy_engine.population import spark as module

    monkeypatch.setattr(type(spark), "stop", lambda _: None)
    monkeypatch.setattr(module, "session", lambda _: spark)
    folder = tmp_path / "county"
    folder.mkdir()
    for name in ("households", "members"):
        county[0][name].write_parquet(folder / f"{name}.parquet")
    asked = ["population", "decide", str(folder), "--pack", "xuanzhou_2021", "--on", "2021-09-01", "-d", "monitoring"]
    asked += further
    told = {}
    for name in ("spark", "polars"):
        ran = CliRunner().invoke(app, [*asked, "--engine", name, "--out", str(tmp_path / f"{name}.parquet")])
        assert ran.exit_code == 4, ran.output
        told[name] = ran.output.replace(name, "")
    assert told["spark"] == told["polars"]
    both = [
        pl.read_parquet(tmp_path / part).sort(pl.exclude(pl.List))
        for part in ("spark.parquet/*.parquet", "polars.parquet")
    ]
    assert both[0].equals(both[1].with_columns(cs.enum().cast(pl.String)))
    csv = CliRunner().invoke(app, [*asked, "--engine", "spark", "--out", str(tmp_path / "o.csv")])
    assert csv.exit_code == 2
    assert "spark.only_parquet" in csv.output


def test_without_pyspark(monkeypatch, tmp_path):
    from typer.testing import CliRunner

    from policy_engine.app.cli.main import app

    (tmp_path / "given.parquet").touch()
    asked = ["population", "decide", str(tmp_path / "given.parquet"), "--pack", "xuanzhou_2021", "--on", "2021-09-01"]
    asked += ["--engine", "spark", "--out", str(tmp_path / "o.parquet")]
    monkeypatch.setitem(sys.modules, "policy_engine.app.cli.population_spark", None)
    ran = CliRunner().invoke(app, asked)
    assert ran.exit_code == 3
    assert "spark.missing_extra" in ran.output
    assert "pip install 'policy-engine[cli,spark]'" in ran.output


def test_without_java(spark, engine, monkeypatch):
    from policy_engine.errors import MissingExtra

    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(MissingExtra) as raised:
        engine.session()
    assert "openjdk-17-jre-headless" in str(raised.value)
