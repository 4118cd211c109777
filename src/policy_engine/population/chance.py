"""Chance in columns, the same everywhere for the same seed: a mixing function of row, draw and seed (splitmix64)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

__all__ = ["chosen", "holds", "normal", "share"]

_STEP = 0x9E3779B97F4A7C15
_MIX = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_WORD = 2**64
_PLACES = 2**53


def share(draw: str, seed: int) -> pl.Expr:
    """An even share of one for each row, 0 included; `draw` names the question, so that no two are alike."""
    start = (zlib.crc32(draw.encode()) * _STEP + seed * _MIX[0]) % _WORD
    mixed = pl.int_range(pl.len(), dtype=pl.UInt64) * pl.lit(_STEP, pl.UInt64) + pl.lit(start, pl.UInt64)
    for shift, factor in zip((30, 27), _MIX, strict=True):
        mixed = (mixed ^ (mixed // 2**shift)) * pl.lit(factor, pl.UInt64)
    mixed = mixed ^ (mixed // 2**31)
    return (mixed // 2**11).cast(pl.Float64) / _PLACES


def holds(draw: str, seed: int, probability: Any) -> pl.Expr:
    found: pl.Expr = share(draw, seed) < probability
    return found


def normal(draw: str, seed: int) -> pl.Expr:
    """A normal number of mean 0 and deviation 1 (Box and Muller 1958)."""
    radius = (-2 * (1 - share(draw + "/radius", seed)).log()).sqrt()
    return radius * (share(draw + "/angle", seed) * 6.283185307179586).cos()


def chosen(draw: str, seed: int, weights: Mapping[str, object]) -> pl.Expr:
    """One of the names, each as often as its share of all weights says."""
    names: Sequence[str] = list(weights)
    parts = [pl.lit(weight) for weight in weights.values()]
    total = pl.sum_horizontal(parts)
    at = share(draw, seed) * total
    found = pl.lit(names[-1])
    upto = total
    for name, part in zip(reversed(names[:-1]), reversed(parts[1:]), strict=True):
        upto = upto - part
        found = pl.when(at < upto).then(pl.lit(name)).otherwise(found)
    return found
