"""The official text quoted in reports: each cited sentence with its words marked, and a warning where it has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from policy_engine.checking.quoting import Quote, Quotes
from policy_engine.errors import Language
from policy_engine.model.citation import Citation
from policy_engine.model.label import Label

__all__ = ["quote_lines", "quotes_html"]

_TITLE = Label("原文", "The official text")
_CHECKED = Label("与政策包所依据的文本核对一致", "checked: it is the text that the pack was made from")
_DIFFERS = Label("注意：与政策包所依据的文本不一致", "Mind: it is not the text that the pack was made from")
_SEE = Label("详见 sources check", "see sources check")
_CLAUSE: dict[str, Label] = {
    "changed": Label("改动", "changed"),
    "moved": Label("移动", "moved"),
    "missing": Label("缺失", "missing"),
}
_FEW = 6
"""Clauses that are named one by one where they differ; more are counted."""
_ADDED = Label("另多出 {count} 处", "{count} stretches added")
_CHANGED = Label("这句话已有改动", "this sentence has changed")
_VANISHED = Label("引文{words}已不在此处", "the cited words {words} are gone")
_MISSING = Label("所给文本中找不到引文{words}", "the cited words {words} are not in the text given")
_NO_CLAUSE = Label("所给文本中找不到这一条", "this clause is not in the text given")
_UNCHECKED = Label("政策包没有这一条的哈希，无法核对", "the pack has no hashes of this clause, so it cannot be checked")


def quote_lines(quotes: Quotes, cites: Iterable[Citation], language: Language) -> Iterator[str]:
    """The quoted sentences in the order of the document; cited words in 【】."""
    yield (
        f"{_TITLE.in_(language)} ({_state(quotes, language)})"
        if language == "en"
        else (f"{_TITLE.in_(language)}（{_state(quotes, language)}）")
    )
    for found in _sentences(quotes, cites):
        line = "".join(f"【{part}】" if marked else part for part, marked in _parts(found))
        told = found.told(language)
        yield f"  {found.clause:<6} {': '.join(part for part in (told and f'⚠ {told}', line) if part)}"


def quotes_html(quotes: Quotes, cites: Iterable[Citation], language: Language) -> str:
    """The same as a card."""
    rows = []
    for found in _sentences(quotes, cites):
        parts = _parts(found)
        line = "".join(f"<mark>{escape(part)}</mark>" if marked else escape(part) for part, marked in parts)
        told = found.told(language)
        told = f'<span class="badge bad">{escape(told)}</span> ' if told else ""
        rows.append(f"<tr><th>{escape(found.clause)}</th><td>{told}{line}</td></tr>")
    kind = "" if quotes.match.unchanged else " bad"
    return (
        f'<section><h2>{escape(_TITLE.in_(language))} <span class="badge{kind}">{escape(_state(quotes, language))}</span>'
        f'</h2><div class="body"><table>{"".join(rows)}</table></div></section>'
    )


def _state(quotes: Quotes, language: Language) -> str:
    """Is the text the pack's? If not, which clauses differ."""
    if quotes.match.unchanged:
        return _CHECKED.in_(language)
    zh = language == "zh"
    differing = [clause for clause in quotes.match.clauses if clause.status in _CLAUSE]
    parts = [f"{clause.number} {_CLAUSE[clause.status].in_(language)}" for clause in differing]
    if len(differing) > _FEW:
        counts = Counter(clause.status for clause in differing)
        parts = [f"{_CLAUSE[status].in_(language)} {counts[status]}" for status in _CLAUSE if counts[status]]
    parts += [_ADDED.in_(language).format(count=len(quotes.match.added))] if quotes.match.added else []
    listed = ("、" if zh else ", ").join(parts)
    return f"{_DIFFERS.in_(language)}{'：' if zh else ': '}{listed}{'；' if zh else '; '}{_SEE.in_(language)}"


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of the text with all that is cited of it, or what is cited and nowhere found."""

    clause: str
    text: str
    quotes: tuple[tuple[str, Quote], ...]

    def words(self, status: str, language: Language) -> str:
        """The cited words with this status."""
        comma = "、" if language == "zh" else ", "
        return comma.join(f"“{words}”" for words, quote in self.quotes if quote.status == status and words)

    def told(self, language: Language) -> str:
        """What is wrong with it; empty where nothing is."""
        statuses = {quote.status for _, quote in self.quotes}
        parts = [_CHANGED] if statuses & {"changed", "vanished"} else []
        parts += [_VANISHED] if "vanished" in statuses else []
        parts += [_UNCHECKED] if "unchecked" in statuses else []
        if "missing" in statuses:
            parts.append(_MISSING if self.words("missing", language) else _NO_CLAUSE)
        words = self.words("vanished", language) or self.words("missing", language)
        return ("；" if language == "zh" else "; ").join(part.in_(language).format(words=words) for part in parts)


def _sentences(quotes: Quotes, cites: Iterable[Citation]) -> Iterator[_Sentence]:
    """Every sentence once, in the order of the document."""
    order = {clause.number: place for place, clause in enumerate(quotes.match.clauses)}
    quoted = [(cite, quotes.of[cite]) for cite in cites if cite in quotes.of]
    found: dict[tuple[str, str], list[tuple[str, Quote]]] = {}
    for cite, quote in sorted(quoted, key=lambda pair: (order[pair[0].clause], pair[1].place, len(pair[1].text))):
        found.setdefault((cite.clause, quote.text), []).append((cite.words, quote))
    for (clause, text), same in found.items():
        yield _Sentence(clause, text, tuple(same))


def _parts(found: _Sentence) -> Iterator[tuple[str, bool]]:
    """The text cut where a mark begins or ends; marks that overlap are one."""
    at = 0
    for start, end in _merged(sorted({(quote.start, quote.end) for _, quote in found.quotes if quote.end})):
        if at < start:
            yield found.text[at:start], False
        yield found.text[start:end], True
        at = end
    if at < len(found.text):
        yield found.text[at:], False


def _merged(marks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in marks:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
