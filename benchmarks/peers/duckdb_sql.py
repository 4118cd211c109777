"""The workload in SQL on DuckDB, from tables in its memory. Three-valued by its nulls."""

from __future__ import annotations

from pathlib import Path

import duckdb

FLAGS = """
select household_id, able and age between 16 and 60 as has_labour, grade in ('g1', 'g2') as severe,
       major_illness as major, age between 6 and 15 and not school as dropout
from members
"""


def _some(flag: str) -> str:
    return f"case when bool_or({flag}) then true when count({flag}) < count(*) then null else false end as {flag}"


def _first(rules: list[tuple[str, int]], otherwise: int) -> str:
    cases = " ".join(f"when ({rule}) is null then null when {rule} then {outcome}" for rule, outcome in rules)
    return f"(case {cases} else {otherwise} end)::tinyint"


CATEGORY = [
    ("(was_poor and (below_line or lacks))", 1),
    ("(borderline and (below_line or hardship))", 2),
    ("(hardship and below_line and (short_hardship or lacks))", 3),
]
COLOUR = [("(major and rigid_heavy)", 1), ("(dis_acc and slump)", 1), ("(lacks or (below_line and not dibao))", 2)]
EXIT = [
    ("(not was_poor and not borderline)", 1),
    ("(below_line or lacks or (hardship and below_15))", 2),
    ("(stable and has_labour and not (severe or major or not has_labour))", 3),
    ("(dibao or severe or (members >= 5 and med_heavy) or deep)", 4),
]

QUERY = f"""
create or replace temp table outcomes as
with flags as ({FLAGS}),
people as (select household_id, count(*) as members, {", ".join(map(_some, ("has_labour", "severe", "major", "dropout")))}
         from flags group by household_id),
figures as (
  select *, income_1 + income_2 + income_3 + income_4 + income_5 + income_6 - cost as income,
         illness + disability + schooling + disaster + accident as rigid,
         case year when 2020 then 5500 when 2021 then 6000 when 2022 then 6500 end as line
  from households left join people using (household_id)),
truths as (
  select *, income / members < line as below_line, income / members < 1.5 * line as below_15,
         income / members < 0.5 * line as deep, rigid > last_disposable as rigid_heavy,
         income < 0.7 * last_income as slump, income >= 1.2 * last_income as stable,
         not (education and medical and housing and water and food and clothing) as lacks,
         (disaster > 0 or accident > 0) as dis_acc, illness > 0.3 * income as med_heavy,
         (rigid > last_disposable or income < 0.7 * last_income) as hardship
  from figures)
select household_id, {_first(CATEGORY, 0)} as category, {_first(COLOUR, 3)} as colour, {_first(EXIT, 5)} as exit,
       below_line and not dibao as m1, not medical or (major and med_heavy) as m2,
       not education or dropout or schooling > 5000 as m3, not housing as m4, not water as m5,
       has_labour and (below_line or slump) as m6, severe and (disability > 3000 or not has_labour) as m7,
       dis_acc or (short_hardship and not (food and clothing)) as m8
from truths
"""


def connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory with the tables of the folder."""
    found = duckdb.connect()
    for name in ("households", "members"):
        found.execute(f"create table {name} as select * from read_parquet('{folder / name}.parquet')")
    return found


def outcomes(database: duckdb.DuckDBPyConnection) -> None:
    """Into the table `outcomes` of the database."""
    database.execute(QUERY)


def written(database: duckdb.DuckDBPyConnection, file: Path) -> None:
    database.execute(f"copy (select * from outcomes order by household_id) to '{file}' (format parquet)")
