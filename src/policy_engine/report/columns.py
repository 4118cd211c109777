"""Rows of texts and numbers as columns for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.source import width

__all__ = ["table_text"]


def table_text(heads: list[str], rows: list[list[str]], *, texts: int = 1) -> Iterator[str]:
    """Columns under their heads, even under wide characters: the first ones are texts, the others stand to the right."""
    widths = [max(width(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    for row in [heads, *rows]:
        cells = []
        for place, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (wide - width(cell))
            cells.append(cell + blank if place < texts else blank + cell)
        yield ("    " + "  ".join(cells)).rstrip()
