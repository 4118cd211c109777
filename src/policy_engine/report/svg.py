"""A procedure as a picture: steps with actors and clauses, results with where they lead. SVG, drawn without any request."""

from __future__ import annotations

from html import escape

from policy_engine.errors import Language
from policy_engine.model.pack import Pack
from policy_engine.model.procedure import Procedure, Result
from policy_engine.report.layout import BOX, Arrow, Place, layout
from policy_engine.report.procedure import actors_text, in_

__all__ = ["procedure_svg"]

_STYLE = """
text{font:13px system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;fill:#1f2328}
.t{font-weight:600}.s{font-size:11px;fill:#59636e}.l{font-size:11px;fill:#0a3069}
rect{fill:#f6f8fa;stroke:#8c959f}rect.end{fill:#dafbe1;stroke:#1a7f37}rect.stop{fill:#fff;stroke:#8c959f}
path{fill:none;stroke:#57606a;stroke-width:1.2}path.unsaid{stroke-dasharray:4 3}
"""
_HEAD = 64


def procedure_svg(pack: Pack, procedure: Procedure, language: Language = "zh") -> str:
    """The picture. A dashed arrow: the document does not say what follows. A green box: an end that settles something."""
    beside = [_label(result, language) for step in procedure.steps.values() for result in step.results.values()]
    drawn = layout(procedure, max(_wide(text, 11) for text in beside) + 16)
    width, height = drawn.width, drawn.height + _HEAD
    notes = [f"{pack.title.in_(language)} {pack.number}".strip(), _throughout(procedure, language)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>{escape(procedure.label.in_(language))}</title><style>{_STYLE}</style>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">',
        '<path d="M0 0L8 4L0 8z" style="fill:#57606a;stroke:none"/></marker></defs>',
        f'<text class="t" x="28" y="24">{escape(procedure.label.in_(language))}</text>',
        *(
            f'<text class="s" x="28" y="{41 + 16 * row}">{escape(note)}</text>'
            for row, note in enumerate(filter(None, notes))
        ),
        f'<g transform="translate(0 {_HEAD - 14})">',
    ]
    parts += [_arrow(arrow) for arrow in drawn.arrows]
    parts += [_box(pack, procedure, place, language) for place in drawn.places.values()]
    parts += [_words(arrow, language) for arrow in drawn.arrows]
    return "".join(parts) + "</g></svg>\n"


def _throughout(procedure: Procedure, language: Language) -> str:
    """The results that are possible at every step, which are not drawn."""
    found = [
        f"{_label(result, language)} → {procedure.ends[result.to].label.in_(language)}"
        if result.to in procedure.ends
        else _label(result, language)
        for result in procedure.throughout.values()
    ]
    return in_("任何一步：", "At every step: ", language) + "; ".join(found) if found else ""


def _label(result: Result, language: Language) -> str:
    unsaid = "" if result.stated else in_("（文件未写明）", " (not stated)", language)
    return (result.label.in_(language) or result.id) + unsaid


def _words(arrow: Arrow, language: Language) -> str:
    (x, y), (_, below) = arrow.points[:2]
    place = (x + 8, (y + below) // 2 + 4) if arrow.straight else (x + 8, y - 3)
    return f'<text class="l" x="{place[0]}" y="{place[1]}">{escape(_label(arrow.result, language))}</text>'


def _arrow(arrow: Arrow) -> str:
    unsaid = "" if arrow.result.stated else ' class="unsaid"'
    line = "L".join(f"{x} {y}" for x, y in arrow.points)
    return f'<path d="M{line}"{unsaid} marker-end="url(#a)"/>'


def _box(pack: Pack, procedure: Procedure, place: Place, language: Language) -> str:
    what = procedure.ends[place.id] if place.end else procedure.step(place.id)
    kind = ("end" if procedure.ends[place.id].settles else "stop") if place.end else "step"
    clauses = ", ".join(dict.fromkeys(cite.clause for cite in what.cites))
    below = "" if place.end else _who(pack, procedure.step(place.id).by, language)
    note = " · ".join(part for part in (below, clauses) if part)
    title = what.label.in_(language)
    return (
        f'<rect class="{kind}" x="{place.left}" y="{place.top}" width="{BOX[0]}" height="{place.height}" '
        f'rx="{place.height // 2 if place.end else 8}"/>'
        f'<text class="t" x="{place.x}" y="{place.y - 4}" text-anchor="middle"{_fit(title)}>{escape(title)}</text>'
        f'<text class="s" x="{place.x}" y="{place.y + 16}" text-anchor="middle"{_fit(note, 11)}>{escape(note)}</text>'
    )


def _who(pack: Pack, actors: tuple[str, ...], language: Language) -> str:
    """The actors; of many only the first, and how many there are."""
    text = actors_text(pack, actors, language)
    if _wide(text, 11) < BOX[0] - 60:
        return text
    first = actors_text(pack, actors[:1], language)
    return in_(f"{first}等{len(actors)}方", f"{first} and {len(actors) - 1} more", language)


def _wide(text: str, size: int = 13) -> int:
    """About how wide a text is drawn."""
    return sum(size if ord(character) > 0x2E80 else size * 6 // 10 for character in text)


def _fit(text: str, size: int = 13) -> str:
    """Squeezed where it would leave its box."""
    most = BOX[0] - 24
    return f' textLength="{most}" lengthAdjust="spacingAndGlyphs"' if _wide(text, size) > most else ""
