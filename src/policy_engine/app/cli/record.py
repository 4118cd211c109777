"""`--record`: decisions go into a ledger before they are shown."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol, TypeVar

import typer

from policy_engine.app.cli.words import words
from policy_engine.decision.answer import Decision
from policy_engine.decision.request import Request
from policy_engine.documents.read_pack import find_pack
from policy_engine.errors import FactsError, LedgerError, MissingExtra, problem, problem_of
from policy_engine.forward.opinion import Opinion
from policy_engine.model.facts import Facts
from policy_engine.model.pack import Pack

if TYPE_CHECKING:
    from policy_engine.record.entry import Entry, Receipt
    from policy_engine.record.ledger import Ledger

__all__ = [
    "Decided",
    "KnownOn",
    "RecordAs",
    "RecordTo",
    "Recording",
    "digest_of",
    "needs_ledger",
    "now",
    "read_bytes",
    "record_decisions",
    "record_run",
    "tell_recorded",
]

RecordTo = Annotated[
    str | None,
    typer.Option(
        "--record",
        metavar="LEDGER",
        help=words(
            "先把决定记入这个账本（见 ledger init）", "record the decisions in this ledger first (see ledger init)"
        ),
    ),
]
KnownOn = Annotated[
    str | None,
    typer.Option(
        "--known-on",
        metavar="DATE",
        help=words(
            "记录时：这些事实何日已为人所知；默认今天", "for --record: by when the facts were known; today by default"
        ),
    ),
]


class _HasEntry(Protocol):
    @property
    def entry(self) -> Entry | None: ...


Recorded = TypeVar("Recorded", bound=_HasEntry)


class Decided(NamedTuple):
    """A decision with all that its record needs."""

    decision: Decision
    facts: Facts
    request: Request
    pack: str
    opinion: Opinion | None = None


def now() -> datetime.datetime:
    """The clock, in the zone of this machine."""
    return datetime.datetime.now().astimezone()


@contextmanager
def needs_ledger() -> Iterator[None]:
    """What needs the extra `ledger`; without it, one sentence says how to get it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("alembic", "cryptography", "psycopg", "sqlalchemy"):
            raise
        raise MissingExtra([problem("ledger.missing_extra", found=error.name)]) from None


class RecordAs(NamedTuple):
    """How decisions of one run are recorded; goes to the processes that decide."""

    pack_files: str
    known_on: datetime.date

    def entry(self, decision: Decision, facts: Facts, request: Request, opinion: Opinion | None) -> Entry:
        from policy_engine.record.form import entry_of, record_of

        if facts.as_of is not None and facts.as_of > self.known_on:
            told = {"id": facts.id, "day": facts.as_of, "known": self.known_on}
            raise FactsError([problem_of("facts.known_before", None, told)])
        record = record_of(decision, facts, request, self.pack_files, self.known_on, opinion=opinion)
        return entry_of(record, decision)


def record_decisions(ledger: Ledger, decided: Iterable[Decided], known_on: datetime.date | None) -> None:
    """Record each decision, and each pack once; returns when all is on the disk."""
    packs: dict[str, Entry] = {}
    entries: list[Entry] = []
    for one in decided:
        if one.pack not in packs:
            packs[one.pack] = pack_entry(one.pack, one.decision.pack)
        how = RecordAs(packs[one.pack].body_hash, known_on or now().date())
        entries.append(how.entry(one.decision, one.facts, one.request, one.opinion))
    tell_recorded(ledger.append([*packs.values(), *entries], now())[len(packs) :])


class Recording:
    """Recording the decisions of a long run, some hundred at a time."""

    AT_ONCE = 200

    def __init__(self, ledger: Ledger, name: str, pack: Pack, known_on: datetime.date | None) -> None:
        self.ledger = ledger
        entry = pack_entry(name, pack)
        ledger.append([entry], now())
        self.as_ = RecordAs(entry.body_hash, known_on or now().date())
        self.receipts: list[Receipt] = []

    def recorded(self, outcomes: Iterator[Recorded]) -> Iterator[Recorded]:
        """The outcomes, each handed on once its entry is on the disk."""
        while some := list(islice(outcomes, self.AT_ONCE)):
            self.receipts += self.ledger.append([one.entry for one in some if one.entry is not None], now())
            yield from some

    def tell(self) -> None:
        tell_recorded(self.receipts)


def pack_entry(name: str, pack: Pack) -> Entry:
    """The files of the pack of this name, as an entry; raises `LedgerError` where they are no longer those of `pack`."""
    from policy_engine.record.pack_source import read_source

    source = read_source(find_pack(name))
    if source.link().hash != pack.hash:
        raise LedgerError([problem("record.pack_changed", pack=pack.id)])
    return source.entry(pack.id)


def record_run(location: str, name: str, pack: Pack, kind: str, content: dict[str, Any]) -> None:
    """Record what a run over many subjects found, and its pack; the same run again is there already."""
    with needs_ledger():
        from policy_engine.record.entry import Entry
        from policy_engine.record.ledger import open_ledger
    files = pack_entry(name, pack)
    with open_ledger(location, "write") as ledger:
        entry = Entry.of(kind, {"form": 1, "pack_files": files.body_hash, **content})
        tell_recorded(ledger.append([files, entry], now())[1:])


def digest_of(path: Path) -> str:
    """SHA-256 of a file, or of the names and digests of the files of a folder."""
    if not path.is_dir():
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    files = sorted(one for one in path.iterdir() if one.is_file())
    return sha256("".join(f"{one.name} {digest_of(one)}\n" for one in files).encode()).hexdigest()


def tell_recorded(receipts: Iterable[Receipt]) -> None:
    found = list(receipts)
    new = [receipt.seq for receipt in found if receipt.new]
    span = f" ({min(new)}–{max(new)})" if new else ""
    old = len(found) - len(new)
    print(
        words(f"已记入 {len(new)} 条{span}", f"recorded: {len(new)}{span}")
        + (words(f"，{old} 条早已在账", f"; there already: {old}") if old else ""),
        file=sys.stderr,
    )


def read_bytes(path: Path) -> bytes:
    """A file of the caller's; raises `LedgerError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise LedgerError(
            [problem("file.unreadable", where=str(path), path=path, why=error.strerror or error)]
        ) from None
