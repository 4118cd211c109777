"""Expressions in the words of the vocabulary: `this_year.net_income < range_line` as 本年度纯收入 < 监测范围线."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policy_engine.expression import tree
from policy_engine.expression.tree import Node
from policy_engine.expression.types import BOOLEAN, DATE, CodeType, ListType, RecordType, Type
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import YEAR_LABELS, label_of
from policy_engine.report.words import say, shown

__all__ = ["phrase"]

_OPERATORS = {"<=": "≤", ">=": "≥", "!=": "≠", "*": "×", "/": "÷", "-": "−"}

_GIVEN = {"=": "left empty", "!=": "given"}
"""How a comparison with an empty text reads."""


def phrase(node: Node, pack: Pack, subject: str, language: str, names: Mapping[str, str] | None = None) -> str:
    """The expression in words; a typed tree gives codes their labels. `names` are words for names of its own."""
    return _Phrase(pack, subject, language, names or {}).write(node)


class _Phrase:
    def __init__(self, pack: Pack, subject: str, language: str, names: Mapping[str, str]) -> None:
        self.pack, self.subject, self.language, self.names = pack, subject, language, names
        self.items: dict[str, Type] = {}
        self.writers: dict[type[Node], Callable[[Any], str]] = {
            tree.Literal: lambda node: shown(node.value, node.type, language),
            tree.Name: self.name,
            tree.Path: self.path,
            tree.Filter: self.filter,
            tree.Negative: lambda node: f"-{self.inner(node.operand)}",
            tree.Binary: self.binary,
            tree.Logic: self.logic,
            tree.Between: self.between,
            tree.In: self.in_,
            tree.If: self.if_,
            tree.Quantified: self.quantified,
            tree.Call: self.call,
            tree.ListOf: lambda node: self.listed(node.items),
            tree.RecordOf: lambda node: self.listed([value for _, value in node.entries]),
            tree.RangeOf: lambda node: f"{self.write(node.low)}–{self.write(node.high)}",
            tree.Test: lambda node: f"{_OPERATORS.get(node.op, node.op)} {self.write(node.operand)}",
        }

    def say(self, word: str) -> str:
        return say(word, self.language)

    def write(self, node: Node) -> str:
        return self.writers[type(node)](node)

    def inner(self, node: Node) -> str:
        text = self.write(node)
        simple = isinstance(node, (tree.Name, tree.Path, tree.Literal, tree.Call))
        return text if simple else f"（{text}）" if self.language == "zh" else f"({text})"

    def listed(self, nodes: Any) -> str:
        return ("、" if self.language == "zh" else ", ").join(map(self.write, nodes))

    def name(self, node: tree.Name) -> str:
        if node.kind == "local":
            return self.bound(node)
        if node.kind.startswith("item"):
            return self.say("item")
        if node.kind == "on":
            return self.say("on")
        if node.kind == "own":
            fact = self.pack.vocabulary.form("member").find(node.id)
            return fact.label.in_(self.language) if fact else node.id
        if node.id in YEAR_LABELS:
            return YEAR_LABELS[node.id].in_(self.language)
        if node.kind == "reading" and (node.type == BOOLEAN or not self.pack.reading(node.id).reads.words):
            return f"“{self.pack.reading(node.id).question.in_(self.language)}”"
        subject = "household" if node.kind == "fact" and self.subject == "member" else self.subject
        return label_of(node.id, self.pack, subject, self.language)

    def bound(self, node: tree.Name) -> str:
        """A bound variable: the kind of record it stands for, or that it is a date."""
        if node.type == DATE and node.id not in self.names:
            return self.say("the date")
        if not isinstance(node.type, RecordType) or not node.type.name:
            return self.names.get(node.id, node.id)
        label = self.pack.vocabulary.form(node.type.name).label.in_(self.language)
        return f"该{label}" if self.language == "zh" else f"the {label.lower()}"

    def filter(self, node: tree.Filter) -> str:
        """A list with the condition on its items, whose facts are told by their names alone."""
        self.items[f"item{node.level}"] = _item_of(node.target)
        return f"{self.write(node.target)}[{self.write(node.condition)}]"

    def path(self, node: tree.Path) -> str:
        target, item = self.write(node.target), _item_of(node.target)
        of_item = isinstance(node.target, tree.Name) and node.target.kind in self.items
        if isinstance(node.target, tree.Name) and of_item:
            item = self.items[node.target.kind]
        label = say(node.entry, self.language)
        if isinstance(item, RecordType) and item.name:
            fact = self.pack.vocabulary.form(item.name).find(node.entry)
            if fact is not None:
                label = fact.label.in_(self.language)
            elif node.entry in self.pack.decisions:
                label = self.pack.decision(node.entry).label.in_(self.language)
        if isinstance(node.target, tree.Name) and node.target.id in YEAR_LABELS:
            return f"{target}{label}" if self.language == "zh" else f"{target} {label.lower()}"
        if of_item or (isinstance(node.target, tree.Name) and node.target.kind == "fact"):
            return label
        return f"{target}{self.say('of')}{label}" if self.language == "zh" else f"{target}'s {label.lower()}"

    def binary(self, node: tree.Binary) -> str:
        if node.op in _GIVEN and isinstance(node.right, tree.Literal) and node.right.value == "":
            return f"{self.inner(node.left)} {self.say(_GIVEN[node.op])}"
        return f"{self.inner(node.left)} {_OPERATORS.get(node.op, node.op)} {self.inner(node.right)}"

    def logic(self, node: tree.Logic) -> str:
        return f" {self.say(node.op)} ".join(map(self.inner, node.operands))

    def between(self, node: tree.Between) -> str:
        return f"{self.inner(node.operand)} {self.say('between')} {self.inner(node.low)}–{self.inner(node.high)}"

    def in_(self, node: tree.In) -> str:
        tests = self.listed([_literal_of(test, node.operand) for test in node.tests])
        return f"{self.inner(node.operand)} {self.say('in')} {tests}"

    def if_(self, node: tree.If) -> str:
        condition, then, otherwise = map(self.inner, (node.condition, node.then, node.otherwise))
        if self.language == "zh":
            return f"若{condition}则{then}，否则{otherwise}"
        return f"if {condition} then {then} else {otherwise}"

    def quantified(self, node: tree.Quantified) -> str:
        comma = "、" if self.language == "zh" else ", "
        names = comma.join(self.write(domain) for _, domain in node.bindings)
        word = self.say("every" if node.every else "some")
        return (
            f"{word}{'' if self.language == 'zh' else ' '}{names} {self.say('satisfies')} {self.inner(node.condition)}"
        )

    def call(self, node: tree.Call) -> str:
        if node.function == "not":
            return f"{self.say('not')} {self.inner(node.arguments[0])}"
        if node.function == "list contains":
            return f"{self.inner(node.arguments[0])} {self.say('has')} {self.inner(node.arguments[1])}"
        if node.function == "age on" and self.language == "zh":
            return f"{self.write(node.arguments[1])}时的周岁（按{self.write(node.arguments[0])}）"
        if node.function == "count":
            return (
                f"{self.inner(node.arguments[0])} {self.say('count')}"
                if self.language == "zh"
                else (f"{self.say('count')} {self.inner(node.arguments[0])}")
            )
        return f"{self.say(node.function)}({self.listed(node.arguments)})"


def _item_of(node: Node) -> Type:
    """The type of a value, or of the items of a list."""
    return node.typed.item if isinstance(node.typed, ListType) else node.typed


def _literal_of(test: Node, operand: Node) -> Node:
    """A literal test behind `in` takes the type of what is tested, so that a code shows its label."""
    if isinstance(test, tree.Literal) and isinstance(operand.type, CodeType):
        return tree.Literal(span=test.span, value=test.value, type=operand.type)
    return test
