"""Where a command may write: never over what it reads, nor over what people have worked on."""

from __future__ import annotations

from pathlib import Path

from policy_engine.errors import FactsError, problem

__all__ = ["new_file", "not_read"]


def new_file(out: Path) -> None:
    """Raises `FactsError` where the file is there already."""
    if out.exists():
        raise FactsError([problem("file.exists", where=str(out), path=out)])


def not_read(out: Path, *given: Path | None) -> None:
    """Raises `FactsError` where the file is one of those that are read."""
    if out.exists() and any(path is not None and path.exists() and out.samefile(path) for path in given):
        raise FactsError([problem("file.is_read", where=str(out), path=out)])
