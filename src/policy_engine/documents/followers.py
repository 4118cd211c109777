"""Which problems of a pack follow from others, and wait until those are mended."""

from __future__ import annotations

from collections.abc import Iterable

from policy_engine.errors import Problem

__all__ = ["without_followers"]

_FOLLOWS = ("expression.unknown_name", "expression.unknown_entry", "link.unknown_clause", "link.unknown_decision")
"""Problems that follow from a file that could not be read to its end; they are not reported beside that."""


_FOLLOWS_IN_FILE = (
    "form.missing_key",
    "link.no_value",
    "link.expression_or_table",
    "link.no_citation",
    "link.no_end",
    "link.leads_nowhere",
    "link.unreachable_step",
    "link.never_ends",
    "link.unknown_result",
    "link.unknown_particular",
)
"""Problems that may follow from a part of the same file that was misread; they wait until that is mended."""


def without_followers(read: Iterable[Problem], linked: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems of reading and of linking, each once, without those that follow from something misread."""
    first = tuple(read)
    problems = tuple(dict.fromkeys((*first, *linked)))
    misread = {found.span.source.name for found in first if found.span and found.code.startswith("form.")}
    later = set(problems) - set(first)
    problems = tuple(
        found
        for found in problems
        if not (found in later and found.code in _FOLLOWS_IN_FILE and found.span and found.span.source.name in misread)
    )
    if any(found.code.startswith("yaml.") for found in problems):
        problems = tuple(found for found in problems if found.code not in _FOLLOWS)
    return problems
