"""A procedure as BPMN 2.0, so that a workflow system can run it: a user task and a gateway for each step, a lane for each actor.

The variable `result` says how a task ended, by the id of the result. Conditions of flows are written as Python and many
engines read them (`result == "agreed"`). Clauses stand in the documentation of each element.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from policy_engine.errors import Language
from policy_engine.model.citation import Citation
from policy_engine.model.pack import Pack
from policy_engine.model.procedure import Procedure, Result, Step
from policy_engine.report.layout import BOX, layout
from policy_engine.report.procedure import in_, particular_text
from policy_engine.report.text import cited

__all__ = ["procedure_bpmn"]

_MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DDI = "http://www.omg.org/spec/DD/20100524/DI"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_GATE = 40
_START = "start-event"


def procedure_bpmn(pack: Pack, procedure: Procedure, language: Language = "zh") -> str:
    """The document as XML text, with a diagram; the same on every run.

    The process is `pack.procedure`; a task or an end has the id of its step or end. Ids of other elements have a hyphen or
    a dot, which the names of a pack have not.
    """
    for prefix, space in (("bpmn", _MODEL), ("bpmndi", _DI), ("dc", _DC), ("di", _DDI), ("xsi", _XSI)):
        ElementTree.register_namespace(prefix, space)
    return _Document(pack, procedure, language).text()


class _Document:
    def __init__(self, pack: Pack, procedure: Procedure, language: Language) -> None:
        self.pack, self.procedure, self.language = pack, procedure, language
        id_ = f"{pack.id}.{procedure.id}"
        namespace = f"urn:policy-engine:{pack.id}"
        self.root = ElementTree.Element(_tag("definitions"), {"id": f"{id_}.definitions", "targetNamespace": namespace})
        name = procedure.label.in_(language)
        self.process = self.add(self.root, "process", id_, name=name, isExecutable="true")
        diagram = ElementTree.SubElement(self.root, f"{{{_DI}}}BPMNDiagram", {"id": f"{id_}.diagram"})
        self.plane = ElementTree.SubElement(diagram, f"{{{_DI}}}BPMNPlane", {"id": f"{id_}.plane", "bpmnElement": id_})
        self.drawn = layout(procedure)

    def add(self, parent: ElementTree.Element, tag: str, id_: str, **attributes: str) -> ElementTree.Element:
        return ElementTree.SubElement(parent, _tag(tag), {"id": id_, **attributes})

    def text(self) -> str:
        self.document(self.process, self.procedure.cites)
        self.lanes()
        self.add(self.process, "startEvent", _START)
        self.flow(f"{_START}-taken", _START, self.procedure.start)
        for step in self.procedure.steps.values():
            self.step(step)
        for end in self.procedure.ends.values():
            element = self.add(self.process, "endEvent", end.id, name=end.label.in_(self.language))
            self.document(element, end.cites)
        self.diagram()
        ElementTree.indent(self.root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(self.root, encoding="unicode") + "\n"

    def document(self, element: ElementTree.Element, cites: Iterable[Citation], *more: str) -> None:
        lines = [line for line in (cited(tuple(cites)), *more) if line]
        if lines:
            note = ElementTree.SubElement(element, _tag("documentation"))
            note.text = "\n".join(lines)

    def lanes(self) -> None:
        actors = dict.fromkeys(step.by[0] for step in self.procedure.steps.values())
        lanes = self.add(self.process, "laneSet", "lane-set")
        for actor in actors:
            label = self.pack.actors[actor].in_(self.language)
            lane = self.add(lanes, "lane", f"{actor}-lane", name=label)
            for step in self.procedure.steps.values():
                if step.by[0] == actor:
                    for part in (step.id, _gate(step)):
                        ElementTree.SubElement(lane, _tag("flowNodeRef")).text = part

    def step(self, step: Step) -> None:
        task = self.add(self.process, "userTask", step.id, name=step.label.in_(self.language))
        record = in_("应记", "to record", self.language)
        required = in_("要求", "required", self.language)
        self.document(
            task,
            step.cites,
            *(
                f"{record} {particular_text(self.pack, self.procedure, part, self.language)}   {cited(part.cites)}"
                for part in step.particulars.values()
            ),
            *(f"{required} {part.label.in_(self.language)}   {cited(part.cites)}" for part in step.requires),
        )
        self.add(self.process, "exclusiveGateway", _gate(step))
        self.flow(f"{step.id}-taken", step.id, _gate(step))
        for result in self.procedure.results(step.id).values():
            self.flow(f"{_gate(step)}-{result.id}", _gate(step), result.to, result)

    def flow(self, id_: str, source: str, target: str, result: Result | None = None) -> None:
        names = {} if result is None else {"name": result.label.in_(self.language) or result.id}
        flow = self.add(self.process, "sequenceFlow", id_, sourceRef=source, targetRef=target, **names)
        if result is None:
            return
        unsaid = (
            () if result.stated else (in_("文件未写明去向", "the document does not say what follows", self.language),)
        )
        self.document(flow, result.cites, *unsaid)
        condition = ElementTree.SubElement(
            flow, _tag("conditionExpression"), {f"{{{_XSI}}}type": "bpmn:tFormalExpression"}
        )
        condition.text = f'result == "{result.id}"'

    # ---- the diagram

    def diagram(self) -> None:
        places = self.drawn.places
        boxes = {_START: (places[self.procedure.start].x - 18, -50, 36, 36)}
        for place in places.values():
            if place.end:
                boxes[place.id] = (place.x - 18, place.y - 18, 36, 36)
                continue
            boxes[place.id] = (place.left, place.top, BOX[0], place.height)
            gate = _gate(self.procedure.step(place.id))
            boxes[gate] = (place.right + 30, place.y - _GATE // 2, _GATE, _GATE)
        for id_, box in boxes.items():
            shape = ElementTree.SubElement(
                self.plane, f"{{{_DI}}}BPMNShape", {"id": f"shape.{id_}", "bpmnElement": id_}
            )
            sizes = dict(zip(("x", "y", "width", "height"), map(str, box), strict=True))
            ElementTree.SubElement(shape, f"{{{_DC}}}Bounds", sizes)
        for flow in list(self.process.iter(_tag("sequenceFlow"))):
            ends = [boxes[flow.attrib[end]] for end in ("sourceRef", "targetRef")]
            edge = ElementTree.SubElement(
                self.plane, f"{{{_DI}}}BPMNEdge", {"id": f"edge.{flow.attrib['id']}", "bpmnElement": flow.attrib["id"]}
            )
            for x, y, width, height in ends:
                ElementTree.SubElement(
                    edge, f"{{{_DDI}}}waypoint", {"x": str(x + width // 2), "y": str(y + height // 2)}
                )


def _tag(name: str) -> str:
    return f"{{{_MODEL}}}{name}"


def _gate(step: Step) -> str:
    return f"{step.id}-result"
