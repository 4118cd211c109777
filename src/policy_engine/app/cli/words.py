"""The language of the command line: that of `--lang`, else of the locale."""

from __future__ import annotations

import os
import sys

from policy_engine.errors import Language

__all__ = ["LANGUAGE", "LETTERS", "words"]


def _asked() -> Language | None:
    """The language of `--lang`, where it is given."""
    arguments = sys.argv[1:]
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return "zh" if argument == "--lang=zh" else "en"
        if argument == "--lang" and position + 1 < len(arguments):
            return "zh" if arguments[position + 1] == "zh" else "en"
    return None


def _language() -> Language:
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return _asked() or ("zh" if locale.lower().startswith("zh") else "en")


LANGUAGE: Language = _language()
LETTERS: Language = _asked() or "zh"
"""The language of what is written to households and villagers: Chinese, unless another is asked for."""


def words(zh: str, en: str) -> str:
    """The sentence in the language of this run."""
    return zh if LANGUAGE == "zh" else en
