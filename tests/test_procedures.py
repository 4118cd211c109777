"""Procedures: no way around a step that a document requires, no event out of order, and no history that cannot be told again."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from generators import make_pack
from policy_engine.checking.procedure_cases import read_procedure_cases, run_procedure_case
from policy_engine.decision.history import fold
from policy_engine.decision.procedure import step
from policy_engine.decision.standing import standing
from policy_engine.documents.plain_data import nodes
from policy_engine.documents.read_case import read_events
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType
from policy_engine.model.case import Case, Correction, Learned, Opened, Taken
from policy_engine.values import Missing, Months, Record, Unknown

PACKS = {name: load_pack(name) for name in shipped_packs()}
PROCEDURES = [
    pytest.param(pack, procedure, id=f"{name}.{procedure.id}")
    for name, pack in PACKS.items()
    for procedure in pack.procedures.values()
]
DAY = datetime.date(2022, 3, 1)
WEEK = datetime.timedelta(days=7)
OPEN = Unknown((Missing("fact", "nothing_known"),))


class Ground:
    """A world in which every condition holds, but those that do not or that nothing is known of; no time limit has a figure."""

    def __init__(self, fails=(), unknown=(), limit=None):
        self.fails, self.unknown, self.limit = fails, unknown, limit

    def value(self, node, *_):
        if node in self.fails:
            return False
        return OPEN if node in self.unknown else True

    def parameter(self, *_):
        return OPEN if self.limit is None else self.limit


def some(type_):
    """A value of a type."""
    if isinstance(type_, ListType):
        return (some(type_.item),)
    if isinstance(type_, CodeType):
        return type_.ids[0]
    return {BOOLEAN: True, DATE: DAY}.get(type_, 1 if isinstance(type_, NumberType) else "text")


def standing_at(procedure, place):
    opened = Opened(1, DAY, DAY, None, "case", procedure.id)
    return Case("case", procedure.id, opened, place, DAY)


def event(procedure, at, result, *, on=DAY):
    """The step taken as it should be: by the right actor, with everything that may be recorded."""
    found = procedure.results(at.id)[result]
    particulars = {part.id: some(part.type) for part in at.particulars.values()}
    return Taken(2, on, on, None, "case", at.id, result, (found.by or at.by)[0], "", Record(particulars))


def every_result(procedure):
    return [(at, result) for at in procedure.steps.values() for result in procedure.results(at.id).values()]


def refusal(procedure, case, taken, ground):
    """The codes of the problems; the case is as it was, each problem names its clause and can be told in both languages."""
    after, problems = step(procedure, case, taken, ground)
    if problems:
        assert after is case
    for found in problems:
        assert (found.code == "case.recorded_early") or dict(found.details)["clause"]
        for language in ("zh", "en"):
            assert dict(found.details)["clause"] in found.message(language)
    return [found.code for found in problems]


# ---- over all paths


REQUIRED = {
    "xuanzhou_2021": {
        # 3.2, 4.1, 4.3.3: 即两评议一公示一公告; 复核并告知
        ("inclusion", "included"): "application group_review village_review publicity preliminary_list data_comparison"
        " township_review district_recheck filing",
        # 3.3: 由村两委提出，经评议后在村内进行公示
        ("removal", "removed"): "proposal review publicity township_review filing marking",
        # 3.1: 及时将预警信息分类分级反馈基层核实
        ("discovery", "to_include"): "signal verification",
        ("discovery", "tracked"): "signal verification",
        ("discovery", "not_at_risk"): "signal verification",
    },
    "minhang_2020": {
        # 3.2: 经自愿申请、村民评议、公示、街镇审批
        ("inclusion", "recognised"): "application review posting publicity approval",
        ("exit_for_refusal", "exited"): "review posting publicity approval",
        # 3.2: 在确保其知晓……的前提下，经户主签字确认、村民评议、公示、街镇审批
        ("exit_of_own_will", "exited"): "making_known signature review posting publicity approval",
        ("exit_against_dibao", "exited"): "review posting publicity approval",
        # 3.1: 对经复核确认的……在……（复核）中修改; 新认定的……录入
        ("entry_after_review", "entered"): "confirmation amendment",
        ("entry_when_new", "entered"): "entry",
    },
    "qingtian_2022": {
        # 3.2, 2.3: 及时收集、规范处理; 及时排查预警
        ("signal", "risk_found"): "collection handling",
        # 3.3: 发出警报，启动措施；警讯快速提交、后台及时受理、部门限时答复、农户满意度评价闭环
        ("warning", "closed"): "alert measures submission acceptance answer rating",
        # 3.1, 4.2: 及时认定; 简化认定流程, or else 及时审核纳入 (see below)
        ("low_income_recognition", "recognised"): "candidate recognition",
        # 4.2: 落实1年“渐退期”管理措施
        ("grace_entry", "in_grace"): "entry",
        ("grace_exit", "left"): "leaving",
    },
}
"""For each end that settles something the steps that its document requires, in the order in which it requires them."""


def reached(procedure, start, without=None):
    """Every step and end on a way from `start`, on ways that do not go through one of the steps."""
    found, todo = set(), [start]
    while todo:
        here = todo.pop()
        if here != without and here not in found:
            found.add(here)
            todo += [result.to for result in procedure.results(here).values()] if here in procedure.steps else []
    return found


def unavoidable(procedure, end):
    """The steps without which no way leads from the start to the end: all ways are looked at, in whatever rounds they go."""
    return {id_ for id_ in procedure.steps if end not in reached(procedure, procedure.start, without=id_)}


def settling(name):
    return {
        (procedure.id, end.id)
        for procedure in PACKS[name].procedures.values()
        for end in procedure.ends.values()
        if end.settles
    }


@pytest.mark.parametrize("name", PACKS)
def test_the_table_speaks_of_every_end_that_settles_something(name):
    assert settling(name) == set(REQUIRED.get(name, {}))


@pytest.mark.parametrize(("name", "way"), [(name, way) for name, ways in REQUIRED.items() for way in ways])
def test_no_way_avoids_a_required_step(name, way):
    procedure, end = PACKS[name].procedure(way[0]), way[1]
    required = REQUIRED[name][way].split()
    assert set(required) <= unavoidable(procedure, end)
    for before, after in zip(required, required[1:], strict=False):
        assert after not in reached(procedure, procedure.start, without=before), (before, after)


def test_only_the_short_way_goes_without_a_review():
    """青田县 4.2: whoever is not recognised by the simplified way is reviewed (审核)."""
    procedure = PACKS["qingtian_2022"].procedure("low_income_recognition")
    first = procedure.step("candidate")
    without = replace(
        first, results=Record((id_, found) for id_, found in first.results.items() if id_ != "simplified")
    )
    procedure = replace(procedure, steps=Record({**procedure.steps, "candidate": without}))
    assert unavoidable(procedure, "recognised") == {"candidate", "review", "recognition"}


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_what_the_law_of_the_graph_says_of_it(pack, procedure):
    """The check of the pack holds by another reckoning: every place is reached, and from every step some end."""
    assert reached(procedure, procedure.start) == {*procedure.steps, *procedure.ends}
    for id_ in procedure.steps:
        assert reached(procedure, id_) & set(procedure.ends)


def test_a_way_around_a_step_is_seen():
    """The reckoning itself: with a short cut nothing but the first and the last step are unavoidable."""
    pack = PACKS["xuanzhou_2021"]
    procedure = pack.procedure("inclusion")
    first = procedure.step("application")
    short = replace(first.results["submitted"], id="urgent", to="filing")
    cut = replace(first, results=Record({**first.results, "urgent": short}))
    procedure = replace(procedure, steps=Record({**procedure.steps, "application": cut}))
    assert unavoidable(procedure, "included") == {"application", "filing"}


# ---- each step, each result, each thing that can be wrong with it


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_every_result_leads_where_the_pack_says(pack, procedure):
    for at, result in every_result(procedure):
        taken = event(procedure, at, result.id)
        after, problems = step(procedure, standing_at(procedure, at.id), taken, Ground())
        assert problems == ()
        assert (after.at, after.since, after.taken) == (result.to, DAY, (taken,))
        assert result.to in {*procedure.steps, *procedure.ends}


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_every_wrong_order_is_refused(pack, procedure):
    for place, (at, result) in product([*procedure.steps, *procedure.ends], every_result(procedure)):
        if place != at.id:
            codes = refusal(procedure, standing_at(procedure, place), event(procedure, at, result.id), Ground())
            assert codes == ["case.out_of_order" if place in procedure.steps else "case.ended"]


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_every_wrong_actor_is_refused(pack, procedure):
    for at, result in every_result(procedure):
        for actor in {*pack.actors, "", "passer_by"} - set(result.by or at.by):
            taken = replace(event(procedure, at, result.id), by=actor)
            assert refusal(procedure, standing_at(procedure, at.id), taken, Ground()) == ["case.wrong_actor"]


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_every_particular_that_is_missing_is_named(pack, procedure):
    """Where it is needed, and where it cannot be said whether it is."""
    for at, result in every_result(procedure):
        for part in at.particulars.values():
            taken = event(procedure, at, result.id)
            given = {id_: value for id_, value in taken.particulars.items() if id_ != part.id}
            lacking = replace(taken, particulars=Record(given))
            asked = result.id in at.results and (not part.results or result.id in part.results)
            needed = asked and (part.needed is not None or not part.optional)
            here = standing_at(procedure, at.id)
            assert refusal(procedure, here, lacking, Ground()) == ["case.missing_particular"] * needed
            if part.needed is not None:
                assert refusal(procedure, here, lacking, Ground(fails=[part.needed])) in ([], _unmet(at, result, part))
                assert (
                    "case.particular_open" in refusal(procedure, here, lacking, Ground(unknown=[part.needed]))
                    or not asked
                )


def _unmet(at, result, part):
    """What is refused where a requirement says the same as the condition of a particular."""
    same = [
        need for need in at.requires if need.when == part.needed and (not need.results or result.id in need.results)
    ]
    return ["case.requirement_not_met"] * len(same)


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_every_requirement_is_enforced(pack, procedure):
    for at, result in every_result(procedure):
        for need in at.requires:
            here, taken = standing_at(procedure, at.id), event(procedure, at, result.id)
            for ground, code in ((Ground(fails=[need.when]), "not_met"), (Ground(unknown=[need.when]), "open")):
                _, problems = step(procedure, here, taken, ground)
                told = [
                    dict(found.details)["requirement"] for found in problems if found.code == f"case.requirement_{code}"
                ]
                enforced = result.id in at.results and (not need.results or result.id in need.results)
                assert (need.id in told) == enforced


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_every_time_that_must_pass_is_waited_for(pack, procedure):
    """Seven days from the day of the particular, or from the day on which the step was reached."""
    waiting = 0
    for at, result in every_result(procedure):
        here = standing_at(procedure, at.id)
        held = (
            at.lasts is not None and result.id in at.results and (not at.lasts.results or result.id in at.lasts.results)
        )
        waiting += held
        day_before = event(procedure, at, result.id, on=DAY + WEEK - datetime.timedelta(days=1))
        on_the_day = event(procedure, at, result.id, on=DAY + WEEK)
        assert refusal(procedure, here, day_before, Ground(limit=WEEK)) == ["case.too_early"] * held
        assert refusal(procedure, here, on_the_day, Ground(limit=WEEK)) == []
        assert refusal(procedure, here, event(procedure, at, result.id), Ground()) == []
    assert waiting >= sum(at.lasts is not None for at in procedure.steps.values())


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_dates_run_forward(pack, procedure):
    early = datetime.timedelta(days=1)
    for at, result in every_result(procedure):
        here, taken = standing_at(procedure, at.id), event(procedure, at, result.id)
        before = replace(taken, happened_on=DAY - early, recorded_on=DAY)
        assert refusal(procedure, here, before, Ground()) == ["case.before_previous"]
        assert refusal(procedure, here, replace(taken, recorded_on=DAY - early), Ground()) == ["case.recorded_early"]
        late = replace(taken, recorded_on=DAY + WEEK)
        after, problems = step(procedure, here, late, Ground())
        assert (problems, after.since, after.taken) == ((), DAY, (late,))


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_no_walk_leaves_the_declared_states(pack, procedure, data):
    """Any events in any world: the case stands at a declared step or end, and its steps led there one after the other."""
    case = standing_at(procedure, procedure.start)
    conditions = sorted(set(procedure.conditions()), key=str)
    for _ in range(data.draw(st.integers(1, 12))):
        likely = data.draw(st.integers(0, 3)) and case.at in procedure.steps
        at = procedure.step(case.at if likely else data.draw(st.sampled_from(list(procedure.steps))))
        result = data.draw(st.sampled_from([*procedure.results(at.id), *(["no_such_result"] if not likely else [])]))
        taken = (
            event(procedure, at, result)
            if result in procedure.results(at.id)
            else Taken(2, DAY, DAY, None, "case", at.id, result, at.by[0])
        )
        on = case.since + datetime.timedelta(days=data.draw(st.sampled_from([0, 0, 1, 7, -1])))
        taken = replace(taken, happened_on=on, recorded_on=on)
        some_of = st.lists(st.sampled_from(conditions), max_size=2) if conditions and not likely else st.just([])
        world = Ground(data.draw(some_of), data.draw(some_of), data.draw(st.sampled_from([None, WEEK, Months(1)])))
        after, problems = step(procedure, case, taken, world)
        assert (after is case) == bool(problems)
        case = after
        check_chain(procedure, case)


def check_chain(procedure, case):
    """The steps taken lead from the start to where the case stands, each from where the one before has led, in time."""
    at, since = procedure.start, case.opened.happened_on
    for taken in case.taken:
        assert taken.step == at
        assert since <= taken.happened_on <= taken.recorded_on
        at, since = procedure.results(at)[taken.result].to, taken.happened_on
    assert (case.at, case.since) == (at, since)
    assert at in procedure.steps or at in procedure.ends


# ---- whole histories, under made packs and from the worked cases of the shipped ones


def made_step(draw, number, steps, places):
    """A step that leads on to the next one, and to other places as drawn."""
    onward = f"s{number + 1}" if number + 1 < steps else "e0"
    targets = draw(st.lists(st.sampled_from(places), max_size=2))
    results = {
        f"r{place}": {"to": to, "by": ["town"] if place == 2 else []} for place, to in enumerate([onward, *targets])
    }
    body = {"label": f"s{number}", "by": ["household", "committee"], "cites": ["1"], "results": results}
    if draw(st.booleans()):
        only = draw(st.sampled_from([[], ["r0"]]))
        needed = draw(st.sampled_from([{}, {"needed": "applied"}, {"optional": True}]))
        particular = {"label": "有", "type": "boolean", "for": only, "cites": ["1"], **needed}
        when = draw(st.sampled_from(["has or can_write", "applied", "not(can_write) or has"]))
        body["particulars"] = {"has": particular, "seen_on": {"label": "日", "type": "date", "optional": True}}
        body["requires"] = [{"id": "q", "label": "q", "when": when, "for": only, "cites": ["1"]}]
    if draw(st.booleans()):
        body["lasts"] = {"parameter": draw(st.sampled_from(["days7", "month", "unsaid"])), "for": ["r0"]}
    return body


@st.composite
def made_packs(draw):
    """A pack with one procedure of one to four steps and up to three ends, some of which settle facts."""
    steps = draw(st.integers(1, 4))
    places = [*(f"s{number}" for number in range(steps)), "e0", "e1", "e2"]
    body = {f"s{number}": made_step(draw, number, steps, places) for number in range(steps)}
    throughout = {"stop": {"to": draw(st.sampled_from(places)), "cites": ["1"]}} if draw(st.booleans()) else {}
    led_to = {result["to"] for at in body.values() for result in at["results"].values()}
    led_to |= {result["to"] for result in throughout.values()}
    gives = {"e0": {"monitored": "true"}, "e1": {"monitored": "false", "monitored_since": "on"}, "e2": {}}
    ends = {end: {"label": end, "gives": gives[end], "cites": ["1"]} for end in gives if end in led_to}
    needs = draw(st.sampled_from([{}, {"needs": "can_write"}, {"needs": "not(monitored)"}]))
    procedure = {"label": "p", "cites": ["1"], "steps": body, "ends": ends, "throughout": throughout, **needs}
    parameters = {
        "days7": {"label": "七日", "type": "days duration", "value": "P7D", "cites": ["1"]},
        "month": {"label": "一月", "type": "months duration", "value": "P1M", "cites": ["1"]},
        "unsaid": {"label": "未定", "type": "days duration", "not_stated": {"clause": "1"}},
    }
    return make_pack({}, parameters=parameters, procedures={"p": procedure})


def drawn_event(draw, history, day):
    """The next event: mostly the step at which a case stands, taken as it should be; else anything, about any case."""
    sound = draw(st.integers(0, 3)) > 0
    kind = draw(st.sampled_from("step step step step step step facts open strike correct ruling".split()))
    case = draw(st.sampled_from([*history.cases] if sound and history.cases else ["a", "b"]))
    late = datetime.timedelta(days=draw(st.sampled_from([0, 3] if sound else [0, -1])))
    base = {"case": case, "happened_on": day, "recorded_on": day + late}
    why = draw(st.sampled_from(["w", "" if not sound else "v"]))
    if kind == "open":
        return {"event": "open", "procedure": "p" if sound else "q", **base, "case": "b"}
    if kind == "facts":
        facts = draw(st.dictionaries(st.sampled_from(["applied", "can_write", "monitored"]), st.booleans(), min_size=1))
        return {"event": "facts", "facts": facts, **{key: value for key, value in base.items() if key != "case"}}
    if kind == "ruling":
        return {"event": "ruling", "substance": draw(st.booleans()), "by": "town", "why": why, **base}
    numbers = [taken.number for found in history.cases.values() for taken in found.taken] or [1]
    if kind == "strike":
        return {"event": "strike", "corrects": draw(st.sampled_from(numbers)), "why": why, **base}
    return {**drawn_step(draw, history, case, sound), **base} | (
        {"corrects": draw(st.sampled_from(numbers)), "why": why} if kind == "correct" else {}
    )


def drawn_step(draw, history, case, sound):
    """A step of a case: with `sound` the one at which it stands, by the right actor, with what may be recorded of it."""
    procedure = history.pack.procedure("p")
    here = history.cases[case].at if case in history.cases else procedure.start
    if here in procedure.ends or not sound:
        here = draw(st.sampled_from([*procedure.steps, "s9"]))
    found = {
        "event": "step",
        "step": here,
        "result": draw(st.sampled_from(["r0", "r1", "r2", "stop"])),
        "by": "committee",
    }
    if here in procedure.steps:
        at = procedure.step(here)
        if sound:
            result = procedure.results(here)[draw(st.sampled_from(list(procedure.results(here))))]
            found |= {"result": result.id, "by": (result.by or at.by)[-1]}
        names = ["has"] if at.particulars or not sound else []
        found["particulars"] = {name: sound or draw(st.booleans()) for name in names if draw(st.integers(0, 4))}
    return found


@st.composite
def lives(draw):
    """A made pack and a history under it, folded one event after the other; every fold is kept."""
    pack = draw(made_packs())
    day = DAY
    facts = {"applied": True, "can_write": draw(st.booleans()), "monitored": False} if draw(st.integers(0, 3)) else {}
    opened = {"event": "open", "case": "a", "procedure": "p", "happened_on": day}
    written = [{"event": "facts", "happened_on": day, "facts": facts}, opened]
    folded = [fold(pack, "household", _read(pack, written[:count])) for count in range(3)]
    for _ in range(draw(st.integers(1, 10))):
        day += datetime.timedelta(days=draw(st.sampled_from([0, 1, 7, 31, 31, 31, -2])))
        written.append(drawn_event(draw, folded[-1], day))
        folded.append(fold(pack, "household", _read(pack, written)))
    return folded


def _read(pack, written):
    events, problems = read_events([nodes(found) for found in written], pack, "household")
    assert problems == ()
    return events


def told(history):
    """All that a history has come to."""
    return history.events, history.cases, history.settled


def check_history(folded):
    """What holds of every history, folded event by event."""
    pack = folded[-1].pack
    for before, after in zip(folded, folded[1:], strict=False):
        if len(after.refused) > len(before.refused):
            assert told(after) == told(before)
            assert after.refused[:-1] == before.refused
            assert after.refused[-1][1]
        else:
            assert after.refused == before.refused
            assert after.events[:-1] == before.events
    last = folded[-1]
    for count in range(len(last.events) + 1):
        again = fold(pack, last.subject, last.events[:count], last.settings)
        assert again.refused == ()
        assert again.events == last.events[:count]
    assert told(again) == told(last)
    for case in last.cases.values():
        check_chain(pack.procedure(case.procedure), case)
    for settled in last.settled:
        case = last.cases[settled.case]
        end = pack.procedure(case.procedure).ends[case.at]
        assert set(settled.gives) <= set(end.gives)
        assert set(settled.adds) <= set(end.adds)
        assert settled.gives or settled.adds
        assert settled.on == case.since
        wanted = unavoidable(pack.procedure(case.procedure), end.id)
        assert wanted <= {taken.step for taken in case.taken}


@given(lives())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_histories_under_made_packs(folded):
    check_history(folded)


def bare(history):
    """The history without what was struck, ruled or refused: what is known, then each case opened, then the steps taken."""
    steps = sorted((taken for case in history.cases.values() for taken in case.taken), key=lambda taken: taken.number)
    before = [found for kind in (Learned, Opened) for found in history.events if isinstance(found, kind)]
    return [replace(found, number=number) for number, found in enumerate([*before, *steps], 1)]


@given(lives(), st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_correction_stands_in_the_place_of_what_it_corrects(folded, data):
    """Where nothing else was learned meanwhile, the case is as if it had been recorded like this in the first place."""
    pack, events = folded[-1].pack, bare(folded[-1])
    taken = [found for found in events if isinstance(found, Taken)]
    assume(taken and not fold(pack, "household", events).refused)
    wrong = data.draw(st.sampled_from(taken))
    results = pack.procedure("p").results(wrong.step)
    others = [replace(wrong, result=id_, by=(found.by or ("committee",))[0]) for id_, found in results.items()]
    instead = data.draw(st.sampled_from([None, *others]))
    number, day = len(events) + 1, max(found.recorded_on for found in events)
    right = instead and replace(instead, number=number)
    corrected = fold(
        pack, "household", [*events, Correction(number, day, day, None, wrong.case, wrong.number, right, "w")]
    )
    told_right = [instead if found is wrong else found for found in events]
    plain = fold(pack, "household", [found for found in told_right if found is not None])
    assert bool(corrected.refused) == bool(plain.refused)
    if not plain.refused:
        assert [outline(case) for case in corrected.cases.values()] == [outline(case) for case in plain.cases.values()]


@given(lives(), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_history_until_a_day(folded, data):
    """As known now, and without what happened later: each case with the steps and rulings up to that day."""
    last = folded[-1]
    days = sorted({found.happened_on for found in last.events} | {found.recorded_on for found in last.events})
    day = data.draw(st.sampled_from(days))
    assert list(last.along(day)) == [(one, last.facts(one)) for one in last.days() if one <= day]
    then = last.until(day)
    assert set(then.cases) == {id_ for id_, case in last.cases.items() if case.opened.happened_on <= day}
    for id_, case in then.cases.items():
        whole = last.cases[id_]
        assert case.taken == tuple(taken for taken in whole.taken if taken.happened_on <= day)
        assert case.rulings == tuple(ruling for ruling in whole.rulings if ruling.happened_on <= day)
        check_chain(last.pack.procedure("p"), case)
    if not any(case.rulings for case in last.cases.values()):
        assert then.facts(day).root == last.facts(day).root
        assert then.settled == tuple(settled for settled in last.settled if settled.on <= day)
    if day == days[-1]:
        assert told(then) == told(last)


def on(day):
    return datetime.date(2022, 3, day)


PLAIN = make_pack(
    {},
    procedures={
        "p": {
            "label": "p",
            "steps": {
                "ask": {
                    "label": "a",
                    "by": ["household"],
                    "cites": ["1"],
                    "results": {"asked": "grant", "again": "ask"},
                },
                "grant": {"label": "g", "by": ["town"], "cites": ["1"], "results": {"granted": "done"}},
            },
            "ends": {"done": {"label": "d", "gives": {"monitored": "true", "monitored_since": "on"}, "cites": ["1"]}},
        }
    },
)


def life(*written):
    """A history under the plain pack: `(day, step, result)`, and for a correction the event it corrects and the day of writing."""
    events = [{"event": "open", "case": "a", "procedure": "p", "happened_on": on(1)}]
    for day, at, result, *more in written:
        by = {"ask": "household", "grant": "town"}[at]
        found = {"event": "step", "case": "a", "step": at, "result": result, "by": by, "happened_on": on(day)}
        events.append(
            found
            | (dict(zip(("corrects", "recorded_on"), (more[0], on(more[1])), strict=True), why="w") if more else {})
        )
    return fold(PLAIN, "household", _read(PLAIN, events))


@pytest.mark.parametrize(
    ("history", "places"),
    [
        pytest.param(life((3, "ask", "asked"), (5, "grant", "granted")), "ask ask grant grant done", id="plain"),
        pytest.param(
            life((5, "ask", "asked"), (3, "ask", "asked", 2, 6)), "ask ask grant grant grant grant", id="it was earlier"
        ),
        pytest.param(
            life((2, "ask", "asked"), (3, "ask", "asked", 2, 6), (4, "ask", "asked", 3, 7)),
            "ask ask ask grant grant",
            id="it was later, and later still",
        ),
        pytest.param(
            life((2, "ask", "asked"), (4, "grant", "granted"), (3, "ask", "asked", 2, 6)),
            "ask ask grant done done",
            id="corrected after the next step",
        ),
    ],
)
def test_where_a_case_stands_day_by_day(history, places):
    assert history.refused == ()
    for day, place in enumerate(places.split(), 1):
        found = standing(history, "a", on(day))
        assert (found.case.at, found.effective) == (place, place == "done")
        assert history.until(on(day)).facts(on(day)).root.get("monitored_since") == (
            found.case.since if found.end else None
        )
    with pytest.raises(KeyError):
        standing(history, "a", on(1) - datetime.timedelta(days=1))


def outline(case):
    return case.at, case.since, [(taken.step, taken.result, taken.happened_on) for taken in case.taken]


def worked_cases():
    """The histories of the worked cases of the shipped packs: event by event as they were written, refused ones among them."""
    for name, path in shipped_packs().items():
        cases, _ = read_procedure_cases(path)
        for file, number, form in cases:
            history = run_procedure_case(PACKS[name], file, number, form).history
            if history is not None and history.cases:
                yield pytest.param(history, id=f"{name}.{file.stem}.{number}")


WORKED = list(worked_cases())


def events_of(history):
    return sorted((*history.events, *(found for found, _ in history.refused)), key=lambda found: found.number)


def folds(history, events):
    return [fold(history.pack, history.subject, events[:count], history.settings) for count in range(len(events) + 1)]


@pytest.mark.parametrize("history", WORKED)
def test_worked_cases_can_be_told_again(history):
    """Told with their refused events, and without."""
    check_history([fold(history.pack, history.subject, events_of(history)[:-1], history.settings), history])


def disturbed(events, place, how, much):
    """The events with one of them left out, told twice, in another place, on another day, or with another result."""
    events = list(events)
    moved = events.pop(place % len(events))
    if how == "twice":
        events.insert(place % (len(events) + 1), moved)
    if how == "day":
        day = moved.happened_on + datetime.timedelta(days=(-10, 10, 400)[much % 3])
        moved = replace(moved, happened_on=day, recorded_on=day)
    if how == "result" and isinstance(moved, Taken):
        moved = replace(moved, result=RESULTS[much % len(RESULTS)])
    if how != "drop":
        events.insert((much if how == "move" else place) % (len(events) + 1), moved)
    return events


RESULTS = sorted(
    {result.id for _, procedure in (found.values for found in PROCEDURES) for _, result in every_result(procedure)}
)
DISTURBANCES = st.tuples(
    st.integers(0, 50), st.sampled_from(["drop", "twice", "move", "day", "result"]), st.integers(0, 999)
)


@given(st.sampled_from([found.values[0] for found in WORKED]), st.lists(DISTURBANCES, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_worked_cases_disturbed(history, disturbances):
    """Nothing comes of what is refused, whatever was left out or mixed up."""
    events = events_of(history)
    for place, how, much in disturbances:
        events = disturbed(events, place, how, much) if events else []
    check_history(folds(history, [replace(found, number=number) for number, found in enumerate(events, 1)]))


def test_the_made_histories_are_not_idle():
    """What the properties above are asked of: most histories take steps, and many end, settle, refuse and correct."""
    seen = {"taken": 0, "ended": 0, "settled": 0, "refused": 0, "corrected": 0, "ruled": 0}

    @given(lives())
    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def look(folded):
        last = folded[-1]
        seen["taken"] += any(case.taken for case in last.cases.values())
        seen["ended"] += any(case.at.startswith("e") for case in last.cases.values())
        seen["settled"] += bool(last.settled)
        seen["refused"] += bool(last.refused)
        seen["corrected"] += any(isinstance(found, Correction) for found in last.events)
        seen["ruled"] += any(case.rulings for case in last.cases.values())

    look()
    assert all(count >= 5 for count in seen.values()), seen
