"""The files of one pack, read as forms."""

from __future__ import annotations

from dataclasses import dataclass, field

from policy_engine.documents.forms import DecisionForm, FactForm, PackForm, ParameterForm, ReadingForm
from policy_engine.documents.procedure_forms import DutyForm, ProcedureForm
from policy_engine.documents.reaction_forms import ReactionForm
from policy_engine.documents.reader import Word
from policy_engine.errors import Problem

__all__ = ["PackForms"]


@dataclass
class PackForms:
    """What the files say, before names are resolved; `problems` are those of reading."""

    pack: PackForm | None = None
    vocabulary: dict[Word, dict[Word, FactForm]] = field(default_factory=dict)
    parameters: dict[Word, ParameterForm] = field(default_factory=dict)
    readings: dict[Word, ReadingForm] = field(default_factory=dict)
    decisions: dict[Word, DecisionForm] = field(default_factory=dict)
    procedures: dict[Word, ProcedureForm] = field(default_factory=dict)
    duties: dict[Word, DutyForm] = field(default_factory=dict)
    reactions: dict[Word, ReactionForm] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
