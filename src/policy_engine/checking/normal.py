"""The normal form of a clause's text, over which hashes are taken. Version 1; docs/packs.md describes it.

Compatibility characters are folded (NFKC: full-width digits, letters and punctuation become half-width), quotation marks,
dashes and full stops count as one kind each, and all white space is removed. Headings and numbering are no part of it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from policy_engine.model.citation import HASH_DIGITS, SentenceHash

__all__ = ["NORMAL_FORM", "digest", "normal", "sentence_hash", "sentences"]

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


def digest(text: str) -> str:
    """SHA-256 of the normal form, in hexadecimal."""
    return hashlib.sha256(normal(text).encode()).hexdigest()


def sentences(text: str) -> tuple[str, ...]:
    """The normal forms of the sentences of a text, in order."""
    return tuple(found for found in map(normal, _ENDS.findall(text)) if found)


def sentence_hash(normalised: str) -> SentenceHash:
    """The hash of a sentence in its normal form."""
    return SentenceHash(len(normalised), hashlib.sha256(normalised.encode()).hexdigest()[:HASH_DIGITS])
