"""A scoreboard of areas, as text and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy_engine.errors import Language
from policy_engine.model.pack import Pack
from policy_engine.model.path_labels import label_of
from policy_engine.population.answers import Found
from policy_engine.report.case_data import plain
from policy_engine.report.columns import table_text
from policy_engine.report.comparison import outcome_text
from policy_engine.report.procedure import in_
from policy_engine.report.words import say, shown
from policy_engine.scenario.scoreboard import Behind, Scoreboard, Way

__all__ = ["answer_text", "board_data", "board_text", "list_text", "place_text", "way_text"]

_MOST_WAYS = 3


def board_text(found: Scoreboard, language: Language) -> str:
    """A block for each decision: the areas with their answers, and what stands in the way of those that are open."""
    lines = [f"{found.pack.title.in_(language)}", str(found.on)]
    if found.outside:
        lines.append(in_(f"{found.outside} 户不在适用范围", f"{found.outside} households are out of scope", language))
    for id_ in found.decisions:
        definition = found.pack.decision(id_)
        clauses = "、".join(dict.fromkeys(cite.clause for cite in definition.cites))
        lines += ["", f"{definition.label.in_(language)} ({id_})  {clauses}".rstrip()]
        rows = []
        for area in found.areas:
            ways = [way_text(found.pack, way, language) for way in area.missing.get(id_, ())[:_MOST_WAYS]]
            more = len(area.missing.get(id_, ())) - _MOST_WAYS
            rows.append(
                [
                    place_text(area.place, language),
                    answer_text(found.pack, area.answers[id_], language),
                    in_("、", ", ", language).join(ways) + (" …" if more > 0 else ""),
                ]
            )
        heads = ["", in_("结果", "answer", language), in_("缺什么", "what stands in the way", language)]
        lines += table_text(heads, rows, texts=len(heads))
    return "\n".join(lines)


def place_text(place: tuple[str | None, ...], language: Language) -> str:
    return " ".join(part or in_("（地方未知）", "(place not known)", language) for part in place) or in_(
        "全部", "all", language
    )


def answer_text(pack: Pack, found: Found, language: Language) -> str:
    """The answer about an area in one phrase."""
    definition = pack.decision(found.decision)
    if definition.table is None:
        if found.value is not None:
            return shown(found.value, definition.type, language)
        if found.bounds is not None:
            word = "between_bounds" if found.bounds[1].is_finite() else "at_least"
            low, high = (shown(end, definition.type, language) for end in found.bounds)
            return say(word, language).format(low=low, high=high)
        return say("undetermined", language)
    if found.conflict is True or found.gap is True:
        return say("conflict" if found.conflict is True else "gap", language)
    order = {option.id: place for place, option in enumerate(definition.table.outcomes)}
    outcomes = sorted(found.possible, key=lambda pair: order[pair[0]])
    comma = in_("、", ", ", language)
    certain = comma.join(outcome_text(pack, found.decision, name, language) for name, sure in outcomes if sure)
    maybe = comma.join(outcome_text(pack, found.decision, name, language) for name, sure in outcomes if not sure)
    if found.determined:
        return certain or say("none", language)
    parts = [certain, f"{say('undetermined', language)}: {maybe}" if maybe else say("undetermined", language)]
    return comma.join(part for part in parts if part)


def way_text(pack: Pack, way: Way, language: Language) -> str:
    """What is missing, and in how many places."""
    head, _, rest = way.path.partition(".")
    subject = {"households": "household", "villages": "village"}.get(head, "")
    if way.kind == "parameter":
        return f"{label_of(way.path, pack, 'area', language)} ({say('not stated', language)})"
    label = label_of(rest, pack, subject, language) if subject and rest else label_of(way.path, pack, "area", language)
    return f"{label} ×{way.places}" if way.places > 1 else label


def list_text(found: Behind, language: Language) -> Iterator[str]:
    """The list behind a number: place, code, and whether that is certain."""
    yield f"{found.decision}: {found.of}[{found.condition}]  {found.rows.height}"
    for row in found.rows.rows():
        *place, id_, certain = row
        sure = "" if certain else in_("（可能）", " (possibly)", language)
        yield "    " + "\t".join([*(part or "?" for part in place), str(id_)]) + sure


def board_data(found: Scoreboard) -> dict[str, Any]:
    return {
        "pack": {"id": found.pack.id, "version": found.pack.version, "hash": found.pack.hash},
        "on": found.on.isoformat(),
        "by": found.by,
        "levels": list(found.levels),
        "outside": found.outside,
        "areas": [
            {
                "place": list(area.place),
                "households": area.households,
                "answers": {id_: _answer_data(answer) for id_, answer in area.answers.items()},
                "missing": {
                    id_: [{"kind": way.kind, "path": way.path, "places": way.places} for way in ways]
                    for id_, ways in area.missing.items()
                },
            }
            for area in found.areas
        ],
        "lists": [
            {
                "decision": behind.decision,
                "of": behind.of,
                "condition": behind.condition,
                "rows": behind.rows.to_dicts(),
            }
            for behind in found.behind
        ],
    }


def _answer_data(found: Found) -> dict[str, Any]:
    return {
        "determined": found.determined,
        "value": plain(found.value),
        "certain": sorted(str(name) for name, sure in found.possible if sure),
        "possible": sorted(str(name) for name, sure in found.possible if not sure),
        "bounds": [None if not end.is_finite() else plain(end) for end in found.bounds] if found.bounds else None,
        "conflict": found.conflict,
        "gap": found.gap,
    }
