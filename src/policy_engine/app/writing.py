"""Files that are written for somebody: where that cannot be, it is said of the file as it was named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policy_engine.errors import FactsError, problem

__all__ = ["writing"]


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Whatever hinders what is written inside is `file.unwritable`, about this path."""
    try:
        yield
    except Exception as error:
        cause = _cause(error)
        if cause is None:
            raise
        why = cause.strerror or cause
        raise FactsError([problem("file.unwritable", where=str(path), path=path, why=why)]) from None


def _cause(error: Exception) -> OSError | None:
    """What the system said; xlsxwriter hands it on inside an exception of its own."""
    found = error if isinstance(error, OSError) else next(iter(error.args), None)
    return found if isinstance(found, OSError) else None
