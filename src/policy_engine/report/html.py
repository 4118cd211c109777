"""A decision as one self-contained page, or as a fragment for a notebook; no request to anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from policy_engine.checking.quoting import Quotes
from policy_engine.decision.answer import Answer, Decision
from policy_engine.errors import Language
from policy_engine.evaluation.observe import TraceNode, cites_below
from policy_engine.model.citation import Citation
from policy_engine.model.path_labels import place
from policy_engine.report.quotes import quotes_html
from policy_engine.report.text import cited, headline, mark, missing_label, node_text, relied_text
from policy_engine.report.words import say

__all__ = ["decision_html", "document", "page"]

_STYLE = """
.pe{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1f2328;max-width:60rem}
.pe h1{font-size:1.2rem;margin:0 0 .2rem}.pe .sub{color:#59636e;margin:0 0 1rem}
.pe section{border:1px solid #d1d9e0;border-radius:8px;margin:0 0 1rem;overflow:hidden}
.pe h2{font-size:1rem;margin:0;padding:.6rem .9rem;background:#f6f8fa;border-bottom:1px solid #d1d9e0;
 display:flex;gap:.8rem;align-items:baseline;flex-wrap:wrap}
.pe .badge{font-weight:600;border-radius:6px;padding:.05rem .55rem;background:#dafbe1;color:#116329}
.pe .badge.open{background:#fff8c5;color:#7d4e00}.pe .badge.bad{background:#ffebe9;color:#a40e26}
.pe .body{padding:.5rem .9rem .8rem}.pe ul{list-style:none;margin:0;padding-left:1.1rem}.pe .body>ul{padding-left:0}
.pe span.cite{font-weight:400;color:#59636e;font-size:.85em;margin-left:.8rem}
.pe .m{display:inline-block;width:1.2em;text-align:center}
.pe .m.yes{color:#1a7f37}.pe .m.no{color:#a40e26}.pe .m.open{color:#9a6700;font-weight:700}
.pe table{border-collapse:collapse;width:100%}.pe th,.pe td{border-top:1px solid #d1d9e0;padding:.3rem .6rem;text-align:left;
 vertical-align:top}.pe dl{display:grid;grid-template-columns:max-content 1fr;gap:0 .8rem;margin:0}.pe dt{color:#59636e}
.pe dd{margin:0}.pe mark{background:#fff8c5}.pe ins{background:#dafbe1;text-decoration:none}.pe del{background:#ffebe9}
.pe h3{font-size:.9rem;margin:.7rem 0 .2rem;color:#59636e}.pe summary{cursor:pointer}
@media print{.pe section{break-inside:avoid}}
"""

_CLASSES = {"✓": "yes", "✗": "no", "?": "open", "·": ""}


def page(decisions: Iterable[Decision], language: Language = "zh", quotes: Mapping[str, Quotes] | None = None) -> str:
    """A whole document with one or more decisions; `quotes` are the official texts by the packs' ids."""
    of = (quotes or {}).get
    parts = (decision_html(decision, language, of(decision.pack.id)) for decision in decisions)
    return whole("policy_engine", "\n".join(parts), language)


def document(title: str, body: str, language: Language = "zh") -> str:
    """A whole document with a body in the style of these pages."""
    return whole(title, f'<div class="pe"><style>{_STYLE}</style>{body}</div>', language)


def whole(title: str, body: str, language: Language = "zh") -> str:
    """A whole page around a body; nothing in it asks for anything from anywhere."""
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title></head><body>\n{body}\n</body></html>\n"
    )


def decision_html(decision: Decision, language: Language = "zh", quotes: Quotes | None = None) -> str:
    """A fragment: the answers as cards, each with its reasons as a tree; and the official text of what they cite."""
    pack = decision.pack
    head = escape(pack.title.in_(language))
    who = (
        f"{decision.on} · {say(decision.subject, language)} {decision.subject_id or '—'} · {pack.number} {pack.issuer}"
    )
    parts = [f'<div class="pe"><style>{_STYLE}</style><h1>{head}</h1><p class="sub">{escape(who)}</p>']
    if decision.masked:
        parts.append(f"<p>{escape(say('masked', language))}</p>")
    if decision.scope.inside is not True:
        parts.append(_scope(decision, language))
    parts += [_card(decision, answer, language) for answer in decision.answers]
    parts += [f"<p>{escape(found.show(language))}</p>" for found in decision.problems]
    if quotes is not None and decision.answers:
        parts.append(quotes_html(quotes, cites_below(answer.trace for answer in decision.answers), language))
    return "".join(parts) + "</div>"


def _scope(decision: Decision, language: Language) -> str:
    closed = decision.scope.inside is False
    word = say("out_of_scope" if closed else "scope_open", language)
    lines = [reason.message(language) for reason in decision.scope.reasons]
    lines += [missing_label(item, decision, language) for item in decision.scope.missing]
    return (
        f'<section><h2><span class="badge {"bad" if closed else "open"}">{escape(word)}</span></h2>'
        f'<div class="body">{_list(lines)}</div></section>'
    )


def _card(decision: Decision, answer: Answer, language: Language) -> str:
    label = decision.pack.decision(answer.decision).label.in_(language)
    if answer.item:
        label += f" · {place(answer.item, language)}"
    kind = {"determined": "", "undetermined": " open"}.get(answer.status, " bad")
    parts = [
        f'<section><h2>{escape(label)} <span class="badge{kind}">',
        escape(headline(decision.pack, answer, language)),
        f"</span>{_cites(answer.trace.cites)}</h2>",
        '<div class="body">',
    ]
    if answer.missing:
        parts.append(f"<h3>{escape(say('still_needed', language))}</h3>")
        parts.append(_list(missing_label(item, decision, language) for item in answer.missing))
    parts.append(f"<details open><summary>{escape(say('why', language))}</summary>")
    written = {(answer.trace.text, answer.trace.item)}
    branches = "".join(_tree(decision, child, language, answer.decision, written) for child in answer.trace.children)
    parts.append(f"<ul>{branches}</ul></details>")
    if answer.relied:
        parts.append(f"<h3>{escape(say('relied', language))}</h3>")
        parts.append(_list(relied_text(decision, relied, language) for relied in answer.relied))
    return "".join(parts) + "</div></section>"


def _tree(decision: Decision, node: TraceNode, language: Language, owner: str, written: set[tuple[str, str]]) -> str:
    """A node and what is below it; a decision that has been written out is only named."""
    if node.kind == "decision":
        if (node.text, node.item) in written and node.children:
            node = node._replace(children=(), origin="shown above")
        written.add((node.text, node.item))
        owner = node.text
    sign, _, text = node_text(decision, node, language, owner).partition(" ")
    cites = _cites(node.cites)
    below = "".join(_tree(decision, child, language, owner, written) for child in node.children)
    return (
        f'<li><span class="m {_CLASSES[mark(node.value)]}">{sign}</span> {escape(text)}{cites}'
        f"{f'<ul>{below}</ul>' if below else ''}</li>"
    )


def _cites(cites: tuple[Citation, ...]) -> str:
    return f'<span class="cite">{escape(cited(cites))}</span>' if cites else ""


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
