"""The official texts at hand: a file, or a folder with a text for each pack."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from policy_engine.checking.accounting import all_citations
from policy_engine.checking.quoting import Quotes, quote
from policy_engine.documents.read_pack import read_text
from policy_engine.errors import FactsError, Problem, problem
from policy_engine.model.pack import Pack

__all__ = ["FOLDER", "quotes_of", "read_official"]

FOLDER = "POLICY_ENGINE_TEXTS"
"""Environment variable that names a folder with `<pack>.md` or `<pack>.txt` for the packs whose text is at hand."""


def quotes_of(packs: Iterable[Pack], given: Path | None) -> dict[str, Quotes]:
    """The quotes for all citations of these packs, by the packs' ids.

    The text is the file `given`, or that of the pack in the folder `given`; without, that in the folder of the environment
    variable, where there is one. Raises `FactsError` where a text that was asked for cannot be read.
    """
    found = {}
    for pack in packs:
        text = _text(pack, given)
        if text is not None:
            found[pack.id] = quote(pack, text, all_citations(pack))
    return found


def _text(pack: Pack, given: Path | None) -> str | None:
    configured = os.environ.get(FOLDER, "")
    place = given or (Path(configured) if configured else None)
    if place is None:
        return None
    if not place.is_dir():
        return read_official(place)
    named = [place / f"{pack.id}{ending}" for ending in (".md", ".txt")]
    path = next((path for path in named if path.exists()), None)
    if path is None and given is not None:
        raise FactsError([problem("file.not_found", where=str(place), path=" / ".join(map(str, named)))])
    return None if path is None else read_official(path)


def read_official(path: Path) -> str:
    """The text of a file; raises `FactsError` where it cannot be read."""
    problems: list[Problem] = []
    text = read_text(path, problems)
    if text is None:
        raise FactsError(problems)
    return text
