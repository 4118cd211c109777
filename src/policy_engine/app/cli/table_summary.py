"""What is told about a decided table: how many households, of which pack, on which day."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policy_engine.app.cli.words import words
from policy_engine.documents.tables import Tables
from policy_engine.version import __version__

if TYPE_CHECKING:
    from policy_engine.app.cli.decide_table import Request

__all__ = ["Summary", "about"]


@dataclass(frozen=True, slots=True)
class Summary:
    """Households decided and not decided, the rows that were not used, and where the answers are."""

    decided: int
    not_decided: int
    rejected_rows: int
    out: Path

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


def about(request: Request, path: Path, tables: Tables, summary: Summary) -> Iterator[tuple[str, str]]:
    """The lines of the sheet that says what was asked of which pack."""
    pack = request.pack
    yield "政策文件", pack.title.zh
    yield "政策包", f"{pack.id} {pack.version}"
    yield "政策包哈希", pack.hash
    yield "引擎版本", __version__
    yield "问的日期", str(request.day or "各户的事实日期")
    yield "事实来自", path.name
    yield "户表行数", str(tables.rows)
    yield "已决定的户", str(summary.decided)
    yield "因行有误没有决定的户", str(summary.not_decided)
    for id_, reading in pack.readings.items():
        chosen = request.scenario.readings.get(id_) or request.settings.readings.get(id_)
        option = reading.option(chosen or reading.default)
        whose = "默认" if chosen is None else "本次指定" if id_ in request.scenario.readings else "使用单位指定"
        label = option.label.zh or option.id
        yield f"解释 {id_}", f"{reading.reads.clause}“{reading.reads.words}”：{label}（{whose}）"
    for kind, given in (("使用单位提供", request.settings.parameters), ("设想", request.scenario.parameters)):
        for id_ in given:
            yield f"{kind} {id_}", pack.parameter(id_).label.zh
