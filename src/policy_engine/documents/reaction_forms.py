"""`reactions.yaml` as forms: which keys it has, and what stands under each."""

from __future__ import annotations

from typing import Literal, NamedTuple

from policy_engine.documents.forms import CiteForm
from policy_engine.documents.reader import Word
from policy_engine.expression.lex import ExpressionText
from policy_engine.model.label import Label
from policy_engine.source import Span

__all__ = ["EscalationForm", "ReactionForm", "WhenForm"]


class WhenForm(NamedTuple):
    """One of three: the answer to a `decision` becomes one of `to` (having been one of `from`); an item joins the list
    that `arrives` comes to; a `duty` is `due`, `open` or `overdue`.
    """

    span: Span
    decision: Word | None = None
    to: tuple[Word, ...] = ()
    from_: tuple[Word, ...] = ()
    arrives: ExpressionText | None = None
    duty: Word | None = None
    is_: Literal["due", "open", "overdue"] | None = None


class EscalationForm(NamedTuple):
    """Who is told where nobody acknowledges the alert within the time of a parameter."""

    to: tuple[Word, ...]
    after: Word
    cites: tuple[CiteForm, ...]


class ReactionForm(NamedTuple):
    """`reactions.yaml`, under each id: when it fires, whom it alerts, within which time, what it opens, to whom it goes on."""

    label: Label
    when: WhenForm
    alert: tuple[Word, ...]
    span: Span
    about: Literal["household", "village", "area"] = "household"
    within: Word | None = None
    persons: ExpressionText | None = None
    opens: Word | None = None
    escalates: tuple[EscalationForm, ...] = ()
    cites: tuple[CiteForm, ...] = ()
    rows: tuple[Word, ...] = ()
