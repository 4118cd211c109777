"""A document for people: a title, paragraphs, sections with lines and a table; as text, and as a page to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from policy_engine.errors import Language
from policy_engine.report.html import whole
from policy_engine.source import width

__all__ = ["BLANK", "Document", "Section", "documents_html", "documents_text"]

BLANK = "＿＿＿＿＿＿"
"""To be filled in by hand: what the pack does not say."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines, and a table under them. A line that begins with two spaces belongs to the one before."""

    heading: str
    lines: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    intro: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...] = ()


def documents_text(documents: Iterable[Document]) -> str:
    """One after another, with a form feed between."""
    return "\f\n".join(map(_text, documents))


def _text(document: Document) -> str:
    lines = [document.title, "", *document.intro]
    for section in document.sections:
        lines += ["", section.heading, *(f"  {line}" for line in section.lines), *_columns(section)]
    return "\n".join([*lines, "", *document.closing]).rstrip() + "\n"


def _columns(section: Section) -> Iterator[str]:
    """The table with its columns in line, also under wide characters."""
    rows = [section.headings, *section.rows] if section.rows else []
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()


_STYLE = """
body{font:16px/1.8 "Songti SC","SimSun","Noto Serif CJK SC",serif;color:#000;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;text-align:center}h2{font-size:1.05rem;margin:1.2rem 0 .2rem}p{margin:.15rem 0}p.below{margin-left:2rem}
table{border-collapse:collapse;width:100%;margin:.4rem 0}th,td{border:1px solid #000;padding:.15rem .5rem;text-align:left}
.closing{margin-top:2rem}
article+article{break-before:page}section{break-inside:avoid-page}@page{margin:2.2cm}@media print{body{margin:0;max-width:none}}
"""


def documents_html(documents: Sequence[Document], language: Language = "zh") -> str:
    """One page that asks for nothing from anywhere; in print each document begins on a sheet of its own."""
    title = documents[0].title if documents else ""
    return whole(title, f"<style>{_STYLE}</style>\n" + "\n".join(map(_html, documents)), language)


def _html(document: Document) -> str:
    parts = [f"<article><h1>{escape(document.title)}</h1>", *map(_paragraph, document.intro)]
    for section in document.sections:
        parts.append(f"<section><h2>{escape(section.heading)}</h2>")
        parts += map(_paragraph, section.lines)
        if section.rows:
            body = "".join(_row("td", row) for row in section.rows)
            parts.append(f"<table><thead>{_row('th', section.headings)}</thead><tbody>{body}</tbody></table>")
        parts.append("</section>")
    parts.append(f'<div class="closing">{"".join(map(_paragraph, document.closing))}</div></article>')
    return "\n".join(parts)


def _paragraph(line: str) -> str:
    below = ' class="below"' if line.startswith("  ") else ""
    return f"<p{below}>{escape(line.strip())}</p>"


def _row(tag: str, cells: tuple[str, ...]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
