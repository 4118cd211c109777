"""The text of a CSV file, in UTF-8 or in the encoding of Chinese spreadsheet programs."""

from __future__ import annotations

from pathlib import Path

from policy_engine.errors import FactsError, problem

__all__ = ["csv_text"]


def csv_text(path: Path) -> str:
    """The whole text, without a byte order mark; raises `FactsError` where it is in neither encoding."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FactsError([problem("file.not_found", where=str(path), path=path)]) from None
    except OSError as error:
        raise FactsError([problem("file.unreadable", where=str(path), path=path, why=error.strerror)]) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FactsError([problem("table.encoding", where=str(path), path=path)])
