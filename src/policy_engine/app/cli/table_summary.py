"""What is told about a decided table: how many rows and households, decided or not."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policy_engine.app.cli.words import words

if TYPE_CHECKING:
    from policy_engine.app.cli.decide_table import Request

__all__ = ["Summary"]


@dataclass(frozen=True, slots=True)
class Summary:
    """Rows of households, those decided and not decided, the rows that were not used, and where the answers are."""

    rows: int
    decided: int
    not_decided: int
    rejected_rows: int
    out: Path

    def counts(self) -> dict[str, int]:
        """For the sheet that says what was asked."""
        return {"户表行数": self.rows, "已决定的户": self.decided, "因行有误没有决定的户": self.not_decided}

    def tell(self) -> None:
        print(
            words(
                f"决定了 {self.decided} 户；{self.not_decided} 户没有决定，被拒绝的行有 {self.rejected_rows} 行。"
                f"结果在 {self.out}",
                f"{self.decided} households decided; {self.not_decided} not decided, {self.rejected_rows} rows rejected. "
                f"Written to {self.out}",
            ),
            file=sys.stderr,
        )

    def print_json(self, request: Request) -> None:
        """One object to standard output."""
        pack = request.pack
        data = {
            "pack": {"id": pack.id, "version": pack.version, "hash": pack.hash},
            "on": str(request.day) if request.day else None,
            "decided": self.decided,
            "not_decided": self.not_decided,
            "rejected_rows": self.rejected_rows,
            "out": str(self.out),
        }
        print(json.dumps(data, ensure_ascii=False, indent=2))
