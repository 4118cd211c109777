"""Facts of subjects, from YAML, JSON or Python data, checked against the vocabulary.

A fact is a bare value or `{value, source, by, observed_on, known_on, reference}`; a list of events may say up to when it is
`complete_to`. Absent and null are unknown. A judgement without `by` and `observed_on` does not count: it stays
unknown, with a warning.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

from policy_engine.documents.direct_facts import MAX_AMOUNT, direct_facts, out_of_range, per_head_differences
from policy_engine.documents.plain_data import nodes
from policy_engine.documents.read_pack import read_text
from policy_engine.documents.reader import kind_of, number_of
from policy_engine.documents.yaml import ListNode, MapNode, Node, Scalar, read
from policy_engine.errors import FactsError, Problem, problem, problem_of
from policy_engine.expression import temporal
from policy_engine.expression.names import nearest
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.core import CORE
from policy_engine.model.core_codes import SOURCE
from policy_engine.model.facts import Evidence, FactRecord, Facts
from policy_engine.model.vocabulary import SUBJECTS, Fact, RecordForm, Vocabulary
from policy_engine.source import Span
from policy_engine.values import CONTEXT, Record

__all__ = [
    "FORMAT",
    "MAX_AMOUNT",
    "read_facts",
    "read_facts_file",
    "read_facts_node",
    "read_facts_text",
    "read_part",
    "subject_nodes",
]

FORMAT = 1
_HEADER = ("format", "subject", "as_of")
_EVIDENCE = ("value", "source", "by", "observed_on", "known_on", "reference", "complete_to")


def read_facts(data: Mapping[str, Any], vocabulary: Vocabulary = CORE) -> tuple[Facts, tuple[Problem, ...]]:
    """Facts from Python data as a facts file would hold them; raises `FactsError`, returns warnings."""
    facts = direct_facts(data, vocabulary)
    return (facts, ()) if facts is not None else read_facts_node(nodes(data), vocabulary)


def read_facts_node(node: Node, vocabulary: Vocabulary = CORE) -> tuple[Facts, tuple[Problem, ...]]:
    """Facts from a node of a file; raises `FactsError`, returns warnings."""
    facts, problems = _subject(node, vocabulary)
    return _sound([facts], problems)[0], problems


def read_facts_file(
    path: str | os.PathLike[str], vocabulary: Vocabulary = CORE
) -> tuple[list[Facts], tuple[Problem, ...]]:
    """All subjects of a YAML or JSON file (documents parted by `---`, or a list); raises `FactsError`, returns warnings."""
    problems: list[Problem] = []
    text = read_text(Path(path), problems)
    if text is None:
        raise FactsError(problems)
    return read_facts_text(text, os.fspath(path), vocabulary)


def read_facts_text(text: str, name: str, vocabulary: Vocabulary = CORE) -> tuple[list[Facts], tuple[Problem, ...]]:
    """All subjects of a YAML or JSON text; raises `FactsError` with every problem, returns warnings."""
    subjects, problems = subject_nodes(text, name)
    facts: list[Facts] = []
    for subject in subjects:
        one, found = _subject(subject, vocabulary)
        facts.append(one)
        problems += found
    return _sound(facts, problems), tuple(problems)


def subject_nodes(text: str, name: str) -> tuple[list[Node], list[Problem]]:
    """The nodes of all subjects of a YAML or JSON text; raises `FactsError` where it is neither."""
    json = text.lstrip()[:1] in ("{", "[")
    documents, found = read(text.replace("\t", " ") if json else text, name)
    problems = list(found)
    if any(item.code.startswith("yaml.") for item in problems):
        raise FactsError(problems)
    subjects = [
        item for document in documents for item in (document.items if isinstance(document, ListNode) else (document,))
    ]
    if not subjects and not problems:
        problems.append(problem("facts.empty", where=name))
    return subjects, problems


def read_part(
    node: MapNode, form: RecordForm, vocabulary: Vocabulary = CORE
) -> tuple[FactRecord, dict[str, Evidence], tuple[Problem, ...]]:
    """The facts of one form under a node, without the header of a facts file; their evidence by path; every problem."""
    with localcontext(CONTEXT):
        reader = _FactsReader(vocabulary)
        root = reader.record(node, form, "")
        return root, reader.evidence, tuple(reader.problems)


def _sound(facts: list[Facts], problems: Iterable[Problem]) -> list[Facts]:
    if any(found.severity == "error" for found in problems):
        raise FactsError(problems)
    return facts


def _subject(node: Node, vocabulary: Vocabulary) -> tuple[Facts, tuple[Problem, ...]]:
    with localcontext(CONTEXT):
        return _read_subject(node, vocabulary)


def _read_subject(node: Node, vocabulary: Vocabulary) -> tuple[Facts, tuple[Problem, ...]]:
    reader = _FactsReader(vocabulary)
    if not isinstance(node, MapNode):
        reader.report("form.wrong_kind", node, found=kind_of(node), wanted="mapping")
        return Facts("household", FactRecord({}, "household", "")), tuple(reader.problems)
    header = {key: value for key in _HEADER if (value := node.get(key)) is not None and not _is_null(value)}
    subject = reader.header_subject(header.get("subject"))
    as_of = reader.header_date(header.get("as_of"))
    reader.header_format(header.get("format"))
    entries = {key: entry for key, entry in node.entries.items() if key not in _HEADER}
    root = reader.record(MapNode(entries, node.span), vocabulary.form(subject), "")
    reader.check_household(entries, vocabulary.form(subject), root)
    facts = Facts(subject, root, as_of, Record(reader.evidence))
    return facts, tuple(reader.problems)


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


class _FactsReader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.problems: list[Problem] = []
        self.evidence: dict[str, Evidence] = {}
        self.covering: list[Evidence] = []

    def report(self, code: str, node: Node | Span, *, warning: bool = False, **details: object) -> None:
        span = node if isinstance(node, Span) else node.span
        self.problems.append(problem_of(code, span, details, warning=warning))

    def wrong(self, node: Node, path: str, wanted: object, near: str = "") -> None:
        self.report("facts.wrong_kind", node, fact=path, found=kind_of(node), wanted=wanted, near=near)

    # ---- header

    def header_subject(self, node: Node | None) -> str:
        if node is None:
            return "household"
        if isinstance(node, Scalar) and node.text in SUBJECTS:
            return node.text
        self.report("facts.not_an_option", node, fact="subject", found=kind_of(node), near=", ".join(SUBJECTS))
        return "household"

    def header_format(self, node: Node | None) -> None:
        number = number_of(node) if node is not None else Decimal(FORMAT)
        if node is not None and (number is None or number != number.to_integral_value() or number < 1):
            self.wrong(node, "format", "whole number")
        elif node is not None and number is not None and number > FORMAT:
            self.report("facts.newer", node, found=number, known=FORMAT)

    def header_date(self, node: Node | None) -> datetime.date | None:
        return None if node is None else self.date(node, "as_of")

    # ---- records

    def record(self, node: Node, form: RecordForm, path: str) -> FactRecord:
        entries: dict[str, Any] = {}
        if not isinstance(node, MapNode):
            self.wrong(node, path, "mapping")
            return FactRecord({}, form.id, path)
        for key, (word, value) in node.entries.items():
            fact = form.find(key)
            if fact is None and number_of(word) is not None and _is_null(value):
                self.report("facts.thousands_comma", word, found=key)
            elif fact is None:
                names = [name for known in form for name in (known.id, known.label.zh)]
                near = nearest(key, names) or ", ".join(names[:8:2])
                self.report("facts.unknown_fact", word, fact=key, form=form.id, near=near)
            elif fact.id in entries:
                self.report("facts.given_twice", word, fact=fact.id)
            else:
                found = self.fact(value, fact, f"{path}.{fact.id}" if path else fact.id)
                if found is not None:
                    entries[fact.id] = found
        return FactRecord(form.ordered(entries), form.id, path)

    def fact(self, node: Node, fact: Fact, path: str) -> Any:
        """A bare value, or a value with its evidence; None is unknown."""
        evidence = None
        if isinstance(node, MapNode) and "value" in node.entries:
            evidence = self.read_evidence(node, path)
            node = node.entries["value"][1]
        if isinstance(node, Scalar) and node.is_null:
            return None
        if evidence is not None:
            self.covering.append(evidence)
        value = self.years(node, fact, path) if fact.by_year else self.value(node, fact.type, path)
        if value is not None and fact.judgement and not self.vouched():
            self.report("facts.judgement_without_evidence", node, warning=True, fact=path)
            value = None
        if evidence is not None:
            self.covering.pop()
            self.evidence[path] = evidence
        return value

    def vouched(self) -> bool:
        return any(evidence.by and evidence.observed_on for evidence in self.covering)

    def read_evidence(self, node: MapNode, path: str) -> Evidence:
        found: dict[str, Any] = {}
        for key, (word, value) in node.entries.items():
            if key not in _EVIDENCE:
                near = nearest(key, _EVIDENCE) or ", ".join(_EVIDENCE)
                self.report("facts.unknown_fact", word, fact=key, form="evidence", near=near)
            elif key != "value" and not (isinstance(value, Scalar) and value.is_null):
                found[key] = self.evidence_part(key, value, f"{path}.{key}")
        return Evidence(**{key: value for key, value in found.items() if value is not None})

    def evidence_part(self, key: str, node: Node, path: str) -> Any:
        if key in ("observed_on", "known_on", "complete_to"):
            return self.date(node, path)
        return self.code(node, SOURCE, path) if key == "source" else self.text(node, path)

    def years(self, node: Node, fact: Fact, path: str) -> Record | None:
        if not isinstance(node, MapNode):
            self.wrong(node, path, "mapping by year")
            return None
        assert isinstance(fact.type, RecordType)
        form = self.vocabulary.form(fact.type.name)
        records: dict[str, FactRecord] = {}
        for key, (word, value) in node.entries.items():
            if not (len(key) == 4 and key.isascii() and key.isdecimal()):
                self.wrong(word, path, "a year such as 2021")
            elif not (isinstance(value, Scalar) and value.is_null):
                records[key] = self.year(value, form, f"{path}.{key}")
        return Record(sorted(records.items()))

    def year(self, node: Node, form: RecordForm, path: str) -> FactRecord:
        """The record of a year, bare or with evidence for all in it."""
        if isinstance(node, MapNode) and "value" in node.entries:
            self.evidence[path] = self.read_evidence(node, path)
            node = node.entries["value"][1]
        return self.record(node, form, path)

    # ---- values

    def value(self, node: Node, type_: Type, path: str) -> Any:
        if isinstance(type_, RecordType):
            return self.record(node, self.vocabulary.form(type_.name), path)
        if isinstance(type_, ListType):
            return self.items(node, type_.item, path)
        if isinstance(type_, NumberType):
            return self.number(node, type_, path)
        if isinstance(type_, CodeType):
            return self.code(node, type_, path)
        if type_ == BOOLEAN:
            return self.boolean(node, path)
        return self.date(node, path) if type_ == DATE else self.text(node, path)

    def items(self, node: Node, item: Type, path: str) -> tuple[Any, ...] | None:
        if isinstance(node, Scalar) and node.text in ("无", "none") and isinstance(item, CodeType):
            return ()
        if not isinstance(node, ListNode):
            parts = re.split("[、，,；;]", node.text) if isinstance(node, Scalar) else []
            self.wrong(node, path, "list", f"[{', '.join(part.strip() for part in parts)}]" if parts else "")
            return None
        found = [self.value(part, item, f"{path}[{number}]") for number, part in enumerate(node.items, 1)]
        if isinstance(item, RecordType):
            self.check_unique(node, found, path)
        return tuple(value for value in found if value is not None)

    def check_household(self, entries: Mapping[str, tuple[Scalar, Node]], form: RecordForm, root: FactRecord) -> None:
        """A household has people; figures given twice over agree."""
        members, size = root.get("members"), root.get("household_size")
        places = {fact.id: value for key, (_, value) in entries.items() if (fact := form.find(key)) is not None}
        if members == ():
            self.report("facts.no_people", places["members"])
        if members is not None and size is not None and size != len(members):
            self.report("facts.size_differs", places["household_size"], warning=True, found=size, members=len(members))
        for path, found, derived in per_head_differences(root):
            self.report(
                "facts.per_head_differs", places["finances"], warning=True, fact=path, found=found, derived=derived
            )

    def check_unique(self, node: ListNode, found: list[Any], path: str) -> None:
        """No two records of a list with the same code of their own (`member_id`, `need_id`)."""
        seen: set[str] = set()
        for part, record in zip(node.items, found, strict=True):
            code = record.get(f"{record.form}_id")
            if code is not None and code in seen:
                self.report("facts.record_twice", part, list=path, id=code)
            seen.add(code)

    def number(self, node: Node, type_: NumberType, path: str) -> Decimal | None:
        number = number_of(node)
        if number is None:
            text = node.text if isinstance(node, Scalar) else ""
            bare = text.lower().lstrip("+-.")
            code = "facts.not_finite" if bare in ("nan", "inf", "infinity") else "facts.not_a_number"
            self.report(code, node, fact=path, found=kind_of(node))
            return None
        code = "facts.no_people" if path == "household_size" and number == 0 else out_of_range(number, type_)
        if code:
            self.report(code, node, fact=path, found=kind_of(node))
        return None if code else number

    def code(self, node: Node, type_: CodeType, path: str) -> str | None:
        option = type_.find(node.text) if isinstance(node, Scalar) else None
        if option is None:
            names = [name for known in type_.options for name in (known.id, known.zh)]
            near = nearest(kind_of(node), names) or ", ".join(f"{known.id} {known.zh}" for known in type_.options)
            self.report("facts.not_an_option", node, fact=path, found=kind_of(node), near=near)
            return None
        return option.id

    def boolean(self, node: Node, path: str) -> bool | None:
        if isinstance(node, Scalar) and (node.text in ("是", "否") or (node.plain and node.text in ("true", "false"))):
            return node.text in ("true", "是")
        self.wrong(node, path, "true or false (是, 否)")
        return None

    def date(self, node: Node, path: str) -> datetime.date | None:
        text = node.text if isinstance(node, Scalar) else ""
        found = temporal.read_date(text)
        if found is None:
            no_such_day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) is not None
            code = "facts.no_such_day" if no_such_day else "facts.not_a_date"
            self.report(code, node, fact=path, found=kind_of(node))
        return found

    def text(self, node: Node, path: str) -> str | None:
        if isinstance(node, Scalar) and node.text.strip():
            return node.text.strip()
        self.wrong(node, path, "text")
        return None
