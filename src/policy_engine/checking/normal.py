"""The normal form of a clause's text, over which hashes are taken. Version 1; docs/packs.md describes it.

Compatibility characters are folded (NFKC: full-width digits and punctuation become half-width), all white space is
removed, and the ASCII and Chinese forms of brackets, commas, colons and semicolons count as one.
"""

from __future__ import annotations

import hashlib
import unicodedata

__all__ = ["NORMAL_FORM", "digest", "normal"]

NORMAL_FORM = 1
"""Version of the normal form; recorded beside the hashes."""

_FOLDED = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "﹣": "-"})


def normal(text: str) -> str:
    """The text without what scraping and typesetting change."""
    folded = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    return "".join(character for character in folded if not character.isspace())


def digest(text: str) -> str:
    """SHA-256 of the normal form, in hexadecimal."""
    return hashlib.sha256(normal(text).encode()).hexdigest()
