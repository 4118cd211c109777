"""A sample of records that anyone can draw again: from a seed, without a generator of random numbers."""

from __future__ import annotations

from hashlib import sha256

from policy_engine.record.form import KIND
from policy_engine.record.ledger import Ledger

__all__ = ["sample"]


def sample(ledger: Ledger, size: int, seed: str) -> tuple[list[int], int]:
    """The numbers of `size` decisions, in order, and of how many they were drawn.

    Each decision gets the SHA-256 of `seed:hash`, its hash being that of its entry; the smallest are the sample.
    """
    lots = sorted((sha256(f"{seed}:{entry.hash}".encode()).hexdigest(), entry.seq) for entry in ledger.entries(KIND))
    return sorted(seq for _, seq in lots[:size]), len(lots)
