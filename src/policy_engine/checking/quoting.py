"""The official sentences of a pack's citations, quoted from a text that is first checked against the pack's hashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from policy_engine.checking.normal import normal
from policy_engine.checking.official_text import Alignment, Stretch, TextMatch, align, match
from policy_engine.model.citation import Citation
from policy_engine.model.pack import Pack

__all__ = ["Quote", "QuoteStatus", "Quotes", "quote"]

QuoteStatus: TypeAlias = Literal["unchanged", "changed", "vanished", "missing", "unchecked"]
"""unchanged: the sentence is the one that the pack knows; changed: it is not, and has the cited words; vanished: the cited
words are no longer there, and what stands in their place is quoted; missing: nothing stands there; unchecked: the pack has
no hashes of the clause, by which it could be found."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, or several that the cited words run through; of a citation without words, the whole clause.

    The cited words are `text[start:end]`; nothing where there are none. `text` is as it stands in the official text, and
    `place` says how far from its beginning.
    """

    status: QuoteStatus
    text: str = ""
    start: int = 0
    end: int = 0
    place: int = 0


@dataclass(frozen=True, slots=True)
class Quotes:
    """A quote for each citation of a pack, and how the text as a whole compares with the pack."""

    of: Mapping[Citation, Quote]
    match: TextMatch


def quote(pack: Pack, text: str, citations: Iterable[Citation]) -> Quotes:
    """Quote the text of a pack's document for these citations."""
    found = align(pack, text)
    numbers = {clause.number: index for index, clause in enumerate(found.clauses)}
    quotes = {cite: _quote(found, numbers[cite.clause], cite.words) for cite in citations if cite.clause in numbers}
    return Quotes(quotes, match(pack, found))


def _quote(found: Alignment, clause: int, words: str) -> Quote:
    if not found.clauses[clause].sentences:
        return Quote("unchecked")
    if not found.places:
        return Quote("missing")  # another document altogether
    own = found.of(clause)
    new = tuple(part for stretch in found.claimed.get(clause, ()) for part in _sentences(found, stretch))
    lost = len(found.clauses[clause].sentences) - len(own)
    if not words:
        parts = (*own, *(new if len(new) <= lost + 1 else ()))
        status: QuoteStatus = "changed" if lost or new else "unchanged"
        return _quoted(found, status if parts else "missing", sorted(parts, key=_start))
    wanted = normal(words)
    for run in _runs(sorted((*own, *new), key=_start)):
        at = found.text.form.find(wanted, run[0].start, run[-1].end)
        if at >= 0:
            around = [part for part in run if part.start < at + len(wanted) and at < part.end]
            status = "changed" if any(part in new for part in around) else "unchanged"
            return _quoted(found, status, around, Stretch(at, at + len(wanted)))
    instead = _instead(found, new, wanted, lost)
    return _quoted(found, "vanished" if instead else "missing", instead)


def _instead(found: Alignment, new: tuple[Stretch, ...], wanted: str, lost: int) -> tuple[Stretch, ...]:
    """What stands where the cited words stood: the new sentence with half of them, else all where they are not too many."""
    for part in new:
        match = SequenceMatcher(None, found.form(part), wanted, autojunk=False).find_longest_match()
        if match.size * 2 >= len(wanted):
            return (part,)
    return new if len(new) <= lost + 1 else ()


def _sentences(found: Alignment, stretch: Stretch) -> Iterator[Stretch]:
    """A stretch of the text by sentences."""
    start = stretch.start
    for end in range(stretch.start + 1, stretch.end + 1):
        if end == stretch.end or found.text.original(end - 1, end) in _ENDS:
            yield Stretch(start, end)
            start = end


_ENDS = tuple("。！？；!?;")


def _start(stretch: Stretch) -> int:
    return stretch.start


def _runs(stretches: list[Stretch]) -> list[list[Stretch]]:
    """Stretches that follow each other without a gap, together."""
    runs: list[list[Stretch]] = []
    for stretch in stretches:
        if runs and runs[-1][-1].end == stretch.start:
            runs[-1].append(stretch)
        else:
            runs.append([stretch])
    return runs


def _quoted(found: Alignment, status: QuoteStatus, parts: Iterable[Stretch], words: Stretch | None = None) -> Quote:
    parts = tuple(parts)
    if not parts:
        return Quote(status)
    start, end = parts[0].start, parts[-1].end
    if words is None:
        text = _clean("".join(found.text.original(part.start, part.end) for part in parts))
        return Quote(status, text, place=start)
    before, marked, after = (
        _clean(found.text.original(*ends))
        for ends in ((start, words.start), (words.start, words.end), (words.end, end))
    )
    return Quote(status, before + marked + after, len(before), len(before + marked), start)


def _clean(text: str) -> str:
    """Without the white space of line breaks and scraping; between Latin letters and digits one space stays."""
    return re.sub(r"\s+", " ", re.sub(r"(?<![!-~])\s+|\s+(?![!-~])", "", text))
