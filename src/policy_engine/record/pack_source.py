"""The files of a pack as one text, kept once for each hash, so that the pack can be linked again years later."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from policy_engine.documents.read_pack import check_pack, read_text
from policy_engine.errors import LedgerError, PackError, Problem, problem
from policy_engine.model.canonical import canonical
from policy_engine.model.pack import Pack
from policy_engine.record.entry import Entry

__all__ = ["FORM", "KIND", "PackSource", "read_source"]

FORM = 1
KIND = "pack"
_NOT_PART = ("cases",)
"""Folders of a pack that do not bear on what it decides."""


@dataclass(frozen=True)
class PackSource:
    """The files of a pack by their path in its folder, as they were."""

    files: Mapping[str, str]

    def body(self) -> dict[str, Any]:
        return {"form": FORM, "files": dict(self.files)}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of the files."""
        return hashlib.sha256(canonical(self.body())).hexdigest()

    def entry(self, pack: str) -> Entry:
        """As an entry of a ledger, which keeps each once: its key is the hash."""
        return Entry.of(KIND, self.body(), subject=pack, key=f"{KIND}:{self.hash}")

    @staticmethod
    def of(content: Mapping[str, Any]) -> PackSource:
        """From the content of an entry; raises `LedgerError`."""
        files = content.get("files")
        if content.get("form") != FORM or not isinstance(files, dict):
            raise LedgerError([problem("record.newer", found=content.get("form"), known=FORM)])
        return PackSource(files)

    def link(self) -> Pack:
        """The pack; raises `PackError` where this version of the package cannot use it."""
        with TemporaryDirectory(prefix="policy-engine-") as name:
            for path, text in self.files.items():
                file = Path(name, *PurePosixPath(path).parts)
                if not file.resolve().is_relative_to(Path(name).resolve()):
                    raise LedgerError([problem("record.unreadable", where=path, why="..")])
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="")
            pack, problems = check_pack(Path(name))
        if pack is None:
            raise PackError(problems)
        return pack


def read_source(folder: Path) -> PackSource:
    """The files of the pack in this folder, without its cases and notes; raises `PackError`."""
    problems: list[Problem] = []
    files: dict[str, str] = {}
    for path in sorted(folder.rglob("*.yaml")):
        inside = path.relative_to(folder)
        if inside.parts[0] in _NOT_PART:
            continue
        text = read_text(path, problems)
        if text is not None:
            files[inside.as_posix()] = text
    if problems:
        raise PackError(problems)
    return PackSource(files)
