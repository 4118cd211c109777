"""Clauses of a document, and citations of them (DMN: knowledge source)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_engine.model.label import Label

__all__ = ["HASH_DIGITS", "MAX_WORDS", "SET_ASIDE", "Citation", "Clause", "SentenceHash"]

HASH_DIGITS = 16
"""Hexadecimal digits of a sentence's hash."""


MAX_WORDS = 40
"""Characters of a cited phrase at most: a figure or a term, never a passage."""

SET_ASIDE = ("organisational", "publicity", "no_computable_content", "needs_absent_document", "procedure")
"""Why a clause may have nothing that rests on it; `procedure`: it orders steps or duties, which no file here encodes yet."""


@dataclass(frozen=True, slots=True)
class SentenceHash:
    """A sentence by the length of its normal form and the start of its SHA-256; written `43:0f5a…`."""

    length: int
    hash: str

    @staticmethod
    def read(text: str) -> SentenceHash:
        """From its written form; ValueError where it is none."""
        length, _, hash_ = text.partition(":")
        if not re.fullmatch(rf"[0-9a-f]{{{HASH_DIGITS}}}", hash_):
            raise ValueError(text)
        return SentenceHash(int(length), hash_)

    def __str__(self) -> str:
        return f"{self.length}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the document by its number. `sha256` and `sentences` are hashes of its normalised text, which is not kept."""

    number: str
    about: Label
    sha256: str = ""
    set_aside: str = ""
    sentences: tuple[SentenceHash, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause, and the phrase in it that carries the point."""

    clause: str
    words: str = ""
