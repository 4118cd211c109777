"""Case files: the life of one subject as events, in YAML (documents parted by `---`) or JSON lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_engine.documents.case_forms import (
    EVENT_FORMS,
    FactsForm,
    HeaderForm,
    OpenForm,
    RulingForm,
    StepEventForm,
    WithdrawForm,
)
from policy_engine.documents.read_facts import read_part
from policy_engine.documents.read_pack import read_text
from policy_engine.documents.reader import BAD, Reader, Word
from policy_engine.documents.yaml import MapNode, Node, Scalar, read
from policy_engine.errors import FactsError, Problem, problem
from policy_engine.expression.names import nearest
from policy_engine.model.case import Correction, Event, Learned, Opened, Ruling, Taken
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.procedure import Step
from policy_engine.model.vocabulary import Fact, RecordForm
from policy_engine.values import Record

__all__ = ["FORMAT", "CaseFile", "is_case_file", "read_case_file", "read_case_text", "read_events"]

FORMAT = 1


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What a case file says: whose life, under which pack, and its events in order. `warnings` come with the facts."""

    header: HeaderForm
    events: tuple[Event, ...]
    warnings: tuple[Problem, ...] = ()

    @property
    def subject(self) -> str:
        return self.header.subject


def read_case_file(path: str | os.PathLike[str], load: Callable[[str], Pack]) -> tuple[Pack, CaseFile]:
    """The pack that a case file names, as `load` finds it, and the file; raises `FactsError` with every problem."""
    problems: list[Problem] = []
    text = read_text(Path(path), problems)
    if text is None:
        raise FactsError(problems)
    return read_case_text(text, os.fspath(path), load)


def read_case_text(text: str, name: str, load: Callable[[str], Pack]) -> tuple[Pack, CaseFile]:
    """As `read_case_file`, from a text; `name` stands in problems."""
    header, nodes = _documents(text, name)
    pack = load(header.pack.text)
    problems: list[Problem] = []
    if header.pack_hash is not None and header.pack_hash.text != pack.hash:
        found, known = header.pack_hash.text[:12], pack.hash[:12]
        span = header.pack_hash.span
        problems.append(problem("case.other_pack", span, warning=True, pack=pack.id, found=found, known=known))
    events, faults = read_events(nodes, pack, header.subject)
    problems += faults
    if any(found.severity == "error" for found in problems):
        raise FactsError(problems)
    return pack, CaseFile(header, events, tuple(problems))


def read_events(nodes: Sequence[Node], pack: Pack, subject: str) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """The events of one subject in the order recorded, numbered from 1; and everything found wrong with them."""
    reader = _EventReader(pack, subject)
    events = [event for number, node in enumerate(nodes, 1) if (event := reader.event(node, number)) is not None]
    return tuple(events), tuple(reader.problems)


def is_case_file(path: Path) -> bool:
    """Does this file begin as a case file does?"""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            first = next((line for line in stream if line.strip("-\n\r ") and not line.lstrip().startswith("#")), "")
    except (OSError, UnicodeDecodeError):
        return False
    return first.lstrip(' {"').startswith("case_file")


def _documents(text: str, name: str) -> tuple[HeaderForm, Sequence[Node]]:
    problems: list[Problem] = []
    nodes: list[Node] = []
    for part in _parts(text):
        documents, found = read(part, name)
        nodes += [node for node in documents if not (isinstance(node, Scalar) and node.is_null)]
        problems += found
    reader = Reader()
    header = reader.read(nodes[0], HeaderForm) if nodes else BAD
    problems += reader.problems
    if not nodes and not problems:
        problems.append(problem("facts.empty", where=name))
    if header is not BAD and header.case_file > FORMAT:
        problems.append(problem("pack.newer", header.span, what="format", found=header.case_file, known=FORMAT))
    if problems:
        raise FactsError(problems)
    return header, nodes[1:]


def _parts(text: str) -> list[str]:
    """The text itself; of JSON lines each line, moved down to its own place so that positions stay right."""
    if not text.lstrip().startswith("{"):
        return [text]
    lines = text.split("\n")
    return ["\n" * number + line for number, line in enumerate(lines) if line.strip()]


class _EventReader:
    def __init__(self, pack: Pack, subject: str) -> None:
        self.pack = pack
        self.subject = subject
        self.problems: list[Problem] = []
        self.opened: dict[str, str] = {}

    def event(self, node: Node, number: int) -> Event | None:
        kind = self.kind(node)
        if kind is None:
            return None
        reader = Reader()
        form = reader.read(node, EVENT_FORMS[kind])
        self.problems += reader.problems
        if form is BAD:
            return None
        dates = {
            "number": number,
            "happened_on": form.happened_on,
            "recorded_on": form.recorded_on or form.happened_on,
            "span": form.step.span if isinstance(form, StepEventForm) else form.span,
        }
        build: dict[type, Callable[[Any, dict[str, Any]], Event | None]] = {
            OpenForm: self.open,
            StepEventForm: self.step,
            WithdrawForm: self.strike,
            FactsForm: self.facts,
            RulingForm: self.ruling,
        }
        return build[type(form)](form, dates)

    def kind(self, node: Node) -> str | None:
        found = node.get("event") if isinstance(node, MapNode) else None
        if isinstance(found, Scalar) and found.text in EVENT_FORMS:
            return found.text
        known = ", ".join(EVENT_FORMS)
        if isinstance(found, Scalar):
            near = nearest(found.text, EVENT_FORMS) or known
            self.problems.append(problem("form.not_an_option", found.span, found=found.text, near=near))
        else:
            self.problems.append(problem("form.missing_key", node.span, key=f"event ({known})"))
        return None

    def open(self, form: OpenForm, dates: dict[str, Any]) -> Event:
        self.opened[form.case.text] = form.procedure.text
        return Opened(**dates, case=form.case.text, procedure=form.procedure.text, follows=_text(form.follows))

    def step(self, form: StepEventForm, dates: dict[str, Any]) -> Event:
        taken = Taken(
            **dates,
            case=form.case.text,
            step=form.step.text,
            result=form.result.text,
            by=_text(form.by),
            person=_text(form.person),
            particulars=self.particulars(form),
            why=form.why,
        )
        if form.corrects is None:
            return taken
        corrected = {**dates, "happened_on": dates["recorded_on"]}
        return Correction(**corrected, case=form.case.text, corrects=form.corrects, instead=taken, why=form.why)

    def strike(self, form: WithdrawForm, dates: dict[str, Any]) -> Event:
        return Correction(**dates, case=form.case.text, corrects=form.corrects, instead=None, why=form.why)

    def ruling(self, form: RulingForm, dates: dict[str, Any]) -> Event:
        by, person = _text(form.by), _text(form.person)
        return Ruling(**dates, case=form.case.text, substance=form.substance, by=by, why=form.why, person=person)

    def facts(self, form: FactsForm, dates: dict[str, Any]) -> Event:
        facts, adds = (self.part(node, dates) for node in (form.facts, form.adds))
        return Learned(**dates, facts=facts, adds=adds)

    def part(self, node: MapNode | None, dates: dict[str, Any]) -> Facts:
        if node is None:
            node = MapNode({}, dates["span"])
        root, evidence, problems = read_part(node, self.pack.vocabulary.form(self.subject), self.pack.vocabulary)
        self.problems += problems
        return Facts(self.subject, root, dates["happened_on"], Record(evidence))

    def particulars(self, form: StepEventForm) -> Record:
        """The particulars, typed by the step; those that it does not have are kept, and refused when the step is taken."""
        if form.particulars is None:
            return Record()
        step = self.step_of(form)
        if step is None:
            return Record()
        facts = tuple(Fact(part.id, part.label, part.type) for part in step.particulars.values())
        shape = RecordForm(step.id, step.label, facts)
        known: dict[str, tuple[Scalar, Node]] = {}
        strange: dict[str, tuple[Scalar, Node]] = {}
        for key, (word, value) in form.particulars.entries.items():
            (known if shape.find(key) else strange)[key] = (word, value)
        root, _, problems = read_part(MapNode(known, form.particulars.span), shape, self.pack.vocabulary)
        self.problems += problems
        return Record({**root, **dict.fromkeys(strange, "")})

    def step_of(self, form: StepEventForm) -> Step | None:
        """The step that an event names: of the procedure of its case, else of any procedure that has it."""
        opened = self.opened.get(form.case.text, "")
        procedures = [self.pack.procedures[opened]] if opened in self.pack.procedures else self.pack.procedures.values()
        return next((found.step(form.step.text) for found in procedures if form.step.text in found.steps), None)


def _text(word: Word | None) -> str:
    return word.text if word else ""
