"""What differs between two packs, in the words of policy: as text, as a page, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Any

from policy_engine.checking.difference import SECTIONS, Change, Difference
from policy_engine.errors import Language
from policy_engine.expression.tree import Node
from policy_engine.model.canonical import plain
from policy_engine.model.pack import Pack
from policy_engine.report.difference_words import aspect_words, section_words, what_words, written
from policy_engine.report.html import document
from policy_engine.source import width

__all__ = ["FORM", "difference_data", "difference_html", "difference_text"]

FORM = 1
"""Version of the JSON form. Fields may be added within a version; none changes its meaning or goes away."""
_COLUMN = 66
"""Column at which clauses stand."""
_SHORT = 60
"""Width up to which before and after stand in one line."""
_MARKS = {"added": "+", "removed": "−", "changed": "~"}


def difference_text(found: Difference, language: Language = "zh") -> str:
    """Sections, in them the parts that differ with their clauses, and what of each is not the same."""
    lines = list(_head(found, language))
    for section, parts in _sections(found):
        lines += ["", section_words(section, language)]
        for part in parts:
            lines += _part(found, part, language)
    return "\n".join([*lines, "", _summary(found, language)])


def _head(found: Difference, language: Language) -> Iterator[str]:
    for word, pack in (({"zh": "旧", "en": "old"}, found.old), ({"zh": "新", "en": "new"}, found.new)):
        yield f"{word[language]}  {pack.id} {pack.version}  sha256 {pack.hash[:16]}…  {pack.title.in_(language)}"


def _sections(found: Difference) -> Iterator[tuple[str, list[list[Change]]]]:
    """The sections in which something differs; in each, the changes of one part together."""
    for section in SECTIONS:
        changes = [change for change in found.changes if change.section == section]
        if changes:
            yield section, [list(group) for _, group in groupby(changes, key=_of)]


def _of(change: Change) -> tuple[str, str, str]:
    return change.what, change.part, change.kind


def _part(found: Difference, changes: list[Change], language: Language) -> Iterator[str]:
    first = changes[0]
    label = first.label.in_(language)
    if label:
        line = f"  {_MARKS[first.kind]} {what_words(first.what, language)}{label}  [{first.part}]"
        clauses = "" if first.what == "clause" else "、".join(first.clauses)
        yield f"{line}{' ' * max(2, _COLUMN - width(line))}{clauses}".rstrip()
    for change in changes:
        yield from _change(found, change, language)


def _change(found: Difference, change: Change, language: Language) -> Iterator[str]:
    before, after = _sides(found, change, language)
    words = aspect_words(change, language)
    if change.kind != "changed":
        yield from (f"      {line}" for line in (before or after).splitlines())
    elif _is_block(change) or width(before + after) > _SHORT:
        yield f"      {words}:"
        yield from (
            f"        {mark} {line}" for mark, side in (("−", before), ("+", after)) for line in side.splitlines()
        )
    else:
        yield f"      {words}: {before} → {after}"


def _is_block(change: Change) -> bool:
    return isinstance(change.before, Node) or isinstance(change.after, Node)


def _sides(found: Difference, change: Change, language: Language) -> tuple[str, str]:
    """Before and after, in words; empty where a part is not there."""

    def side(pack: Pack, value: Any, absent: str) -> str:
        return "" if change.kind == absent else written(pack, change, value, language)

    return side(found.old, change.before, "added"), side(found.new, change.after, "removed")


def _summary(found: Difference, language: Language) -> str:
    if found.same and found.old.hash == found.new.hash:
        return {"zh": "没有不同。", "en": "Nothing differs."}[language]
    if found.same:
        return {
            "zh": "内容没有不同，只是排列次序不同。",
            "en": "Nothing differs but the order in which parts stand.",
        }[language]
    comma = "，" if language == "zh" else ", "
    return comma.join(f"{section_words(section, language)} {len(parts)}" for section, parts in _sections(found))


def difference_html(found: Difference, language: Language = "zh") -> str:
    """A page with a table for each section: what, before, after, clauses."""
    title = " → ".join(f"{pack.id} {pack.version}" for pack in (found.old, found.new))
    head = "<br>".join(escape(line) for line in _head(found, language))
    body = [f'<h1>{escape(title)}</h1><p class="sub">{head}</p>']
    for section, parts in _sections(found):
        rows = "".join(_rows(found, part, language) for part in parts)
        body.append(f"<section><h2>{escape(section_words(section, language))}</h2><table>{rows}</table></section>")
    body.append(f"<p>{escape(_summary(found, language))}</p>")
    return document(title, "".join(body), language)


def _rows(found: Difference, changes: list[Change], language: Language) -> str:
    first = changes[0]
    label = first.label.in_(language)
    clauses = f'<span class="cite">{escape("、".join(first.clauses))}</span>' if first.clauses else ""
    what = escape(what_words(first.what, language))
    head = f"{_MARKS[first.kind]} {what}{escape(label)} <code>{escape(first.part)}</code> {clauses}"
    rows = [f'<tr><th colspan="3">{head}</th></tr>'] if label else []
    for change in changes:
        before, after = (escape(side).replace("\n", "<br>") for side in _sides(found, change, language))
        tags = (f"<del>{before}</del>" if before else ""), (f"<ins>{after}</ins>" if after else "")
        words = escape(aspect_words(change, language))
        rows.append(f"<tr><td>{words}</td><td>{tags[0]}</td><td>{tags[1]}</td></tr>")
    return "".join(rows)


def difference_data(found: Difference) -> dict[str, Any]:
    """The same as plain data: expressions as their text, labels in both languages."""
    return {
        "form": FORM,
        "old": _pack(found.old),
        "new": _pack(found.new),
        "same": found.same,
        "changes": [_datum(change) for change in found.changes],
    }


def _pack(pack: Pack) -> dict[str, str]:
    return {"id": pack.id, "version": pack.version, "hash": pack.hash}


def _datum(change: Change) -> dict[str, Any]:
    from_, to = change.days or (None, None)
    return {
        "section": change.section,
        "what": change.what,
        "part": change.part,
        "label": plain(change.label),
        "kind": change.kind,
        "aspect": change.aspect,
        "from": from_.isoformat() if from_ else None,
        "to": to.isoformat() if to else None,
        "before": _side(change.before),
        "after": _side(change.after),
        "type": str(change.type) if change.type is not None else "",
        "clauses": list(change.clauses),
    }


def _side(value: Any) -> Any:
    """A part as data, without what the linker makes of it."""
    data = plain(value)
    if isinstance(data, dict):
        logic = data.get("logic")
        for part in (data, logic if isinstance(logic, dict) else {}):
            for derived in ("requires", "exclusive", "exhaustive"):
                part.pop(derived, None)
        if "logic" in data or "values" in data:
            data.pop("type")
    return data
