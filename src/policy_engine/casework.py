"""The front door's functions for cases and duties: a case file in; where it stands, what is owed, out."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping
from typing import Any

from policy_engine.decision.duties import Owed, snapshots
from policy_engine.decision.duties import duties as duties_known
from policy_engine.decision.history import History, fold
from policy_engine.decision.standing import Standing, standing
from policy_engine.documents.read_case import read_case_file
from policy_engine.documents.read_facts import read_facts
from policy_engine.documents.read_pack import load_pack
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack
from policy_engine.model.scenario import Settings

__all__ = ["Standing", "duties", "read_case", "standing"]


def read_case(
    path: str | os.PathLike[str], *, settings: Settings | None = None, load: Callable[[str], Pack] = load_pack
) -> History:
    """The life of a subject as a case file tells it: accepted events, cases, and events refused with their problems.

    `load` finds the pack that the file names. Raises `FactsError` where the file cannot be read.
    """
    pack, file = read_case_file(path, load)
    return fold(pack, file.subject, file.events, settings)


def duties(
    pack: Pack,
    about: History | Facts | Mapping[str, Any] | Any,
    on: datetime.date,
    *,
    settings: Settings | None = None,
) -> tuple[Owed, ...]:
    """Everything owed about one subject up to a day: fulfilled, due, overdue, open, unknown; in the order of the pack.

    `about` is a history, a `Household`, a mapping as in a facts file, or `Facts` already read.
    """
    if not isinstance(about, (History, Facts)):
        about, _ = read_facts(about if isinstance(about, Mapping) else about.facts(), pack.vocabulary)
    return duties_known(pack, snapshots(about, on), on, settings)
