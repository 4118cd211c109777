"""Duties, day by day over four years, against a slow and obvious reckoning that shares nothing with the engine."""

from __future__ import annotations

import calendar
import datetime
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generators import make_pack
from policy_engine.decision.duties import duties, snapshots
from policy_engine.decision.history import fold
from policy_engine.documents.plain_data import nodes
from policy_engine.documents.read_case import read_events
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_settings import read_settings

ONE = datetime.timedelta(days=1)
FIRST, LAST = datetime.date(2022, 1, 1), datetime.date(2025, 12, 31)
DAYS = [FIRST + ONE * number for number in range((LAST - FIRST).days + 1)]
TURNS = [found for found in DAYS if found.day in (1, 2) or (found + ONE).day in (1, 2)]
"""The days around the turn of each month."""
ALL_DAYS = [FIRST - ONE * 400 + ONE * number for number in range(len(DAYS) + 800)]

VISITED = "some v in visits satisfies v.visited_on between period_start and period_end"


def duty(**body):
    owed = {"label": "d", "by": ["committee"], "cites": ["1"], "while": "monitored", "since": "monitored_since"}
    return {**owed, "fulfilled_by": VISITED, **body}


RECURRING = ("month", "quarter", "half_year", "year")
DUTIES = {
    **{every: duty(every=every) for every in RECURRING},
    "one_month": duty(within="one_month"),
    "one_year": duty(within="one_year"),
    "ten_days": duty(within="ten_days"),
    "unsaid": duty(within="unsaid"),
    "by_the_day": duty(due_on="grace_since"),
    "at_last": duty(every="month", until="grace_since"),
    "whose": duty(every="month", persons="helpers[assigned_on <= period_end].helper_id"),
}
PARAMETERS = {
    "one_month": {"label": "一个月", "type": "months duration", "value": "P1M", "cites": ["1"]},
    "one_year": {"label": "一年", "type": "months duration", "value": "P1Y", "cites": ["1"]},
    "ten_days": {"label": "十日", "type": "days duration", "value": "P10D", "cites": ["1"]},
    "unsaid": {"label": "未定", "type": "days duration", "not_stated": {"clause": "1"}},
}
PACKS = {id_: make_pack({}, parameters=PARAMETERS, duties={id_: body}) for id_, body in DUTIES.items()}


def day(text):
    return datetime.date.fromisoformat(text)


# ---- what the engine says


def of_facts(id_, on, data, given=None):
    facts, _ = read_facts(data)
    return told(duties(PACKS[id_], snapshots(facts, on), on, given))


def of_history(id_, history, on, given=None):
    return told(duties(PACKS[id_], snapshots(history, on), on, given))


def told(owed):
    return [
        (item.period.start if item.period else item.since, item.period.end if item.period else None, item.state)
        for item in owed
    ]


def lived(id_, events):
    """A history from (day, facts) or (day, facts, additions to lists)."""
    written = [
        {
            "event": "facts",
            "happened_on": found[0],
            "facts": found[1],
            "adds": dict(found[2:]) if len(found) > 2 else {},
        }
        for found in events
    ]
    read, problems = read_events([nodes(found) for found in written], PACKS[id_], "household")
    assert problems == ()
    history = fold(PACKS[id_], "household", read)
    assert history.refused == ()
    return history


# ---- the slow reckoning


def calendar_part(found, every):
    size = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[every]
    return found.year, (found.month - 1) // size


def months_later(found, count):
    """The same day of a later month, or its last day; one month after the other."""
    year, month = found.year, found.month
    for _ in range(count):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return datetime.date(year, month, min(found.day, calendar.monthrange(year, month)[1]))


def whole_parts(every):
    return [list(found) for _, found in groupby(ALL_DAYS, key=lambda found: calendar_part(found, every))][1:-1]


PARTS = {every: whole_parts(every) for every in RECURRING}


def reckoned(every, spells, visits, on, complete_to):
    """Each part of the calendar in which it is owed on the last day, or still owed on the day asked about.

    `spells` are the first and the last day on which it is owed. Who does not know of visits up to the end of a period cannot
    say that there was none.
    """
    found = []
    for start, end in spells:
        last = min(end, on)
        for days in PARTS[every]:
            owed = [one for one in days if start <= one]
            if not owed or owed[0] > last or (days[-1] > last and last != on):
                continue
            seen = any(owed[0] <= visit <= min(on, days[-1]) for visit in visits)
            over = "overdue" if complete_to >= days[-1] else "unknown"
            found.append((owed[0], days[-1], "fulfilled" if seen else "due" if on <= days[-1] else over))
    return found


def reckoned_once(limit, spells, visits, on, complete_to):
    """Owed from the first day of each spell to its limit; dropped where the spell ends before it without a visit."""
    found = []
    for start, end in spells:
        if start > on:
            continue
        until = limit(start)
        in_time = any(start <= visit <= min(until, on) for visit in visits)
        after = any(start <= visit <= on for visit in visits)
        if in_time:
            state = "fulfilled"
        elif on <= until:
            state = "due"
        elif complete_to < until:
            state = "unknown"
        else:
            state = "late" if after else "overdue"
        if end >= on or state in ("fulfilled", "late") or until <= end:
            found.append((start, until, state))
    return found


# ---- one spell that is known in full, day by day


VISITS = [
    "2022-01-31",
    "2022-02-01",
    "2022-05-30",
    "2022-06-30",
    "2022-07-01",
    "2023-01-31",
    "2023-02-28",
    "2023-12-31",
]
VISITS += ["2024-01-01", "2024-02-29", "2024-03-31", "2024-04-30", "2024-12-31", "2025-01-31", "2025-03-01"]


def household(since, visits, as_of="2026-06-30", **more):
    made = [{"visited_on": visit, "kind": "visit"} for visit in visits]
    return {"as_of": as_of, "monitored": True, "monitored_since": since, "visits": made, **more}


@pytest.mark.parametrize("every", RECURRING)
@pytest.mark.parametrize(
    ("since", "days"), [("2022-01-31", DAYS), ("2023-10-01", TURNS)], ids=["every day", "every turn"]
)
def test_every_day_of_four_years(every, since, days):
    facts, _ = read_facts(household(since, VISITS))
    seen = set()
    for on in days:
        wanted = reckoned(every, [(day(since), LAST)], list(map(day, VISITS)), on, day("2026-06-30"))
        assert told(duties(PACKS[every], snapshots(facts, on), on)) == wanted, on
        seen |= {state for *_, state in wanted}
    assert seen == {"fulfilled", "due"} | ({"overdue"} if every in ("month", "quarter") else set())


@pytest.mark.parametrize(
    ("id_", "limit"),
    [
        ("one_month", lambda since: months_later(since, 1)),
        ("one_year", lambda since: months_later(since, 12)),
        ("ten_days", lambda since: since + ONE * 10),
    ],
)
@pytest.mark.parametrize(
    "since", ["2023-01-31", "2024-01-31", "2024-01-30", "2024-02-29", "2023-02-28", "2023-12-31", "2024-03-15"]
)
def test_a_limit_on_every_day(id_, limit, since):
    """Without a visit, with one on the last day, and with one on the day after."""
    last = limit(day(since))
    for visits in ([], [last], [last + ONE]):
        facts, _ = read_facts(household(since, [visit.isoformat() for visit in visits]))
        for on in [found for found in DAYS if day(since) - ONE <= found <= last + ONE * 40]:
            wanted = reckoned_once(limit, [(day(since), LAST)], visits, on, day("2026-06-30"))
            assert told(duties(PACKS[id_], snapshots(facts, on), on)) == wanted, on


@pytest.mark.parametrize(
    ("id_", "since", "last"),
    [
        ("one_month", "2023-01-31", "2023-02-28"),
        ("one_month", "2024-01-31", "2024-02-29"),
        ("one_month", "2024-02-29", "2024-03-29"),
        ("one_month", "2023-12-31", "2024-01-31"),
        ("one_year", "2024-02-29", "2025-02-28"),
        ("one_year", "2023-02-28", "2024-02-28"),
        ("ten_days", "2024-02-24", "2024-03-05"),
        ("ten_days", "2023-02-24", "2023-03-06"),
    ],
)
def test_last_days_by_hand(id_, since, last):
    [(start, end, state)] = of_facts(id_, day(last), household(since, []))
    assert (start, end, state) == (day(since), day(last), "due")
    assert of_facts(id_, day(last) + ONE, household(since, [])) == [(day(since), day(last), "overdue")]


# ---- states that end and begin again


TWO_SPELLS = [(day("2022-03-15"), day("2023-01-31")), (day("2024-02-29"), LAST)]
"""Monitored to the last day of January 2023, and again from a leap day on."""
LIFE = [
    ("2022-03-15", {"monitored": True, "monitored_since": "2022-03-15", "visits": []}),
    ("2022-03-31", {}, ("visits", [{"visited_on": "2022-03-31"}])),
    ("2022-06-20", {}, ("visits", [{"visited_on": "2022-05-01"}, {"visited_on": "2022-06-20"}])),
    ("2023-02-01", {"monitored": False}),
    ("2023-02-10", {}, ("visits", [{"visited_on": "2023-02-10"}])),
    ("2024-02-29", {"monitored": True, "monitored_since": "2024-02-29"}),
    ("2024-03-01", {}, ("visits", [{"visited_on": "2024-02-29"}])),
    ("2025-06-30", {}, ("visits", [{"visited_on": "2025-06-30"}])),
]


LIFE_DAYS = sorted({*TURNS, *(day(found[0]) + ONE * more for found in LIFE for more in (-1, 0, 1))})


def visits_known(on):
    return [
        day(visit["visited_on"]) for found in LIFE if day(found[0]) <= on for visit in dict(found[2:]).get("visits", [])
    ]


def complete(on):
    """The last day on which the visits were spoken of."""
    spoken = [day(found[0]) for found in LIFE if day(found[0]) <= on and ("visits" in found[1] or len(found) > 2)]
    return max(spoken, default=datetime.date.min)


@pytest.mark.parametrize("every", RECURRING)
def test_duties_begin_and_end_with_the_state(every):
    history = lived(every, LIFE)
    seen = set()
    for on in LIFE_DAYS:
        wanted = reckoned(every, TWO_SPELLS, visits_known(on), on, complete(on))
        assert of_history(every, history, on) == wanted, on
        seen |= {(state, start > TWO_SPELLS[0][1]) for start, _, state in wanted}
    assert {("fulfilled", False), ("fulfilled", True), ("due", True)} <= seen


@pytest.mark.parametrize(
    ("id_", "limit"),
    [("one_month", lambda since: months_later(since, 1)), ("one_year", lambda since: months_later(since, 12))],
)
def test_limits_begin_and_end_with_the_state(id_, limit):
    history = lived(id_, LIFE)
    for on in LIFE_DAYS:
        wanted = reckoned_once(limit, TWO_SPELLS, visits_known(on), on, complete(on))
        assert of_history(id_, history, on) == wanted, on
    assert len(wanted) == 2


@st.composite
def made_lives(draw):
    """Spells of a state that are a day apart at least, and visits: as spells, as days, and as a history."""
    numbers = draw(st.lists(st.integers(0, len(DAYS) - 1), min_size=1, max_size=6, unique=True).map(sorted))
    turns = [FIRST + ONE * number for number in numbers]
    visits = sorted(draw(st.lists(st.sampled_from(TURNS), max_size=6, unique=True)))
    events = [(FIRST - ONE, {"monitored": False, "visits": []})]
    for place, turn in enumerate(turns):
        on = place % 2 == 0
        events.append((turn, {"monitored": on} | ({"monitored_since": turn} if on else {})))
    events += [(visit, {}, ("visits", [{"visited_on": visit}])) for visit in visits]
    ends = [turn - ONE for turn in turns[1::2]] + [LAST]
    return list(zip(turns[::2], ends, strict=False)), visits, sorted(events, key=lambda found: found[0])


@given(made_lives(), st.sampled_from(RECURRING), st.lists(st.sampled_from(DAYS), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_life(made, every, days):
    spells, visits, events = made
    history = lived(every, events)
    once = lived("one_month", events)
    for on in days:
        known = [visit for visit in visits if visit <= on]
        upto = max(
            [found[0] for found in events if found[0] <= on and ("visits" in found[1] or len(found) > 2)],
            default=FIRST - ONE,
        )
        assert of_history(every, history, on) == reckoned(every, spells, known, on, upto), on
        limited = reckoned_once(lambda since: months_later(since, 1), spells, known, on, upto)
        assert of_history("one_month", once, on) == limited, on


def test_a_state_told_again_without_its_day_begins_on_the_day_it_is_told():
    """What is known since an earlier spell says nothing of the present one: no visit was owed in between."""
    history = lived("month", [*LIFE[:5], ("2024-02-29", {"monitored": True})])
    assert [start for start, *_ in of_history("month", history, day("2024-04-10")) if start > day("2023-02-01")] == [
        day("2024-02-29"),
        day("2024-03-01"),
        day("2024-04-01"),
    ]


def test_a_state_that_was_not_known_for_a_while():
    """Nothing is told twice: what was owed, then what nobody knows, then what is owed since it is known again."""
    pack = make_pack({}, duties={"month": duty(every="month", **{"while": "monitored and (applied or recognised)"})})
    known = {"monitored": True, "monitored_since": "2022-01-15", "visits": []}
    life = [
        ("2022-01-15", {**known, "applied": True}),
        ("2022-03-10", {"applied": False}),
        ("2022-05-02", {"recognised": True, "visits": []}),
    ]
    written = [{"event": "facts", "happened_on": found, "facts": facts} for found, facts in life]
    read, _ = read_events([nodes(found) for found in written], pack, "household")
    history = fold(pack, "household", read)
    on = day("2022-05-20")
    assert told(duties(pack, snapshots(history, on), on)) == [
        (day("2022-01-15"), day("2022-01-31"), "overdue"),
        (day("2022-02-01"), day("2022-02-28"), "overdue"),
        (None, None, "unknown"),
        (day("2022-05-02"), day("2022-05-31"), "due"),
    ]


def test_a_state_of_which_more_is_known_later():
    """Unknown at first, then told with its day: owed from that day."""
    life = [
        ("2022-01-15", {"visits": []}),
        ("2022-02-10", {"monitored": True, "monitored_since": "2022-01-20", "visits": []}),
    ]
    assert [start for start, *_ in of_history("month", lived("month", life), day("2022-02-20"))] == [
        None,
        day("2022-01-20"),
        day("2022-02-01"),
    ]


def test_a_state_told_late_is_owed_from_its_own_day():
    """The file tells in September that it is so since August: both months count, and July does not."""
    life = [
        ("2022-06-01", {"monitored": False, "visits": []}),
        ("2022-09-10", {"monitored": True, "monitored_since": "2022-08-20", "visits": []}),
    ]
    assert of_history("month", lived("month", life), day("2022-09-30")) == [
        (day("2022-08-20"), day("2022-08-31"), "overdue"),
        (day("2022-09-01"), day("2022-09-30"), "due"),
    ]


# ---- what is not known


def test_no_evidence_is_overdue_only_where_all_evidence_is_known():
    """The facts are of 10 February: of January nothing more can come, of February and March nobody knows."""
    owed = of_facts("month", day("2022-03-31"), household("2022-01-05", [], as_of="2022-02-10"))
    assert [state for *_, state in owed] == ["overdue", "unknown", "due"]
    complete_ = household("2022-01-05", [], as_of="2022-02-10")
    complete_["visits"] = {"value": [], "complete_to": "2022-02-28"}
    assert [state for *_, state in of_facts("month", day("2022-03-31"), complete_)] == ["overdue", "overdue", "due"]
    stale = household("2022-01-05", [], as_of="2022-03-31")
    stale["visits"] = {"value": [], "complete_to": "2021-12-31"}
    assert [state for *_, state in of_facts("month", day("2022-03-31"), stale)] == ["unknown", "unknown", "due"]


@pytest.mark.parametrize("as_of", ["2022-01-04", "2022-01-31", "2022-02-15", "2022-12-31"])
@pytest.mark.parametrize("id_", [*RECURRING, "one_month", "ten_days"])
def test_nothing_is_overdue_beyond_what_is_known(id_, as_of):
    for on in TURNS:
        for _, end, state in of_facts(id_, on, household("2022-01-05", [], as_of=as_of)):
            assert (state == "overdue") <= (end <= day(as_of) and end < on)
            assert (state == "unknown") <= (end > day(as_of))


def test_what_is_missing_is_named():
    pack = PACKS["month"]
    for data, missing in (
        ({"as_of": "2022-03-31", "monitored": True, "monitored_since": "2022-03-01"}, "visits"),
        ({"as_of": "2022-03-31", "monitored": True, "visits": []}, "monitored_since"),
        ({"as_of": "2022-03-31", "monitored_since": "2022-03-01", "visits": []}, "monitored"),
    ):
        facts, _ = read_facts(data)
        [found] = duties(pack, snapshots(facts, day("2022-04-01")), day("2022-04-01"))[:1]
        assert (found.state, found.missing) == ("unknown", (missing,))
    nothing, _ = read_facts({"as_of": "2022-03-31", "monitored": False})
    assert duties(pack, snapshots(nothing, day("2022-04-01")), day("2022-04-01")) == ()


def test_a_visit_without_its_day_may_be_the_one():
    data = household("2022-01-01", [], as_of="2022-02-28")
    data["visits"] = [{"kind": "visit"}]
    assert [state for *_, state in of_facts("month", day("2022-02-28"), data)] == ["unknown", "due"]


# ---- limits that settings supply, days by which, last days, persons


def supplied(text):
    problems = []
    pack = PACKS["unsaid"]
    node = nodes({"format": 1, "parameters": {"unsaid": {"source": "本县规定", "values": {"2022": text}}}})
    found = read_settings(node, pack, problems)
    assert problems == []
    return found


def test_a_limit_that_nobody_states_makes_nothing_late():
    data = household("2022-01-31", [])
    for on in TURNS:
        wanted = [(day("2022-01-31"), None, "open")] if on >= day("2022-01-31") else []
        assert of_facts("unsaid", on, data) == wanted
    facts, _ = read_facts(data)
    [found] = duties(PACKS["unsaid"], snapshots(facts, day("2022-03-02")), day("2022-03-02"))
    assert (found.days, found.missing) == (30, ())


def test_a_limit_that_settings_supply_does():
    given = supplied("P28D")
    facts = household("2022-01-31", [])
    assert of_facts("unsaid", day("2022-02-28"), facts, given) == [(day("2022-01-31"), day("2022-02-28"), "due")]
    assert of_facts("unsaid", day("2022-03-01"), facts, given) == [(day("2022-01-31"), day("2022-02-28"), "overdue")]
    late = household("2022-01-31", ["2022-03-01"])
    assert of_facts("unsaid", day("2022-03-01"), late, given) == [(day("2022-01-31"), day("2022-02-28"), "late")]


def test_a_limit_supplied_for_another_year_is_none():
    assert of_facts("unsaid", day("2023-12-31"), household("2023-01-31", []), supplied("P28D")) == [
        (day("2023-01-31"), None, "open")
    ]


def test_owed_by_a_day():
    data = household("2024-02-01", [], grace_since="2024-02-29")
    assert of_facts("by_the_day", day("2024-02-29"), data) == [(day("2024-02-01"), day("2024-02-29"), "due")]
    assert of_facts("by_the_day", day("2024-03-01"), data) == [(day("2024-02-01"), day("2024-02-29"), "overdue")]
    kept = household("2024-02-01", ["2024-02-29"], grace_since="2024-02-29")
    assert of_facts("by_the_day", day("2024-03-01"), kept) == [(day("2024-02-01"), day("2024-02-29"), "fulfilled")]
    assert of_facts("by_the_day", day("2024-03-01"), household("2024-02-01", [])) == [(day("2024-02-01"), None, "open")]


@pytest.mark.parametrize(
    ("until", "months"), [("2022-03-31", 3), ("2022-03-30", 2), ("2022-04-01", 3), ("2021-12-31", 0)]
)
def test_owed_up_to_a_last_day(until, months):
    """A month counts where it is still owed on its last day."""
    owed = of_facts("at_last", day("2022-06-15"), household("2022-01-01", [], grace_since=until))
    assert owed == [
        (day(f"2022-0{n}-01"), months_later(day("2022-01-31"), n - 1), "overdue") for n in range(1, months + 1)
    ]


def test_who_owes_it_in_each_period():
    """Of a helper who comes in March nothing was owed in February."""
    helpers = [{"helper_id": "h-1", "assigned_on": "2022-01-10"}, {"helper_id": "h-2", "assigned_on": "2022-03-01"}]
    facts, _ = read_facts(household("2022-01-15", [], as_of="2022-03-31", helpers=helpers))
    owed = duties(PACKS["whose"], snapshots(facts, day("2022-03-20")), day("2022-03-20"))
    assert [item.persons for item in owed] == [("h-1",), ("h-1",), ("h-1", "h-2")]


def test_who_owes_it_as_the_file_then_knew():
    life = [
        (
            "2022-01-15",
            {
                "monitored": True,
                "monitored_since": "2022-01-15",
                "visits": [],
                "helpers": [{"helper_id": "h-1", "assigned_on": "2022-01-10"}],
            },
        ),
        ("2022-03-01", {"helpers": [{"helper_id": "h-2", "assigned_on": "2022-03-01"}]}),
    ]
    history = lived("whose", life)
    owed = duties(PACKS["whose"], snapshots(history, day("2022-03-20")), day("2022-03-20"))
    assert [item.persons for item in owed] == [("h-1",), ("h-1",), ("h-2",)]


def test_before_anything_is_known_nothing_is_owed():
    history = lived("month", LIFE)
    assert of_history("month", history, day("2022-03-14")) == []
    assert of_history("month", history, day("2022-03-15")) == [(day("2022-03-15"), day("2022-03-31"), "due")]
