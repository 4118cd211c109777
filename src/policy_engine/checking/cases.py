"""Worked cases of a pack: facts with the expected answers, run and compared; which conditions they saw both ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from policy_engine.decision.answer import Answer, Decision
from policy_engine.decision.decide import asked_decisions, check_request
from policy_engine.decision.request import Request
from policy_engine.documents.forms import CaseForm
from policy_engine.documents.link_parameters import parameter_value
from policy_engine.documents.read_facts import read_facts_node
from policy_engine.documents.read_pack import read_text
from policy_engine.documents.read_settings import read_settings
from policy_engine.documents.reader import BAD, Reader
from policy_engine.documents.yaml import ListNode, MapNode, Node, Scalar, read
from policy_engine.errors import FactsError, Problem, RequestError, problem
from policy_engine.evaluation.observe import TraceNode, walk
from policy_engine.expression.names import nearest
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.source import Span
from policy_engine.values import Record, format_number

__all__ = ["CaseRun", "case_request", "check_case", "expectation", "read_cases", "run_case"]

_EXPECTED = ("possible", "certain", "missing", "gap", "conflict", "rules")


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case and what came of it: the decision (None where the facts were refused), and every difference found."""

    form: CaseForm
    file: Path
    number: int
    decision: Decision | None
    differences: tuple[Problem, ...]
    refused: tuple[str, ...] = ()
    seen: tuple[TraceNode, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        return self.form.case.zh or self.form.case.en


def read_cases(folder: Path) -> tuple[list[tuple[Path, int, CaseForm]], tuple[Problem, ...]]:
    """All cases in a pack's `cases/` folder: file, number in the file, form; and what could not be read."""
    found: list[tuple[Path, int, CaseForm]] = []
    problems: list[Problem] = []
    for path in sorted((folder / "cases").glob("*.yaml")):
        text = read_text(path, problems)
        documents, faults = read(text, str(path)) if text is not None else ((), ())
        problems += faults
        for number, node in enumerate(documents, 1):
            reader = Reader()
            form = reader.read(node, CaseForm)
            problems += reader.problems
            if form is not BAD:
                found.append((path, number, form))
    return found, tuple(problems)


def check_case(pack: Pack, form: CaseForm) -> tuple[Problem, ...]:
    """What is wrong with a case before it is run: it expects nothing, or names what the pack does not have."""
    if empty := _expects_nothing(form):
        return empty
    if form.refused:
        return ()
    try:
        facts, _, request = case_request(pack, form)
        asked_decisions(pack, facts.subject, request.decisions)
        check_request(pack, request.settings, request.scenario)
    except (FactsError, RequestError) as error:
        return tuple(replace(found, span=found.span or form.span) for found in error.problems)
    return ()


def _expects_nothing(form: CaseForm) -> tuple[Problem, ...]:
    expected = form.expect.entries if form.expect else {}
    if not expected and not form.refused and form.scope == "in":
        return (problem("case.expects_nothing", form.span),)
    nodes = [node for _, node in expected.values() if isinstance(node, MapNode) and not node.entries]
    return tuple(problem("case.expects_nothing", node.span) for node in nodes)


def run_case(pack: Pack, path: Path, number: int, form: CaseForm) -> CaseRun:
    """Decide the case's facts and compare; a case that expects nothing fails."""
    if empty := _expects_nothing(form):
        return CaseRun(form, path, number, None, empty)
    try:
        facts, problems, request = case_request(pack, form)
        decision = request.decide(pack, facts, problems)
    except (FactsError, RequestError) as error:
        codes = tuple(dict.fromkeys(found.code for found in error.problems if found.severity == "error"))
        return CaseRun(form, path, number, None, _refusals(form, codes, error), codes)
    differences = list(_refusals(form, (), None)) + list(_scope(form, decision))
    traces = tuple(answer.trace for answer in decision.answers)
    if form.expect is not None:
        differences += [found for item in form.expect.entries.values() for found in _compare(decision, item)]
    return CaseRun(form, path, number, decision, tuple(differences), seen=traces)


def case_request(pack: Pack, form: CaseForm) -> tuple[Facts, tuple[Problem, ...], Request]:
    """The facts of a case with the warnings about them, and what it asks; raises `FactsError` and `RequestError`."""
    facts, problems = read_facts_node(form.facts, pack.vocabulary)
    faults: list[Problem] = []
    settings = read_settings(form.settings, pack, faults) if form.settings is not None else Settings()
    parameters = {}
    for word, scalar in form.set.items():
        if word.text in pack.parameters:
            parameters[word.text] = parameter_value(scalar, pack.parameter(word.text).type, faults)
        else:
            faults.append(_no_parameter(pack, word.text, word.span))
    if faults:
        raise RequestError(faults)
    readings = {word.text: option.text for word, option in form.readings.items()}
    asked = [key for key in (form.expect.entries if form.expect else ()) if key != "because"]
    scenario = Scenario(Record(parameters), Record(readings))
    return facts, problems, Request(form.on, tuple(asked) or None, settings, scenario)


def _no_parameter(pack: Pack, name: str, span: Span) -> Problem:
    near = nearest(name, pack.parameters) or ", ".join(pack.parameters)
    return problem("request.unknown_parameter", span, found=name, pack=pack.id, near=near)


def _refusals(form: CaseForm, codes: tuple[str, ...], error: FactsError | RequestError | None) -> tuple[Problem, ...]:
    wanted = tuple(word.text for word in form.refused)
    if set(wanted) == set(codes):
        return ()
    if not wanted and error is not None:
        return tuple(replace(found, span=found.span or form.span) for found in error.problems)
    return (
        problem("case.differs", form.span, what="refused", wanted=", ".join(wanted), found=", ".join(codes) or "—"),
    )


def _scope(form: CaseForm, decision: Decision) -> Iterator[Problem]:
    found = {True: "in", False: "out", None: "open"}[decision.scope.inside]
    if found != form.scope:
        yield problem("case.differs", form.span, what="scope", wanted=form.scope, found=found)


def _compare(decision: Decision, item: tuple[Scalar, Node]) -> Iterator[Problem]:
    key, node = item
    if key.text == "because":
        yield from _because(decision, node)
    elif decision.scope.inside is not False:
        answer = decision[key.text]
        if isinstance(node, MapNode):
            yield from _compare_open(answer, node)
        elif _text(node) != written(answer.outcome) or not answer.determined:
            found = _short(answer)
            yield problem("case.differs", node.span, what=key.text, wanted=_show(_text(node)), found=found)


def _because(decision: Decision, node: Node) -> Iterator[Problem]:
    shown = {part.text for part in walk(answer.trace for answer in decision.answers)}
    for item in node.items if isinstance(node, ListNode) else (node,):
        if isinstance(item, Scalar) and item.text not in shown:
            yield problem("case.not_in_trace", item.span, found=item.text)


def _compare_open(answer: Answer, node: MapNode) -> Iterator[Problem]:
    actual = _open(answer)
    for key, (word, value) in node.entries.items():
        if key not in _EXPECTED:
            near = nearest(key, _EXPECTED) or ", ".join(_EXPECTED)
            yield problem("form.unknown_key", word.span, key=key, near=near)
            continue
        wanted, found = _text(value), actual[key]
        same = _sorted(wanted) == _sorted(found)
        if not same:
            what = f"{answer.decision}.{key}"
            yield problem("case.differs", value.span, what=what, wanted=_show(wanted), found=_show(found))
    if answer.determined:
        found = _short(answer)
        yield problem("case.differs", node.span, what=answer.decision, wanted="undetermined", found=found)


def _sorted(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list) else value


def _open(answer: Answer) -> dict[str, Any]:
    flags = {True: "true", None: "possible", False: "false"}
    return {
        "possible": [_flat(written(part.outcome)) for part in answer.possible if not part.certain],
        "certain": [_flat(written(part.outcome)) for part in answer.possible if part.certain],
        "missing": [item.path for item in answer.missing],
        "gap": flags[answer.gap],
        "conflict": flags[answer.conflict],
        "rules": [rule.rule for rule in answer.rules],
    }


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def expectation(answer: Answer) -> Any:
    """What a case would have to expect of this answer, as plain data."""
    if answer.determined:
        return answer.outcome if isinstance(answer.outcome, bool) else written(answer.outcome)
    found = _open(answer)
    kept = {key: value for key, value in found.items() if value and key in ("certain", "possible", "missing")}
    flags = {key: found[key] for key in ("gap", "conflict") if found[key] != "false"}
    return {**kept, **flags}


def written(value: Any) -> Any:
    """A value as a case file writes it: texts, and lists of texts."""
    if isinstance(value, tuple):
        return [written(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return format_number(value) if isinstance(value, Decimal) else str(value)


def _text(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text
    return [_text(item) for item in node.items] if isinstance(node, ListNode) else {}


def _show(value: Any) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _short(answer: Answer) -> str:
    if answer.determined:
        return _show(written(answer.outcome))
    return "; ".join(f"{key} {_show(value)}" for key, value in _open(answer).items() if value and value != "false")
