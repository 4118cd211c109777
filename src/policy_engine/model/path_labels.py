"""What a path into the facts, or an id of a pack, is called."""

from __future__ import annotations

from policy_engine.model.label import Label
from policy_engine.model.pack import Pack
from policy_engine.model.paths import parts

__all__ = ["YEAR_LABELS", "label_of", "place"]

YEAR_LABELS = {"this_year": Label("本年度", "this year's"), "last_year": Label("上年度", "last year's")}


def label_of(path: str, pack: Pack, subject: str, language: str) -> str:
    """The label of a fact by its path, or of a parameter, reading or decision by its id."""
    for kind in (pack.parameters, pack.decisions):
        if path in kind:
            return kind[path].label.in_(language) or path
    if path in pack.readings:
        words = pack.reading(path).reads.words
        return words if language == "zh" and words else path.replace("_", " ")
    fact = pack.vocabulary.fact(subject, path)
    if fact is None:
        return path
    label = fact.label.in_(language)
    head = next((YEAR_LABELS[part].in_(language) for part in path.split(".") if part in YEAR_LABELS), "")
    if head:
        label = f"{label}（{head}）" if language == "zh" else f"{head} {label.lower()}"
    where = place(path, language)
    if not where:
        return label
    return f"{label}（{where}）" if language == "zh" else f"{label} ({where})"


def place(path: str, language: str) -> str:
    """The item that a path leads into, by number: `members[2].health` as 第2人."""
    numbered = [(name, number) for name, number in parts(path) if number is not None]
    if language == "zh":
        units = {"members": "人", "households": "户", "villages": "村"}
        return "".join(f"第{number}{units.get(name, '项')}" for name, number in numbered)
    singular = {"members": "member", "households": "household", "villages": "village"}
    return ", ".join(f"{singular.get(name, name)} {number}" for name, number in numbered)
