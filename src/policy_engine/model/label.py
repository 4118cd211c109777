"""Words for people, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Label"]


@dataclass(frozen=True, slots=True)
class Label:
    zh: str = ""
    en: str = ""

    def in_(self, language: str) -> str:
        """The words in this language; the other language where there are none."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)
