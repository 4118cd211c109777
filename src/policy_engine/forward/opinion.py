"""What a second opinion says where it agrees."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Opinion"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """Agreement: of which engine, and over how many tables."""

    engine: str
    tables: int
