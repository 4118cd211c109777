"""Flags side by side in whole numbers: a bit each, in the narrowest type that holds them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence

import polars as pl

__all__ = ["MOST_BITS", "WIDEST", "flags_mask", "mask_type", "outcome_of"]

MOST_BITS = 62
"""Bits of a computed mask at most: the widest one is a signed 64-bit number."""

WIDEST = 126
"""Bits of any mask at most: of answers found row by row, the widest one is a signed 128-bit number."""


def mask_type(bits: int) -> type[pl.DataType]:
    """The type of a mask of so many bits."""
    for most, dtype in ((8, pl.UInt8), (16, pl.UInt16), (32, pl.UInt32)):
        if bits <= most:
            return dtype
    return pl.Int64 if bits <= MOST_BITS else pl.Int128


def flags_mask(flags: Sequence[pl.Expr], apart: int = 1) -> pl.Expr:
    """A bit for each flag that is true, so many places apart; none for one that is false or empty."""
    dtype = mask_type(len(flags) * apart)
    zero = pl.lit(0, dtype)
    parts = [
        pl.when(flag).then(pl.lit(1 << number * apart, dtype)).otherwise(zero) for number, flag in enumerate(flags)
    ]
    return functools.reduce(operator.or_, parts) if parts else zero


def outcome_of(mask: pl.Expr, ids: Sequence[str]) -> pl.Expr:
    """The one outcome of a mask; empty where there is none or several."""
    dtype = pl.Enum(ids)
    found = pl.lit(None, dtype)
    for number, id_ in enumerate(ids):
        found = pl.when(mask == 1 << number).then(pl.lit(id_, dtype)).otherwise(found)
    return found
