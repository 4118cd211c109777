"""Monitoring: the same facts twice, in another order, late; killed on the way; alerts, their limits, the board."""

from __future__ import annotations

import datetime
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_engine import load_pack, load_settings
from policy_engine.decision import history
from policy_engine.documents.plain_data import nodes
from policy_engine.documents.read_facts import read_facts, read_facts_node
from policy_engine.documents.read_pack import find_pack
from policy_engine.errors import DisagreementError, FactsError, LedgerError, RequestError
from policy_engine.expression.types import CodeType, Option
from policy_engine.model.scenario import Settings
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.monitoring.board import acknowledge, board
from policy_engine.monitoring.ingest import Monitoring, Subject, Tally, ingest, look_at
from policy_engine.monitoring.state import states
from policy_engine.monitoring.submission import folded, submission
from policy_engine.record.encoding import decode_record
from policy_engine.record.entry import Entry
from policy_engine.record.ledger import open_ledger
from policy_engine.record.migrate import create_ledger
from policy_engine.record.pack_source import read_source
from policy_engine.record.unreadable import refuse
from policy_engine.record.verify import verify
from policy_engine.report.monitoring import monitor_data, monitor_html, monitor_text
from test_tour import DRIVER, commands

PACK = load_pack("qingtian_2022")
MONITORING = Monitoring(
    PACK, read_source(find_pack("qingtian_2022")).entry(PACK.id), lambda: datetime.datetime.now(datetime.UTC)
)
CALM = {"value": False, "by": "乡镇研判组", "observed_on": "2022-09-01"}
HIT = {"value": True, "by": "乡镇研判组", "observed_on": "2022-10-01"}
NEED = {"need_id": "N1", "kind": "housing", "raised_on": "2022-10-01", "settled": False}
CADRE = {"helper_id": "G-07", "role": "paired_cadre", "assigned_on": "2022-03-01", "serving": True}


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def facts(as_of: str, known: str = "", household: str = "QT-0001", **said):
    data = {"household_id": household, "as_of": as_of, "county": "青田县", "town": "船寮镇", **said}
    return submission(PACK, read_facts(data, PACK.vocabulary)[0], day(known or as_of))


def whole(as_of: str, known: str = "", **said):
    """All that colours a low-income household; without problem or need, unless it is said otherwise."""
    calm = {"low_income": True, "monitored": True, "living_hardship": CALM, "shocks": [], "needs": []}
    return facts(as_of, known, **{**calm, "has_problems": False, "helpers": [CADRE], **said})


@pytest.fixture
def ledger(tmp_path):
    create_ledger(tmp_path / "ledger.db", MONITORING.clock(), "")
    with open_ledger(tmp_path / "ledger.db", "write") as opened:
        yield opened


def fresh(folder: Path, name: str):
    create_ledger(folder / name, MONITORING.clock(), "")
    return open_ledger(folder / name, "write")


def standing(ledger) -> dict[str, list[tuple[str, str, str, str]]]:
    """The alerts that stand about each subject: reaction, what, the day, known since."""
    return {
        state.subject: [(b["reaction"], b["what"], b["day"], b["known_on"]) for b in state.standing().values()]
        for state in states(ledger.entries(), PACK).values()
    }


def whole_state(ledger, on: str = "2023-12-31") -> dict:
    """All that a board shows, which must not depend on the order of what came in."""
    return monitor_data(board(ledger, PACK, day(on), Settings()))


# ---- exactly once


def test_the_same_ingest_twice_appends_nothing(ledger):
    new = [whole("2022-09-15"), whole("2022-10-10", needs=[NEED])]
    assert ingest(ledger, MONITORING, new) == Tally(2, 2, 1, 0)
    head = ledger.head()
    assert ingest(ledger, MONITORING, new) == Tally()
    assert ingest(ledger, MONITORING, [whole("2022-10-10", "2023-01-01", needs=[NEED])]) == Tally()
    assert ledger.head() == head
    assert standing(ledger) == {"QT-0001": [("red_or_yellow", "yellow", "2022-10-10", "2022-10-10")]}


def test_the_same_facts_twice_in_one_ingest_are_one(ledger):
    assert ingest(ledger, MONITORING, [whole("2022-09-15", needs=[NEED])] * 2) == Tally(1, 1, 1, 0)


def test_facts_known_earlier_than_was_said_move_the_day(ledger, tmp_path):
    """Whichever of the two is said first."""
    late, early = (whole("2022-09-15", known, needs=[NEED]) for known in ("2022-11-01", "2022-10-01"))
    ingest(ledger, MONITORING, [late])
    ingest(ledger, MONITORING, [early])
    with fresh(tmp_path, "other.db") as other:
        ingest(other, MONITORING, [early])
        assert ingest(other, MONITORING, [late]) == Tally()
        assert (
            standing(other)
            == standing(ledger)
            == {"QT-0001": [("red_or_yellow", "yellow", "2022-09-15", "2022-10-01")]}
        )


# ---- in any order

STORY = [
    whole("2022-09-15"),
    whole("2022-10-10", "2022-10-20", needs=[NEED]),
    facts("2022-10-12", "2022-10-13", living_hardship=HIT, living_hardship_cause="disaster"),
    facts("2022-11-20", "2022-11-21", needs=[{**NEED, "settled": True}], shocks=[], living_hardship=CALM),
]


@pytest.mark.parametrize("order", list(permutations(range(4)))[5::3])
def test_another_order_ends_in_the_same_state(order, tmp_path):
    with fresh(tmp_path, "one.db") as one, fresh(tmp_path, "other.db") as other:
        ingest(one, MONITORING, STORY)
        for at in order:
            ingest(other, MONITORING, [STORY[at]])
        assert standing(one) == standing(other)
        assert whole_state(one) == whole_state(other)
        assert verify(other).problems == ()


DAYS = st.dates(day("2022-09-01"), day("2022-12-31")).map(str)
SAID = st.fixed_dictionaries(
    {},
    optional={
        "low_income": st.booleans(),
        "needs": st.lists(
            st.sampled_from([NEED, {**NEED, "settled": True}, {"need_id": "N2"}]),
            max_size=2,
            unique_by=lambda need: need["need_id"],
        ),
        "shocks": st.lists(
            st.fixed_dictionaries({}, optional={"kind": st.sampled_from(["fire", "illness", "price_fall"])}), max_size=2
        ),
        "living_hardship": st.sampled_from([CALM, HIT]),
        "living_hardship_cause": st.sampled_from(["disaster", "other"]),
        "has_problems": st.booleans(),
        "visits": st.lists(st.fixed_dictionaries({"kind": st.just("visit"), "visited_on": DAYS}), max_size=2),
    },
)


@given(st.lists(st.tuples(DAYS, DAYS, SAID), min_size=1, max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_state_is_a_function_of_the_set_of_facts(tmp_path_factory, said, chance):
    """Generated facts, in one go and one by one in a shuffled order, some twice, the days looked at in between."""
    said_once = {(as_of, max(as_of, known)): rest for as_of, known, rest in said}
    new = [facts(as_of, known, helpers=[CADRE], **rest) for (as_of, known), rest in said_once.items()]
    folder = tmp_path_factory.mktemp("ledgers")
    with fresh(folder, "one.db") as one, fresh(folder, "other.db") as other:
        ingest(one, MONITORING, new)
        look_at(one, MONITORING, day("2022-11-15"))
        acts = [lambda n=n: ingest(other, MONITORING, [n]) for n in (*new, chance.choice(new))]
        acts.append(lambda: look_at(other, MONITORING, day("2022-11-15")))
        chance.shuffle(acts)
        for act in acts:
            act()
        look_at(other, MONITORING, day("2022-11-15"))
        assert standing(one) == standing(other)
        assert whole_state(one) == whole_state(other)


@given(st.lists(st.tuples(DAYS, DAYS, SAID), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_what_is_known_along_the_days_is_what_is_known_of_each(said):
    life = folded(PACK, [facts(as_of, max(as_of, known), **rest) for as_of, known, rest in said], Settings())
    assert list(life.along(day("2022-12-31"))) == [(one, life.facts(one)) for one in life.days()]


def test_one_submission_more_is_not_folded_anew_for_every_alert(ledger, monkeypatch):
    """Twelve months, each with one more shock and its alert: every stage of what was known is folded once."""
    shocks = [{"kind": "illness", "happened_on": f"2022-{month:02}-01"} for month in range(1, 13)]
    months = [whole(f"2022-{month:02}-15", shocks=shocks[:month]) for month in range(1, 13)]
    assert ingest(ledger, MONITORING, months[:-1]).alerts == 11
    learned, count = history._learned, Counter()
    monkeypatch.setattr(history, "_learned", lambda *given: count.update(["folded"]) or learned(*given))
    assert ingest(ledger, MONITORING, months[-1:]).alerts == 1
    assert count["folded"] <= sum(range(12)) + 4 * 12


@pytest.mark.parametrize("read", [read_facts, lambda data, names: read_facts_node(nodes(data), names)])
def test_an_alert_is_the_same_in_whatever_order_an_event_was_written(read, ledger):
    """Facts read again from the ledger come in the order of the vocabulary; the acknowledgement holds."""
    shock = {"happened_on": "2022-09-10", "kind": "illness"}
    for as_of, said in (("2022-09-15", shock), ("2022-10-15", dict(reversed(shock.items())))):
        data = {"household_id": "QT-0001", "as_of": as_of, "shocks": [said]}
        new = submission(PACK, read(data, PACK.vocabulary)[0], day(as_of))
        assert ingest(ledger, MONITORING, [new]).withdrawals == 0
        for alert in board(ledger, PACK, day("2022-09-20"), Settings()).open:
            acknowledge(ledger, PACK, alert.id, "township", day("2022-09-16"), recorded_at=MONITORING.clock())
    assert [alert.acknowledged["on"] for alert in board(ledger, PACK, day("2022-10-20"), Settings()).alerts] == [
        "2022-09-16"
    ]


# ---- facts handed in under an earlier version of the pack


def earlier_pack():
    """As the pack may have been: with facts that it no longer has, another kind of need, and an income in words."""
    names = PACK.vocabulary
    text, kind = (names.fact("household", path) for path in ("village", "needs.kind"))
    lodging = Option("lodging", "借住", "lodging")
    facts_ = {
        "household": [replace(text, id="loan_from_kin"), replace(text, id="low_income")],
        "need": [replace(kind, type=CodeType("kind", (*kind.type.options, lodging)))],
        "shock": [replace(text, id="damage")],
    }
    forms = [
        replace(form, facts=tuple(one for one in form if one.id not in {new.id for new in facts_.get(form.id, ())}))
        for form in names.forms
    ]
    return replace(PACK, vocabulary=Vocabulary(tuple(forms)).extended(facts_))


def test_facts_that_the_pack_no_longer_has_are_passed_over_and_the_rest_is_read(ledger):
    earlier = earlier_pack()
    said = {
        "loan_from_kin": {"value": "x", "by": "a", "observed_on": "2022-09-01"},
        "needs": [{**NEED, "kind": "lodging"}],
    }
    said |= {"shocks": [{"happened_on": "2022-09-10", "kind": "illness", "damage": "x"}], "low_income": "half"}
    data = {"household_id": "QT-0001", "as_of": "2022-09-15", "town": "船寮镇", **said}
    old = submission(earlier, read_facts(data, earlier.vocabulary)[0], day("2022-09-15"))
    ledger.append([old.entry(earlier)], MONITORING.clock())
    told = []
    heard = replace(MONITORING, warn=told.extend)
    assert ingest(ledger, heard, [whole("2022-10-15", household="QT-0002")]) == Tally(1, 1, 0, 0)
    assert told == []
    assert ingest(ledger, heard, [facts("2022-10-15")]).alerts == 1
    passed = [("monitor.passed_over", "2", "shocks[1].damage, needs[1].kind, loan_from_kin, low_income")]
    assert [(one.code, one.where, dict(one.details)["facts"]) for one in told] == passed
    found = board(ledger, PACK, day("2022-10-20"), Settings())
    assert [one.severity for one in found.warnings] == ["warning"]
    assert [area.place for area in found.areas] == [("船寮镇",)]
    (known,) = states(ledger.entries(subject="QT-0001"), PACK)["household", "QT-0001"].submissions[:1]
    assert list(map(dict, known.facts.root["shocks"])) == [{"happened_on": day("2022-09-10"), "kind": "illness"}]
    assert dict(known.facts.evidence) == {}


def test_records_of_decisions_are_read_as_they_were_written():
    """They have the pack of the time: there, a fact that it does not have is a mistake."""
    with pytest.raises(KeyError, match="loan_from_kin"):
        decode_record({"loan_from_kin": "x"}, PACK.vocabulary.form("household"), PACK.vocabulary)
    with pytest.raises(ValueError, match="lodging"):
        decode_record({"needs": [{"kind": "lodging"}]}, PACK.vocabulary.form("household"), PACK.vocabulary)


# ---- late facts


def test_a_late_fact_reopens_what_it_touches_and_only_that(ledger):
    others = [whole("2022-09-15", household="QT-0002", needs=[NEED]), whole("2022-09-15", household="QT-0003")]
    ingest(ledger, MONITORING, [*others, whole("2022-09-15"), facts("2022-10-10", needs=[NEED], shocks=[])])
    before = ledger.head().seq
    other = standing(ledger)
    late = facts("2022-10-01", "2022-11-11", living_hardship=HIT, living_hardship_cause="accident")
    assert ingest(ledger, MONITORING, [late]) == Tally(1, 2, 1, 1)
    added = [entry for entry in ledger.entries() if entry.seq > before]
    assert {entry.subject for entry in added} == {"QT-0001"}
    days = [entry.content()["decision"]["on"] for entry in added if entry.kind == "decision"]
    assert days == ["2022-10-01", "2022-10-10"]
    withdrawn = next(entry.content() for entry in added if entry.kind == "withdrawal")
    assert (withdrawn["why"], withdrawn["known_on"]) == ("facts", "2022-11-11")
    assert standing(ledger)["QT-0001"] == [("red_or_yellow", "red", "2022-10-01", "2022-11-11")]
    assert {name: standing(ledger)[name] for name in ("QT-0002", "QT-0003")} == {
        name: other[name] for name in ("QT-0002", "QT-0003")
    }


def test_a_late_fact_that_changes_nothing_raises_and_withdraws_nothing(ledger):
    ingest(ledger, MONITORING, [whole("2022-09-15"), whole("2022-10-10", needs=[NEED])])
    kept = standing(ledger)
    assert ingest(ledger, MONITORING, [facts("2022-10-01", "2022-11-11", village="石溪村")])[2:] in {(0, 0), (1, 0)}
    assert standing(ledger) == kept


def test_what_was_withdrawn_is_raised_again_where_it_holds_again(ledger):
    """The correction of a day is itself corrected; the alert is the same one."""
    ingest(ledger, MONITORING, [whole("2022-09-15"), whole("2022-10-10", needs=[NEED])])
    first = standing(ledger)
    ingest(ledger, MONITORING, [whole("2022-10-10", "2022-10-11", needs=[])])
    assert standing(ledger) == {"QT-0001": []}
    ingest(ledger, MONITORING, [whole("2022-10-10", "2022-10-12", needs=[NEED, {**NEED, "need_id": "N2"}])])
    assert standing(ledger) == first


def test_an_alert_counts_from_the_day_it_is_known(ledger):
    ingest(ledger, MONITORING, [whole("2022-09-15"), whole("2022-10-10", "2022-12-01", needs=[NEED])])
    (alert,) = board(ledger, PACK, day("2022-12-05"), Settings()).alerts
    assert (alert.body["day"], alert.known_on, alert.days) == ("2022-10-10", day("2022-12-01"), 4)


# ---- duties, limits, persons


def test_a_duty_overdue_is_told_on_the_day_looked_at_and_withdrawn_when_fulfilled(ledger):
    ingest(ledger, MONITORING, [whole("2022-10-01", visits=[]), facts("2022-11-05", visits=[])])
    assert {one[0] for one in standing(ledger)["QT-0001"]} == {"visit_missed", "update_missed"}
    visits = [{"kind": kind, "visited_on": "2022-10-20"} for kind in ("visit", "update")]
    ingest(ledger, MONITORING, [facts("2022-11-06", visits=visits)])
    left = {one[:3] for one in standing(ledger)["QT-0001"]}
    assert ("visit_missed", "overdue", "2022-11-01") not in left
    why = [entry.content()["why"] for entry in ledger.entries("withdrawal")]
    assert set(why) == {"duty"}


def test_looking_at_a_day_twice_appends_nothing(ledger):
    ingest(ledger, MONITORING, [whole("2022-10-01", visits=[])])
    look_at(ledger, MONITORING, day("2022-11-01"))
    head = ledger.head()
    assert look_at(ledger, MONITORING, day("2022-11-01")) == Tally()
    assert ledger.head() == head


def test_without_a_stated_time_nothing_is_late_and_with_one_it_is(ledger, tmp_path):
    ingest(ledger, MONITORING, [whole("2022-09-15", needs=[NEED])])
    (alert,) = board(ledger, PACK, day("2023-09-15"), Settings()).alerts
    assert (alert.late, alert.by, alert.days) == (False, None, 365)
    path = tmp_path / "settings.yaml"
    path.write_text("format: 1\nparameters: {alert_limit: {value: P1D, source: 县乡村振兴办}}\n", encoding="utf-8")
    supplied = load_settings(path, PACK)
    (alert,) = board(ledger, PACK, day("2022-09-16"), supplied).alerts
    assert (alert.late, alert.by) == (False, day("2022-09-16"))
    (alert,) = board(ledger, PACK, day("2022-09-17"), supplied).alerts
    assert alert.late


def test_an_acknowledged_alert_is_no_longer_open_and_only_those_alerted_may_do_it(ledger):
    ingest(ledger, MONITORING, [whole("2022-09-15", needs=[NEED])])
    (alert,) = board(ledger, PACK, day("2022-09-20"), Settings()).open
    with pytest.raises(RequestError) as refused:
        acknowledge(ledger, PACK, alert.id, "household", day("2022-09-20"), recorded_at=MONITORING.clock())
    assert refused.value.problems[0].code == "monitor.not_alerted"
    with pytest.raises(LedgerError) as unknown:
        acknowledge(ledger, PACK, "0" * 16, "helping_cadre", day("2022-09-20"), recorded_at=MONITORING.clock())
    assert unknown.value.problems[0].code == "monitor.unknown_alert"
    acknowledge(
        ledger, PACK, alert.id, "helping_cadre", day("2022-09-20"), recorded_at=MONITORING.clock(), person="G-07"
    )
    assert board(ledger, PACK, day("2022-09-19"), Settings()).open != ()
    found = board(ledger, PACK, day("2022-09-20"), Settings())
    assert (found.open, found.alerts[0].acknowledged["person"]) == ((), "G-07")


def test_an_alert_that_is_withdrawn_meanwhile_is_not_acknowledged(ledger, monkeypatch):
    ingest(ledger, MONITORING, [whole("2022-09-15", needs=[NEED])])
    (alert,) = board(ledger, PACK, day("2022-09-20"), Settings()).open
    given = (ledger, PACK, alert.id, "helping_cadre", day("2022-09-20"))
    append = ledger.append

    def too_late(*entries, **seen):
        monkeypatch.undo()
        assert ingest(ledger, MONITORING, [whole("2022-09-15", "2022-09-16")]).withdrawals == 1
        return append(*entries, **seen)

    monkeypatch.setattr(ledger, "append", too_late)
    with pytest.raises(LedgerError) as overtaken:
        acknowledge(*given, recorded_at=MONITORING.clock())
    assert overtaken.value.problems[0].code == "ledger.overtaken"
    with pytest.raises(LedgerError) as gone:
        acknowledge(*given, recorded_at=MONITORING.clock())
    assert gone.value.problems[0].code == "monitor.unknown_alert"
    assert list(ledger.entries("acknowledgement")) == []


def test_what_is_shown_and_acknowledged_needs_no_decision_read(ledger, monkeypatch):
    """Their bodies are nearly all of a ledger; and to acknowledge an alert only its own subject is read."""
    ingest(ledger, MONITORING, [whole("2022-09-15", household=id_, needs=[NEED]) for id_ in ("QT-0001", "QT-0002")])
    read, rows = Counter(), ledger._rows
    monkeypatch.setattr(ledger, "_rows", lambda wanted: (read.update([row]) or row for row in rows(wanted)))
    (alert, _) = board(ledger, PACK, day("2022-09-20"), Settings()).open
    assert look_at(ledger, MONITORING, day("2022-09-21")) == Tally()
    assert {row.kind for row in read} == {"submission", "alert", "day"}
    read.clear()
    acknowledge(ledger, PACK, alert.id, "helping_cadre", day("2022-09-20"), recorded_at=MONITORING.clock())
    assert {(row.kind, row.subject) for row in read} == {("submission", alert.subject), ("alert", alert.subject)}


def test_an_open_alert_says_that_facts_are_missing(ledger):
    ingest(ledger, MONITORING, [whole("2022-09-15", shocks=[{"happened_on": "2022-09-14"}])])
    (alert,) = board(ledger, PACK, day("2022-09-20"), Settings()).alerts
    assert (alert.reaction.id, alert.body["certain"]) == ("signal_of_risk", False)
    assert "待查明" in monitor_text(board(ledger, PACK, day("2022-09-20"), Settings()))


# ---- the board


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_board_counts_colours_by_area(ledger):
    ingest(
        ledger,
        MONITORING,
        [
            whole("2022-09-15"),
            whole("2022-09-15", household="QT-0002", needs=[NEED]),
            whole("2022-09-15", household="QT-0003", living_hardship=HIT, living_hardship_cause="disaster"),
            whole("2022-09-15", household="QT-0004", living_hardship=None, town="温溪镇"),
            whole("2022-09-15", household="QT-0005", low_income=False, monitored=False, town="温溪镇"),
        ],
    )
    found = board(ledger, PACK, day("2022-09-20"), Settings())
    rows = {area.place: (dict(area.colours), area.open) for area in found.areas}
    assert rows == {
        ("船寮镇",): ({"green": 1, "yellow": 1, "red": 1}, 2),
        ("温溪镇",): ({"undetermined": 1, "other": 1}, 0),
    }
    for language in ("zh", "en"):
        page = Page()
        page.feed(monitor_html(found, language))
        assert page.open == []
        assert page.links == []
    assert "&lt;b&gt;" in monitor_html(board_with_a_strange_name(ledger))


def board_with_a_strange_name(ledger):
    ingest(ledger, MONITORING, [whole("2022-09-15", household="<b>", needs=[NEED])])
    return board(ledger, PACK, day("2022-09-20"), Settings())


# ---- two engines


def test_another_engine_fires_the_same_reactions(durable):
    from policy_engine.forward.reactions import Firing

    firing = Firing(PACK)
    checked = Monitoring(PACK, MONITORING.files, MONITORING.clock, check=firing.check)
    assert {one["reaction"] for one in Subject(checked, STORY, day("2022-12-31")).alerts().values()} == {
        "red_or_yellow"
    }


@pytest.mark.parametrize("name", ["minhang_2020", "qingtian_2022", "xuanzhou_2021", "zhejiang_2020"])
def test_every_reaction_fires_in_both_engines_alike(durable, name):
    from policy_engine.forward.reactions import Firing
    from policy_engine.model.reaction import Arrives, Becomes

    pack = load_pack(name)
    firing = Firing(pack)
    codes: list[str] = []
    for reaction in pack.reactions.values():
        when = reaction.when
        if isinstance(when, Becomes):
            codes += [f"became:{when.decision}:{answer}" for answer in (*when.to, "undetermined")]
        elif isinstance(when, Arrives):
            codes += [f"arrived:{reaction.id}", f"perhaps:{reaction.id}"]
        else:
            codes.append(f"owed:{when.duty}:{when.state}")
    chance = random.Random(7)
    for _ in range(200):
        firing.check(frozenset(chance.sample(codes, chance.randrange(len(codes)))))


def test_a_disagreement_shows_both_and_writes_nothing(durable, ledger, monkeypatch):
    from policy_engine.forward.reactions import Firing

    firing = Firing(PACK)
    monkeypatch.setattr("policy_engine.forward.reactions.fires", lambda *_: frozenset())
    with pytest.raises(DisagreementError) as found:
        ingest(
            ledger,
            Monitoring(PACK, MONITORING.files, MONITORING.clock, check=firing.check),
            [whole("2022-09-15", needs=[NEED])],
        )
    assert "fire:red_or_yellow:yellow" in str(found.value.problems[0].details)
    assert {entry.kind for entry in ledger.entries()} == {"ledger", "pack"}


# ---- killed, and side by side


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-c", "from policy_engine.app.cli import main; main()", *map(str, arguments)]


def county(folder: Path, households: int) -> Path:
    """A facts file of many households, a third of which have a need."""
    lines = []
    for number in range(households):
        needs = [NEED] if number % 3 == 0 else []
        said = {"low_income": True, "monitored": True, "living_hardship": CALM, "shocks": [], "needs": needs}
        head = {"household_id": f"QT-{number:04}", "as_of": "2022-10-10", "county": "青田县", "has_problems": False}
        lines.append(json.dumps({**head, **said}, ensure_ascii=False))
    path = folder / "county.yaml"
    path.write_text("\n---\n".join(lines), encoding="utf-8")
    return path


def test_killed_at_any_moment_and_fed_again_is_as_if_once(tmp_path):
    path, location, chance = county(tmp_path, 120), tmp_path / "ledger.db", random.Random(11)
    create_ledger(location, MONITORING.clock(), "")
    line = command(
        "--lang", "en", "monitor", "ingest", path, "-p", PACK.id, "--ledger", location, "--known-on", "2022-10-11"
    )
    for _ in range(6):
        running = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
        time.sleep(chance.uniform(1.0, 4.0))
        running.send_signal(signal.SIGKILL)
        running.wait()
        with open_ledger(location) as ledger:
            kinds: dict[str, list[str]] = {}
            for entry in ledger.entries():
                kinds.setdefault(entry.subject, []).append(entry.kind)
            for subject, found in kinds.items():
                if subject.startswith("QT-"):
                    alerted = ["alert"] if int(subject[3:]) % 3 == 0 else []
                    assert found == ["submission", "decision", *alerted]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    again = subprocess.run(line, capture_output=True, text=True, check=False)
    assert again.stdout == "facts: 0, decisions: 0, alerts: 0, withdrawn: 0\n"
    with open_ledger(location) as ledger:
        assert verify(ledger).problems == ()
        assert len(standing(ledger)) == 120
        assert sum(map(len, standing(ledger).values())) == 40


def test_two_writers_at_once_write_each_thing_once(tmp_path):
    path, location = county(tmp_path, 60), tmp_path / "ledger.db"
    create_ledger(location, MONITORING.clock(), "")
    line = command("monitor", "ingest", path, "-p", PACK.id, "--ledger", location, "--known-on", "2022-10-11")
    both = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for running in both:
        _, said = running.communicate()
        assert running.returncode == 0, said
    with open_ledger(location) as ledger:
        counts: dict[str, int] = {}
        for entry in ledger.entries():
            counts[entry.kind] = counts.get(entry.kind, 0) + 1
        assert counts == {"ledger": 1, "pack": 1, "submission": 60, "decision": 60, "alert": 20}


# ---- casework in the ledger

CASE = """\
case_file: 1
pack: xuanzhou_2021
subject: household
id: XZ-0001
---
event: facts
happened_on: 2021-09-01
facts:
  county: 宣州区
  monitored: true
  monitored_since: 2021-08-20
  inclusion_notified_on: 2021-09-01
  helpers: [{role: contact, assigned_on: 2021-09-10, able: {value: true, by: 村两委, observed_on: 2021-09-10}}]
---
{event: open, case: removal, procedure: removal, happened_on: 2021-10-01}
---
{event: ruling, case: removal, substance: true, by: township, why: 入户核实收入稳定, happened_on: 2021-10-05}
"""


def test_a_case_file_goes_into_the_ledger_once_and_divergences_show(tmp_path):
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    create_ledger(tmp_path / "ledger.db", MONITORING.clock(), "")
    line = command("--lang", "en", "ledger", "add-case", tmp_path / "ledger.db", tmp_path / "case.yaml")
    for _ in range(2):
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    with open_ledger(tmp_path / "ledger.db") as ledger:
        kinds = [(entry.kind, entry.subject) for entry in ledger.entries()][1:]
        assert kinds[0] == ("pack", "xuanzhou_2021")
        assert kinds[1:] == [(kind, "XZ-0001") for kind in ("event", "event", "divergence", "fulfilled")]
    shown = command("audit", "divergences", tmp_path / "ledger.db")
    said = subprocess.run(shown, capture_output=True, text=True, check=False).stdout
    assert 'XZ-0001  risk_removal: — → risk_removal = "propose"' in said
    assert "township: 入户核实收入稳定" in said


# ---- the page


def test_the_page_shows_what_the_program_says(durable, tmp_path):
    root = Path(__file__).parents[1]
    shown = commands((root / "docs" / "monitoring.md").read_text(encoding="utf-8"))
    assert len(shown) > 6
    (tmp_path / "examples").symlink_to(root / "examples")
    create_ledger(tmp_path / "ledger.db", MONITORING.clock(), "")
    environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}
    asked = json.dumps([one for one, _ in shown])
    line = [sys.executable, "-c", DRIVER]
    done = subprocess.run(line, input=asked, capture_output=True, cwd=tmp_path, env=environment, check=True, text=True)
    for (one, output), said in zip(shown, done.stdout.splitlines(), strict=True):
        assert json.loads(said) == output, one


# ---- files


def told(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command("--lang", "en", *arguments), capture_output=True, text=True, check=False)


def test_facts_without_a_code_are_refused(tmp_path):
    create_ledger(tmp_path / "ledger.db", MONITORING.clock(), "")
    (tmp_path / "facts.yaml").write_text("county: 青田县\nas_of: 2022-09-15\n", encoding="utf-8")
    done = told("monitor", "ingest", tmp_path / "facts.yaml", "-p", PACK.id, "--ledger", tmp_path / "ledger.db")
    assert (done.returncode, "monitor.no_id" in done.stderr) == (3, True)


# ---- dates and codes mistyped


def test_nothing_is_known_before_the_day_it_describes():
    """A year mistyped must not move the day since when things are known."""
    with pytest.raises(FactsError) as refused:
        facts("2202-10-10", "2022-10-12")
    assert refused.value.problems[0].code == "facts.known_before"


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_day_told_twice_in_one_ingest_is_refused_naming_both_files(ledger, order):
    other = replace(whole("2022-10-10", needs=[NEED]), where="b.yaml")
    new = [replace(whole("2022-10-10"), where="a.yaml"), other, whole("2022-09-15")]
    head = ledger.head()
    with pytest.raises(FactsError) as refused:
        ingest(ledger, MONITORING, new[::order])
    (found,) = refused.value.problems
    assert (found.code, dict(found.details)["others"]) == ("monitor.said_twice", "a.yaml, b.yaml")
    assert ledger.head() == head
    correction = whole("2022-10-10", "2022-10-11", needs=[NEED])
    assert ingest(ledger, MONITORING, [new[0], correction]).submissions == 2


def test_an_alert_is_acknowledged_once_by_an_actor_and_not_before_it_is_known(ledger):
    ingest(ledger, MONITORING, [whole("2022-09-15", "2022-09-18", needs=[NEED])])
    (alert,) = board(ledger, PACK, day("2022-09-20"), Settings()).open

    def new(on, **said):
        now = MONITORING.clock()
        return acknowledge(ledger, PACK, alert.id, "helping_cadre", day(on), recorded_at=now, **said).new

    with pytest.raises(RequestError) as refused:
        new("2022-09-17")
    assert refused.value.problems[0].code == "monitor.acknowledged_early"
    assert new("2022-09-18", person="G-07")
    assert not new("2022-09-19", person="G-08", note="again")
    (found,) = board(ledger, PACK, day("2022-09-20"), Settings()).alerts
    assert (found.acknowledged["on"], found.acknowledged["person"]) == ("2022-09-18", "G-07")


def test_before_the_pack_is_in_force_everyone_is_out_of_scope_and_owes_nothing(ledger):
    assert PACK.in_force.from_ > day("2022-06-02")
    ingest(ledger, MONITORING, [whole("2022-06-01", visits=[])])
    found = board(ledger, PACK, day("2022-06-02"), Settings())
    assert (dict(found.areas[0].colours), found.obligations) == ({"out_of_scope": 1}, ())


# ---- what others wrote into the ledger


def test_malformed_entries_are_told_by_number_and_passed_over(ledger):
    """A ledger cannot be mended: what is not as monitoring writes it must not stop it for good."""
    ingest(ledger, MONITORING, [whole("2022-09-15", needs=[NEED])])
    strange = [Entry.of(kind, {"a": 1}, subject="QT-0001") for kind in ("submission", "alert", "acknowledgement")]
    strange.append(Entry.of("day", {"day": 5}, subject=f"pack {PACK.id}"))
    strange.append(Entry.of("submission", {"form": 1, "pack": PACK.id, "known_on": "2022-09-16", "facts": []}))
    first = ledger.append(strange, MONITORING.clock())[0].seq
    found = board(ledger, PACK, day("2022-09-20"), Settings())
    assert [alert.subject for alert in found.alerts] == ["QT-0001"]
    assert [one.where for one in found.warnings] == [f"#{first}", f"#{first + 1}", f"#{first + 2}", f"#{first + 4}"]
    told: list[str] = []
    telling = replace(MONITORING, warn=lambda problems: told.extend(one.where for one in problems))
    assert ingest(ledger, telling, [whole("2022-10-10", needs=[])]) == Tally(1, 1, 0, 0)
    assert told == [f"#{first + 3}", f"#{first}", f"#{first + 1}", f"#{first + 2}"]
    with pytest.raises(LedgerError):
        ingest(ledger, replace(MONITORING, warn=refuse), [whole("2022-10-11", needs=[])])
