"""The normal form of a clause's text, over which hashes are taken. Version 1; docs/packs.md describes it.

Compatibility characters are folded (NFKC: full-width digits, letters and punctuation become half-width), quotation marks,
dashes and full stops count as one kind each, and all white space is removed. Headings and numbering are no part of it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from policy_engine.model.citation import HASH_DIGITS, SentenceHash

__all__ = ["NORMAL_FORM", "Normalised", "digest", "normal", "sentence_hash", "sentences"]

NORMAL_FORM = 1
"""Version of the normal form; recorded in every report of a comparison."""

_FOLDED = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "―": "-", "−": "-", "。": ".", "〈": "<", "〉": ">"}
)
_ENDS = re.compile(r"[^。！？；!?;\n]+[。！？；!?;]?")


def normal(text: str) -> str:
    """The text without what scraping and typesetting change."""
    folded = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    return "".join(character for character in folded if not character.isspace())


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text and its normal form; `at` has for each character of the form the stretch of the text it comes from."""

    text: str
    form: str
    at: tuple[tuple[int, int], ...]

    @staticmethod
    def of(text: str) -> Normalised:
        form: list[str] = []
        at: list[tuple[int, int]] = []
        for start, end in _clusters(text):
            found = normal(text[start:end])
            form.append(found)
            at += [(start, end)] * len(found)
        return Normalised(text, "".join(form), tuple(at))

    def original(self, start: int, end: int) -> str:
        """What stands in the text for a stretch of the form."""
        return self.text[self.at[start][0] : self.at[end - 1][1]] if start < end else ""


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """The shortest stretches of which each can be normalised by itself."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or _apart(text[start:end], text[end]):
            yield start, end
            start = end


def _apart(before: str, after: str) -> bool:
    together = unicodedata.normalize("NFKC", before + after)
    return together == unicodedata.normalize("NFKC", before) + unicodedata.normalize("NFKC", after)


def digest(text: str) -> str:
    """SHA-256 of the normal form, in hexadecimal."""
    return hashlib.sha256(normal(text).encode()).hexdigest()


def sentences(text: str) -> tuple[str, ...]:
    """The normal forms of the sentences of a text, in order."""
    return tuple(found for found in map(normal, _ENDS.findall(text)) if found)


def sentence_hash(normalised: str) -> SentenceHash:
    """The hash of a sentence in its normal form."""
    return SentenceHash(len(normalised), hashlib.sha256(normalised.encode()).hexdigest()[:HASH_DIGITS])
