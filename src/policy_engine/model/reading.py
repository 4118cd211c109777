"""Readings: the options for a term that the document leaves open."""

from __future__ import annotations

from dataclasses import dataclass

from policy_engine.expression.tree import Node
from policy_engine.expression.types import Type
from policy_engine.model.citation import Citation
from policy_engine.model.label import Label

__all__ = ["Reading", "ReadingOption"]


@dataclass(frozen=True, slots=True)
class ReadingOption:
    """One way to read the term: an expression, or None where it is left to judgement."""

    id: str
    label: Label
    expression: Node | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A term of a clause, the question it leaves open, the options, and the default with its reason."""

    id: str
    reads: Citation
    question: Label
    type: Type
    options: tuple[ReadingOption, ...]
    default: str
    why: Label

    def option(self, id_: str) -> ReadingOption:
        return next(option for option in self.options if option.id == id_)
