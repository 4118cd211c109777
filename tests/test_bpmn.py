"""Procedures for other programs: BPMN that a workflow engine runs in order, pictures that ask for nothing, calendar files."""

from __future__ import annotations

import datetime
import re
from xml.etree import ElementTree

import icalendar
import pytest
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from generators import make_pack
from policy_engine.decision.duties import duties, snapshots
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import load_pack, shipped_packs
from policy_engine.report.bpmn import procedure_bpmn
from policy_engine.report.calendar_file import calendar
from policy_engine.report.layout import BOX, layout
from policy_engine.report.svg import procedure_svg

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
SVG = "{http://www.w3.org/2000/svg}"

ODD = make_pack(
    {},
    procedures={
        "start": {
            "label": {"zh": "<甲> & “乙”", "en": "<a> & \"b\" 'c'"},
            "steps": {
                "start_1": {
                    "label": "]]>",
                    "by": ["town"],
                    "cites": ["1"],
                    "results": {"result": "lanes", "lanes": "diagram"},
                },
                "lanes": {
                    "label": "&amp;",
                    "by": ["committee"],
                    "cites": ["1"],
                    "results": {"to_lanes_result": "lanes_result"},
                },
                "lanes_result": {
                    "label": "--",
                    "by": ["town"],
                    "cites": ["1"],
                    "results": {"plane": "plane", "_x": "start_1"},
                },
                "plane": {
                    "label": "a",
                    "by": ["household"],
                    "cites": ["1"],
                    "results": {"None_": "lanes", "x2": "end"},
                },
                "start": {
                    "label": "c",
                    "by": ["town"],
                    "cites": ["1"],
                    "results": {"taken": "event", "result": "diagram"},
                },
                "event": {"label": "d", "by": ["town"], "cites": ["1"], "results": {"result_x": "diagram"}},
                "definitions": {"label": "b", "by": ["town"], "cites": ["1"], "results": {"x": "start"}},
            },
            "throughout": {"stop": {"to": "begun", "cites": ["1"]}, "on": {"to": "definitions", "cites": ["1"]}},
            "ends": {"end": {"label": "末"}, "begun": {"label": "始"}, "diagram": {"label": "<end/>"}},
        }
    },
)
"""Names that the document may want for itself, and labels that it must write in another way."""

PROCEDURES = [
    pytest.param(pack, procedure, id=f"{pack.id}.{procedure.id}")
    for pack in [*(load_pack(name) for name in shipped_packs()), ODD]
    for procedure in pack.procedures.values()
]


# ---- running it


class Flow:
    """A workflow system with one instance: it completes what is ready, and nothing else."""

    def __init__(self, text, process):
        parser = BpmnParser(validator=BpmnValidator())
        parser.add_bpmn_str(text.encode())
        self.workflow = BpmnWorkflow(parser.get_spec(process))
        self.workflow.do_engine_steps()

    @property
    def ready(self):
        return [task.task_spec.bpmn_id for task in self.workflow.get_tasks(state=TaskState.READY)]

    @property
    def ended(self):
        done = self.workflow.get_tasks(state=TaskState.COMPLETED)
        return [task.task_spec.bpmn_id for task in done if type(task.task_spec).__name__ == "EndEvent"]

    def complete(self, step, result):
        """True where the task was ready; False where there is no such task to complete."""
        for task in self.workflow.get_tasks(state=TaskState.READY):
            if task.task_spec.bpmn_id == step:
                task.data["result"] = result
                task.run()
                self.workflow.do_engine_steps()
                return True
        return False


def ways_to(procedure):
    """A shortest way from the start to every step and end, as (step, result)."""
    found = {procedure.start: ()}
    todo = [procedure.start]
    for here in todo:
        for result in procedure.results(here).values() if here in procedure.steps else ():
            if result.to not in found:
                found[result.to] = (*found[here], (here, result.id))
                todo.append(result.to)
    return found


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_it_runs_to_each_of_its_ends_in_order(pack, procedure):
    text, ways = procedure_bpmn(pack, procedure), ways_to(procedure)
    assert set(procedure.ends) <= set(ways)
    for end in procedure.ends:
        flow = Flow(text, f"{pack.id}.{procedure.id}")
        for step, result in ways[end]:
            assert flow.ready == [step]
            for other in procedure.steps:
                assert other == step or not flow.complete(other, next(iter(procedure.results(other))))
            assert flow.ended == []
            assert flow.complete(step, result)
        assert (flow.ready, flow.ended, flow.workflow.is_completed()) == ([], [end], True)
        for step in procedure.steps:
            assert not flow.complete(step, next(iter(procedure.results(step))))


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_every_result_leads_where_the_procedure_says(pack, procedure):
    text, ways = procedure_bpmn(pack, procedure, "en"), ways_to(procedure)
    for step in procedure.steps:
        for result in procedure.results(step).values():
            flow = Flow(text, f"{pack.id}.{procedure.id}")
            for before in ways[step]:
                assert flow.complete(*before)
            assert flow.complete(step, result.id)
            assert [*flow.ready, *flow.ended] == [result.to]


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_a_result_that_the_step_does_not_have_is_refused(pack, procedure):
    flow = Flow(procedure_bpmn(pack, procedure), f"{pack.id}.{procedure.id}")
    with pytest.raises(WorkflowException):
        flow.complete(procedure.start, "no_such_result")
    assert flow.ended == []


# ---- the document


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_the_document_holds_together(pack, procedure, language):
    text = procedure_bpmn(pack, procedure, language)
    assert text == procedure_bpmn(pack, procedure, language)
    root = ElementTree.fromstring(text)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", id_) for id_ in ids)
    process = root.find(f"{BPMN}process")
    nodes = {
        element.get("id")
        for element in process
        if element.tag.removeprefix(BPMN) in ("startEvent", "userTask", "exclusiveGateway", "endEvent")
    }
    flows = {
        flow.get("id"): (flow.get("sourceRef"), flow.get("targetRef")) for flow in process.iter(f"{BPMN}sequenceFlow")
    }
    assert {end for flow in flows.values() for end in flow} == nodes
    assert {element.get("bpmnElement") for element in root.iter(f"{DI}BPMNEdge")} == set(flows)
    assert {element.get("bpmnElement") for element in root.iter(f"{DI}BPMNShape")} == nodes
    in_lanes = [element.text for element in process.iter(f"{BPMN}flowNodeRef")]
    assert len(in_lanes) == len(set(in_lanes))
    tasks = list(process.iter(f"{BPMN}userTask"))
    assert [task.get("id") for task in tasks] == list(procedure.steps)
    assert {task.get("id") for task in tasks} <= set(in_lanes) <= nodes
    assert len(flows) == 1 + sum(1 + len(procedure.results(step)) for step in procedure.steps)


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_the_document_names_steps_and_clauses(pack, procedure):
    root = ElementTree.fromstring(procedure_bpmn(pack, procedure))
    for step, task in zip(procedure.steps.values(), root.iter(f"{BPMN}userTask"), strict=True):
        assert task.get("name") == step.label.zh
        note = task.find(f"{BPMN}documentation").text
        parts = (step, *step.particulars.values(), *step.requires)
        assert all(cite.clause in note for part in parts for cite in part.cites)
        assert all(part.label.zh in note for part in parts[1:])


# ---- the picture


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_the_picture_is_whole_and_asks_for_nothing(pack, procedure, language):
    text = procedure_svg(pack, procedure, language)
    assert text == procedure_svg(pack, procedure, language)
    root = ElementTree.fromstring(text)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= set(
        "svg title style defs marker path text g rect".split()
    )
    assert not re.search(r"(?:href|src)\s*=|@import|url\((?!#a\))", text)
    assert text.count("http") == 1
    written = [element.text or "" for element in root.iter(f"{SVG}text")]
    for place in (*procedure.steps.values(), *procedure.ends.values()):
        assert place.label.in_(language) in written
    own = [result for step in procedure.steps.values() for result in step.results.values()]
    assert len([path for path in root.iter(f"{SVG}path") if path.get("marker-end")]) == len(own)
    for result in own:
        assert any(label.startswith(result.label.in_(language) or result.id) for label in written)
    dashed = [path for path in root.iter(f"{SVG}path") if path.get("class") == "unsaid"]
    assert len(dashed) == sum(not result.stated for result in own)


@pytest.mark.parametrize(("pack", "procedure"), PROCEDURES)
def test_the_picture_has_room_for_everything(pack, procedure):
    drawn = layout(procedure, 40)
    places = sorted(drawn.places.values(), key=lambda place: place.y)
    assert [place.id for place in places] == [*procedure.steps, *procedure.ends]
    for above, below in zip(places, places[1:], strict=False):
        assert above.bottom < below.top
    for arrow in drawn.arrows:
        here, there = drawn.places[arrow.source], drawn.places[arrow.result.to]
        (x0, y0), (x1, y1) = arrow.points[0], arrow.points[-1]
        assert here.left <= x0 <= here.right and here.top <= y0 <= here.bottom  # noqa: PT018
        assert there.left <= x1 <= there.right and there.top <= y1 <= there.bottom  # noqa: PT018
        assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in arrow.points)
    assert drawn.width >= BOX[0]
    corners = [(arrow.points[1][0], arrow.points[0][1]) for arrow in drawn.arrows if not arrow.straight]
    assert len(corners) == len(set(corners))


# ---- the calendar file


XUANZHOU = load_pack("xuanzhou_2021")
ON = datetime.date(2021, 9, 20)


def household(code, since):
    facts, _ = read_facts(
        {
            "household_id": code,
            "as_of": "2021-09-20",
            "monitored": True,
            "monitored_since": since,
            "helpers": [],
            "received": [],
            "shocks": [],
            "help_ledger_on": [],
        },
        XUANZHOU.vocabulary,
    )
    return [(XUANZHOU, code, item) for item in duties(XUANZHOU, snapshots(facts, ON), ON)]


def written(language="zh"):
    return calendar([*household("h-1", "2021-08-31"), *household("h-2", "2021-08-15")], ON, language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_calendar_file_reads_as_what_is_owed(language):
    owed = [*household("h-1", "2021-08-31"), *household("h-2", "2021-08-15")]
    shown = [(subject, item) for _, subject, item in owed if item.state in ("due", "overdue", "open")]
    assert {item.state for _, item in shown} == {"due", "overdue"}
    found = icalendar.Calendar.from_ical(written(language))
    events = found.walk("VEVENT")
    assert [event["dtstart"].dt for event in events] == [item.period.end for _, item in shown]
    assert len({event["uid"] for event in events}) == len(events) == len(shown)
    for event, (subject, item) in zip(events, shown, strict=True):
        assert str(event["summary"]).startswith(f"{subject} {item.duty.label.in_(language)}")
        assert all(cite.clause in event["description"] for cite in item.duty.cites)
    assert found["version"] == "2.0"
    assert not found.errors


def test_the_calendar_file_is_the_same_on_every_run():
    first = written()
    assert first == written()
    assert all(len(line) <= 75 for line in first.split(b"\r\n"))
    assert first.replace(b"\r\n", b"").count(b"\n") == 0


def test_an_entry_keeps_its_name_from_day_to_day():
    """A subscriber's entry is replaced the next day, not doubled."""
    facts, _ = read_facts(
        {"household_id": "h", "as_of": "2021-09-20", "monitored": True, "monitored_since": "2021-09-01", "helpers": []},
        XUANZHOU.vocabulary,
    )
    names = [
        {str(event["uid"]) for event in icalendar.Calendar.from_ical(calendar(owed, day)).walk("VEVENT")}
        for day in (ON, ON + datetime.timedelta(days=1))
        for owed in [[(XUANZHOU, "h", item) for item in duties(XUANZHOU, snapshots(facts, day), day)]]
    ]
    assert names[0]
    assert names[0] == names[1]


def test_an_empty_calendar_is_one_too():
    found = icalendar.Calendar.from_ical(calendar([], ON))
    assert found.walk("VEVENT") == []
