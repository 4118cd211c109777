"""What a household has received, as a document orders it to be listed: which records, and what in them is what."""

from __future__ import annotations

from dataclasses import dataclass

from policy_engine.model.citation import Citation
from policy_engine.model.label import Label

__all__ = ["BenefitList"]


@dataclass(frozen=True, slots=True)
class BenefitList:
    """A list of the benefits of a period. `of` is the household's list of records; the others are entries of a record:
    its day, its kind (a code, in the order of its options) and its amount in yuan.
    """

    label: Label
    of: str
    on: str
    kind: str
    amount: str
    cites: tuple[Citation, ...]
    rows: tuple[str, ...] = ()
