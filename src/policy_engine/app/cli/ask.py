"""`policy-engine ask`: asks a person only what can still change the answer, and writes the facts file."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from policy_engine.app.cli.exits import exit_for, report, told
from policy_engine.app.cli.options import (
    PackName,
    Readings,
    Sets,
    SettingsFile,
    TextFile,
    When,
    day_of,
    pack_of,
    scenario_of,
    settings_of,
)
from policy_engine.app.cli.outputs import new_file
from policy_engine.app.cli.words import LANGUAGE, words
from policy_engine.app.facts_file import load_data, save_data, text_of, with_answer
from policy_engine.app.official_texts import quotes_of
from policy_engine.decision.answer import Decision, MissingFact
from policy_engine.decision.decide import decide_facts
from policy_engine.decision.questions import next_question
from policy_engine.documents.read_facts import read_facts
from policy_engine.errors import FactsError
from policy_engine.expression import temporal
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, NumberType, RecordType, Type
from policy_engine.model.pack import Pack
from policy_engine.report.text import decision_text, missing_label
from policy_engine.report.words import UNITS

__all__ = ["command"]


def command(
    pack: PackName,
    facts: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FACTS]",
            help=words(
                "已有的事实文件；问答结果写回这里", "a facts file to go on with; answers are written back to it"
            ),
        ),
    ] = None,
    on: When = None,
    decision: Annotated[
        list[str] | None,
        typer.Option(
            "--decision", "-d", metavar="ID", help=words("只问这个决定（可多次）", "only this decision (repeatable)")
        ),
    ] = None,
    settings: SettingsFile = None,
    set_: Sets = None,
    reading: Readings = None,
    text: TextFile = None,
    by: Annotated[str, typer.Option("--by", help=words("研判由谁作出", "who makes the judgements"))] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help=words("事实写到这个文件", "write the facts to this file"))
    ] = None,
) -> None:
    with told():
        if out is not None and out != facts:
            new_file(out)
        loaded = pack_of(pack)
        supplied, scenario = settings_of(settings, loaded), scenario_of(set_, reading, loaded)
        quotes = quotes_of([loaded], text)
        data = load_data(facts) if facts is not None and facts.exists() else {}
        day = _day(data, on)

        def decided(known: dict[str, Any]) -> Decision:
            read, problems = read_facts(known, loaded.vocabulary)
            return decide_facts(
                loaded, read, day, decisions=decision, settings=supplied, scenario=scenario, problems=problems
            )

        interview = _Interview(loaded, day, by, out or facts, decided)
        found = interview.of(data)
        print(decision_text(found, LANGUAGE, quotes=quotes.get(loaded.id)))
        if interview.target is None:
            print(text_of(interview.data), end="")
        else:
            print(words(f"事实已写入 {interview.target}", f"facts written to {interview.target}"), file=sys.stderr)
        raise typer.Exit(exit_for([found]))


def _day(data: dict[str, Any], on: str | None) -> datetime.date:
    """The date asked about: given, or that of the facts, or asked for."""
    day = day_of(on) or temporal.read_date(str(data.get("as_of", "")))
    while day is None:
        answer = _line(words("问的是哪一天（YYYY-MM-DD）？", "Which date is asked about (YYYY-MM-DD)?"))
        if answer is None:
            day = day_of("")
            break
        day = temporal.read_date(answer.strip())
    assert day is not None
    data.setdefault("as_of", day.isoformat())
    return day


@dataclass
class _Interview:
    """Questions to a person, and the answers so far: each is in the target file before the next question is asked."""

    pack: Pack
    day: datetime.date
    by: str
    target: Path | None
    decided: Callable[[dict[str, Any]], Decision]
    data: dict[str, Any] = field(default_factory=dict)

    def of(self, data: dict[str, Any]) -> Decision:
        """The decision on the data and all that the person adds to them."""
        skipped: set[str] = set()
        found = self.decided(data)
        self.keep(data)
        print(words("直接回车表示不知道；输入 q 结束。", "An empty line means not known; q ends."), file=sys.stderr)
        while (item := next_question(found, skipped)) is not None:
            answer = _line(_question(self.pack, item, found))
            if answer is None or answer.strip() == "q":
                break
            if not answer.strip() or not self.take(item, answer.strip(), found.subject):
                skipped.add(item.path)
            found = self.decided(self.data)
        return found

    def keep(self, data: dict[str, Any]) -> None:
        self.data = data
        if self.target is not None:
            save_data(data, self.target)

    def take(self, item: MissingFact, answer: str, subject: str) -> bool:
        """Add the answer to the data; an answer that is no such value is told and asked again (True: do not skip)."""
        fact = self.pack.vocabulary.fact(subject, item.path)
        value = parse_answer(answer, fact.type if fact is not None else None)
        if value is None:
            print(words("没有听懂，请再答一次。", "That was not understood; please answer again."), file=sys.stderr)
            return True
        if item.kind == "judgement":
            by = self.by or _line(words("由谁研判？", "Judged by whom?")) or ""
            if not by:
                return False
            value = {"value": value, "by": by, "observed_on": self.day.isoformat()}
        stored = self.pack.vocabulary.stored(subject, item.path, self.day.year)
        told = with_answer(self.data, stored, value, self.pack.vocabulary)
        try:
            self.decided(told)
        except FactsError as error:
            report(error.problems)
        else:
            self.keep(told)
        return True


def _line(prompt: str) -> str | None:
    """One line from a person or a pipe; None at the end of input. The prompt goes to standard error."""
    print(prompt, end=" ", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        print(line.rstrip("\n"), file=sys.stderr)
    return line.rstrip("\n") if line else None


def _question(pack: Pack, item: MissingFact, decision: Decision) -> str:
    fact = pack.vocabulary.fact(decision.subject, item.path)
    label = missing_label(item, decision, LANGUAGE)
    asked = fact.question.in_(LANGUAGE) if fact is not None and fact.question else f"{label}{words('？', '?')}"
    if "[" in item.path and label not in asked:
        asked = f"{label}: {asked}" if fact is not None and fact.question else asked
    return f"{asked} {_hint(fact.type if fact is not None else None)}".rstrip()


def _hint(type_: Type | None) -> str:
    if type_ == BOOLEAN:
        return words("[是/否]", "[y/n]")
    if type_ == DATE:
        return "[YYYY-MM-DD]"
    if isinstance(type_, CodeType):
        return "[" + " ".join(f"{i}={option.label(LANGUAGE)}" for i, option in enumerate(type_.options, 1)) + "]"
    if isinstance(type_, ListType) and isinstance(type_.item, CodeType):
        options = " ".join(f"{i}={option.label(LANGUAGE)}" for i, option in enumerate(type_.item.options, 1))
        return words(f"[{options}；可多选，0 表示无]", f"[{options}; several allowed, 0 for none]")
    if isinstance(type_, ListType) and isinstance(type_.item, RecordType):
        return words("[有几个？0 表示没有]", "[how many? 0 for none]")
    if isinstance(type_, NumberType):
        return words(*(f"[{word}]" for word in UNITS[str(type_.unit)])) if str(type_.unit) in UNITS else ""
    return ""


def parse_answer(answer: str, type_: Type | None) -> Any:
    """What a person typed, as the value of a facts file; None where it is no value of the type."""
    if type_ == BOOLEAN:
        return {
            "y": True,
            "yes": True,
            "是": True,
            "true": True,
            "n": False,
            "no": False,
            "否": False,
            "false": False,
        }.get(answer.lower())
    if type_ == DATE:
        return answer if temporal.read_date(answer) else None
    if isinstance(type_, NumberType):
        return _number(answer)
    if isinstance(type_, CodeType):
        return _code(answer, type_)
    if isinstance(type_, ListType) and isinstance(type_.item, CodeType):
        if answer in ("0", "无", "none"):
            return []
        codes = [
            _code(part, type_.item)
            for part in answer.replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
            if part
        ]
        return None if None in codes else codes
    if isinstance(type_, ListType) and isinstance(type_.item, RecordType):
        number = _number(answer)
        return [{} for _ in range(int(number))] if number is not None and 0 <= number <= 30 else None
    return answer


def _code(answer: str, type_: CodeType) -> str | None:
    if answer.isdecimal() and 1 <= int(answer) <= len(type_.options) and type_.find(answer) is None:
        return type_.ids[int(answer) - 1]
    option = type_.find(answer)
    return option.id if option else None


def _number(answer: str) -> Decimal | None:
    try:
        number = Decimal(answer)
    except ArithmeticError:
        return None
    return number if number.is_finite() else None
