"""A regional warning from the households that were handed in: what is certain counts, what nobody handed in is not a no."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from policy_engine import decide, load_pack, load_settings
from policy_engine.audit.replay import Archive, replay
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import find_pack
from policy_engine.model.scenario import Settings
from policy_engine.monitoring.areas import counted, counting
from policy_engine.monitoring.board import board
from policy_engine.monitoring.ingest import Monitoring, Tally, ingest, look_at
from policy_engine.monitoring.state import states
from policy_engine.monitoring.submission import submission
from policy_engine.record.entry import Entry
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.record.pack_source import read_source
from policy_engine.report.monitoring import monitor_data, monitor_html, monitor_text

PACK = load_pack("xuanzhou_2021")
FILES = read_source(find_pack("xuanzhou_2021")).entry(PACK.id)
HIT = {"kind": "weather", "caused_hardship": {"value": True, "by": "村网格员", "observed_on": "2021-09-09"}}
SPARED = {"kind": "weather", "caused_hardship": {"value": False, "by": "村网格员", "observed_on": "2021-09-09"}}


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> Settings:
    """Two households call for a warning, by the deployer: the document gives no number."""
    path = tmp_path_factory.mktemp("settings") / "settings.yaml"
    text = "format: 1\nparameters: {regional_threshold: {value: 2, source: 使用单位核定}}\n"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, PACK)


@pytest.fixture
def monitoring(two) -> Monitoring:
    return Monitoring(PACK, FILES, lambda: datetime.datetime.now(datetime.UTC), two)


def fresh(folder: Path, name: str = "ledger.db"):
    create_ledger(folder / name, datetime.datetime.now(datetime.UTC), "")
    return open_ledger(folder / name, "write")


def said(data: dict, known: str = ""):
    return submission(PACK, read_facts(data, PACK.vocabulary)[0], day(known or data["as_of"]))


def household(code: str, as_of: str, *shocks: dict, known: str = "", **more):
    data = {"household_id": code, "as_of": as_of, "county": "宣州区", "town": "水东镇", "shocks": list(shocks)}
    return said({**data, **more}, known)


def area(as_of: str = "2021-09-01", **more):
    data = {"subject": "area", "area_id": "A-1", "as_of": as_of, "level": "town", "county": "宣州区", "town": "水东镇"}
    return said({**data, "shocks": [], **more})


def warnings(ledger) -> list[tuple[str, str, str]]:
    """Those that stand: (area, day, known on)."""
    found = states(ledger.entries(), PACK)
    return [
        (state.subject, body["day"], body["known_on"])
        for (kind, _), state in found.items()
        for body in state.standing().values()
        if kind == "area" and body["reaction"] == "mass_risk"
    ]


def answer(ledger, on: str, settings: Settings, decision: str = "regional_warning"):
    (region,) = board(ledger, PACK, day(on), settings).regions
    return region.decision[decision]


STORY = [
    area(),
    household("H-1", "2021-09-10", HIT),
    household("H-2", "2021-09-12", SPARED),
    household("H-3", "2021-09-20", HIT, known="2021-09-25"),
]


def test_the_pack_says_what_is_counted():
    assert counting(PACK) == ("regional_warning",)
    assert counted(PACK) == ("households_hit", "regional_warning")
    assert counting(load_pack("minhang_2020")) == ("coverage",)
    assert counting(load_pack("qingtian_2022")) == ()


def test_the_second_household_hit_sets_the_warning_off(monitoring, tmp_path):
    with fresh(tmp_path) as ledger:
        for one in STORY[:3]:
            ingest(ledger, monitoring, [one])
            assert warnings(ledger) == []
        assert ingest(ledger, monitoring, [STORY[3]]).alerts == 2  # its own, and the area's
        assert warnings(ledger) == [("A-1", "2021-09-20", "2021-09-25")]
        assert ingest(ledger, monitoring, STORY) == Tally()


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_in_any_order_and_in_any_parts(order, monitoring, tmp_path):
    """The area before its households or after them: the state is a function of the set."""
    with fresh(tmp_path, "one.db") as one, fresh(tmp_path, "other.db") as other:
        ingest(one, monitoring, STORY)
        for at in order:
            ingest(other, monitoring, [STORY[at]])
        assert warnings(one) == warnings(other) == [("A-1", "2021-09-20", "2021-09-25")]
        boards = [monitor_data(board(ledger, PACK, day("2021-10-01"), monitoring.settings)) for ledger in (one, other)]
        assert boards[0] == boards[1]


def test_an_area_knows_nothing_of_the_households_of_another(monitoring, tmp_path):
    """Handed in together: what became known later elsewhere does not move what is known here."""
    other = [area(area_id="A-2", town="孙埠镇"), household("H-9", "2021-11-01", HIT, town="孙埠镇", known="2022-01-01")]
    with fresh(tmp_path) as ledger:
        ingest(ledger, monitoring, [*STORY, *other])
        known = {entry.subject: entry.content()["known_on"] for entry in ledger.entries("decision")}
        assert (known["A-1"], known["A-2"]) == ("2021-09-25", "2022-01-01")
        assert warnings(ledger) == [("A-1", "2021-09-20", "2021-09-25")]


def test_households_never_handed_in_are_not_a_no(monitoring, tmp_path):
    with fresh(tmp_path) as ledger:
        ingest(ledger, monitoring, STORY[:3])
        hit = answer(ledger, "2021-09-12", monitoring.settings, "households_hit")
        assert (hit.status, hit.bounds[0], hit.bounds[1].is_finite()) == ("undetermined", 1, False)
        open_ = answer(ledger, "2021-09-12", monitoring.settings)
        assert {possible.outcome for possible in open_.possible} == {"warn", "none"}
        assert "households" in {missing.path for missing in open_.missing}


def test_a_household_not_known_to_be_hit_or_of_an_unknown_place_does_not_count(monitoring, tmp_path):
    perhaps = household("H-4", "2021-09-20", {"kind": "weather"})
    elsewhere = household("H-5", "2021-09-20", HIT, town="孙埠镇")
    nowhere = household("H-6", "2021-09-20", HIT, town=None)
    with fresh(tmp_path) as ledger:
        ingest(ledger, monitoring, [*STORY[:2], perhaps, elsewhere, nowhere])
        assert warnings(ledger) == []
        assert answer(ledger, "2021-09-20", monitoring.settings, "households_hit").bounds[0] == 1
        (region,) = board(ledger, PACK, day("2021-09-20"), monitoring.settings).regions
        assert (region.households, region.whole) == (2, False)


def test_a_list_of_the_area_itself_is_taken_at_its_word(monitoring, tmp_path):
    """Only then can it be said that too few were hit."""
    listed = [{"household_id": "H-1", "shocks": [HIT]}, {"household_id": "H-2", "shocks": [SPARED]}]
    with fresh(tmp_path) as ledger:
        ingest(ledger, monitoring, [area(households=listed), *STORY[1:]])
        assert warnings(ledger) == []
        found = answer(ledger, "2021-09-01", monitoring.settings)
        assert (found.status, found.outcome) == ("determined", "none")
        (region,) = board(ledger, PACK, day("2021-09-01"), monitoring.settings).regions
        assert (region.households, region.whole) == (2, True)


def test_a_household_that_was_not_hit_after_all_or_moved_away_withdraws_it(monitoring, tmp_path):
    for change in (household("H-3", "2021-09-20", SPARED, known="2021-09-28"), household("H-3", "2021-09-20", HIT,
                   known="2021-09-28", town="孙埠镇")):  # fmt: skip
        with fresh(tmp_path, f"{change.hash[:8]}.db") as ledger:
            ingest(ledger, monitoring, STORY)
            ingest(ledger, monitoring, [change])
            assert warnings(ledger) == []
            withdrawn = [e.content() for e in ledger.entries("withdrawal") if e.subject == "A-1"]
            assert [(one["why"], one["known_on"]) for one in withdrawn] == [("facts", "2021-09-28")]


def test_without_a_number_of_the_deployer_nothing_is_said(tmp_path):
    plain = Monitoring(PACK, FILES, lambda: datetime.datetime.now(datetime.UTC))
    with fresh(tmp_path) as ledger:
        ingest(ledger, plain, STORY)
        assert warnings(ledger) == []
        assert "regional_threshold" in {one.path for one in answer(ledger, "2021-10-01", Settings()).missing}


def test_the_decision_stands_beside_the_alert_and_can_be_made_again(monitoring, tmp_path):
    with fresh(tmp_path) as ledger:
        ingest(ledger, monitoring, STORY[:3])
        ingest(ledger, monitoring, STORY[3:])
        entries = [entry for entry in ledger.entries(subject="A-1") if entry.kind in ("decision", "alert")]
        assert [entry.kind for entry in entries][-2:] == ["decision", "alert"]
        found = replay(Archive(ledger), entries[-2])
        assert (found.status, found.decision["regional_warning"].outcome) == ("same", "warn")
        assert look_at(ledger, monitoring, day("2021-10-01")).alerts == 0
        assert warnings(ledger) == [("A-1", "2021-09-20", "2021-09-25")]


def test_killed_before_the_area_came_it_comes_the_next_time(monitoring, tmp_path, monkeypatch):
    """The households are in, the area is not: the same facts again, and it is as if fed once."""
    with fresh(tmp_path) as ledger:
        ingest(ledger, monitoring, STORY[:1])
        with monkeypatch.context() as patch:
            patch.setattr("policy_engine.monitoring.ingest.areas_in", lambda *_: [])
            ingest(ledger, monitoring, STORY[1:])
        assert warnings(ledger) == []
        ingest(ledger, monitoring, STORY[1:])
        assert warnings(ledger) == [("A-1", "2021-09-20", "2021-09-25")]


def test_households_that_cannot_be_read_are_told_and_not_counted(monitoring, tmp_path):
    """One that lacks its facts, and one said to lie in the town whose facts are none."""
    about = {"form": 1, "pack": PACK.id, "known_on": "2021-09-12"}
    there = {"county": "宣州区", "town": "水东镇", "shocks": "many"}
    parts = ({"subject": "household"}, {"subject": "household", "as_of": "2021-09-12", "facts": there, "evidence": {}})
    told: set[str] = set()
    telling = replace(monitoring, warn=lambda problems: told.update(one.where for one in problems))
    with fresh(tmp_path) as ledger:
        strange = [Entry.of("submission", {**about, "facts": facts}, subject="X") for facts in parts]
        receipts = ledger.append(strange, monitoring.clock())
        ingest(ledger, telling, STORY)
        assert told == {f"#{receipt.seq}" for receipt in receipts}
        found = board(ledger, PACK, day("2021-10-01"), monitoring.settings)
        (alert,) = (one for one in found.alerts if one.subject == "A-1")
        assert alert.body["day"] == "2021-09-20"
        assert {one.where for one in found.warnings} == told


def test_the_board_shows_the_count_with_its_bounds(monitoring, tmp_path):
    with fresh(tmp_path) as ledger:
        ingest(ledger, monitoring, STORY)
        found = board(ledger, PACK, day("2021-10-01"), monitoring.settings)
        assert "A-1  宣州区 水东镇  3 户已录入，可能还有" in monitor_text(found)
        assert "至少 2 户   2.3 “区域性、规模性返贫风险”" in monitor_text(found)
        assert "规模性返贫风险预警: 预警   2.3 “及时排查预警区域性、规模性返贫风险”" in monitor_text(found)
        assert "at least 2 households" in monitor_html(found, "en")
        (region,) = monitor_data(found)["regions"]
        assert region["answers"][0]["bounds"] == ["2", None]
        assert (region["answers"][1]["outcome"], region["whole"]) == ("warn", False)


# ---- what the evaluator makes of a list that is known in part


def test_a_list_known_in_part_settles_what_it_can(two):
    for many, whole, warned in ((1, True, "none"), (1, False, None), (2, True, "warn"), (2, False, "warn")):
        listed = [{"household_id": f"H-{number}", "shocks": [HIT]} for number in range(many)]
        part = {"value": listed} | ({} if whole else {"complete_to": "0001-01-01"})
        data = {"subject": "area", "area_id": "A-1", "county": "宣州区", "households": part}
        facts, _ = read_facts(data, PACK.vocabulary)
        found = decide(PACK, facts, day("2021-10-01"), decisions=["regional_warning"], settings=two)
        assert found["regional_warning"].outcome == warned, (many, whole)
