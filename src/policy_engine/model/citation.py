"""Clauses of a document, and citations of them (DMN: knowledge source)."""

from __future__ import annotations

from dataclasses import dataclass

from policy_engine.model.label import Label

__all__ = ["MAX_WORDS", "SET_ASIDE", "Citation", "Clause"]

MAX_WORDS = 40
"""Characters of a cited phrase at most: a figure or a term, never a passage."""

SET_ASIDE = ("organisational", "publicity", "no_computable_content", "needs_absent_document", "procedure")
"""Why a clause may have nothing that rests on it; `procedure`: it orders steps or duties, which no file here encodes yet."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the document by its number. `sha256` is of its normalised text, which is not kept."""

    number: str
    about: Label
    sha256: str = ""
    set_aside: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause, and the phrase in it that carries the point."""

    clause: str
    words: str = ""
