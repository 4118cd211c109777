"""Rows of tables to facts: a household's row and the rows of its lists, read as a facts file would be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from policy_engine.documents.mapping import mapped_cell
from policy_engine.documents.read_facts import read_facts_node
from policy_engine.documents.table_cells import cell_node, cell_words, is_empty
from policy_engine.documents.table_columns import ID, MAIN, Column
from policy_engine.documents.tables import HouseholdRows, Layout, Row, cell_of
from policy_engine.documents.yaml import ListNode, MapNode, Node, Scalar
from policy_engine.errors import FactsError, Problem, problem
from policy_engine.model.facts import Facts
from policy_engine.model.vocabulary import Vocabulary
from policy_engine.source import Source, Span

__all__ = ["read_household"]


def read_household(
    layouts: Iterable[Layout], household: HouseholdRows, vocabulary: Vocabulary
) -> tuple[Facts | None, tuple[Problem, ...]]:
    """The facts of a household, or None; with every problem, each in its cell."""
    problems: list[Problem] = []
    node = _node(layouts, household, problems)
    if problems:
        return None, _in_cells(layouts, problems)
    try:
        facts, found = read_facts_node(node, vocabulary)
    except FactsError as error:
        return None, _in_cells(layouts, error.problems)
    return facts, _in_cells(layouts, found)


def _in_cells(layouts: Iterable[Layout], problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems with their cells: while a row is read it is a source, and its columns are the positions in it."""
    by_name = {layout.name: layout for layout in layouts}
    placed = []
    for found in problems:
        if found.span is None:
            placed.append(found)
            continue
        name, row = cell_of(found.span.source.name)
        layout, at = by_name[name], found.span.start
        placed.append(replace(_for_clerks(found, layout, at), span=None, where=layout.place(at, row)))
    return tuple(placed)


def _for_clerks(found: Problem, layout: Layout, at: int) -> Problem:
    """The problem with the heading of its column for the path of its fact, and with columns for keys of a facts file."""
    mapped = layout.columns[at]
    if mapped is None:
        return found
    heading = layout.sheet.heading(mapped.column)
    details = tuple((name, heading if name == "fact" else text) for name, text in found.details)
    code = "table.judgement" if found.code == "facts.judgement_without_evidence" else found.code
    return replace(found, code=code, details=details)


def _node(layouts: Iterable[Layout], household: HouseholdRows, problems: list[Problem]) -> MapNode:
    tree: dict[str, Any] = {}
    complete: dict[str, bool] = {}
    records: dict[str, ListNode] = {}
    span = Span(Source(MAIN, ""), 0, 0)
    for layout in layouts:
        if not layout.sheet.list:
            tree = _entries(layout, household.row, problems, complete)
            span = _row_span(layout, household.row)
        elif household.lists.get(layout.sheet.list):
            rows = household.lists[layout.sheet.list]
            nodes = [_map(_entries(layout, row, problems, {}), _row_span(layout, row)) for row in rows]
            for node in nodes:
                node.entries.pop(ID, None)
            records[layout.sheet.list] = ListNode(tuple(nodes), _row_span(layout, rows[0]))
    for id_, whole in complete.items():
        if not whole:
            records.pop(id_, None)
        else:
            records.setdefault(id_, ListNode((), span))
    return _map(tree | records, span)


def _row_span(layout: Layout, row: Row) -> Span:
    """The cell that names the household."""
    return Span(Source(f"{layout.name}!{row.number}", ""), layout.id_at, layout.id_at)


def _entries(layout: Layout, row: Row, problems: list[Problem], complete: dict[str, bool]) -> dict[str, Any]:
    """The row as nested names; a judgement as `{value, by, observed_on}`."""
    for at in layout.without_heading(row):
        found = cell_words(row.cells[at])
        problems.append(problem("table.beyond_columns", where=layout.place(at, row.number), found=found))
    tree: dict[str, Any] = {}
    source = Source(f"{layout.name}!{row.number}", "")
    for at, (mapped, cell) in enumerate(zip(layout.columns, row.cells, strict=False)):
        if mapped is None:
            continue
        if (row.number, at) in layout.merged:
            block = layout.merged[row.number, at]
            problems.append(problem("table.merged", where=layout.place(at, row.number), found=block))
            continue
        if is_empty(cell):
            continue
        given = cell
        if mapped.values or mapped.factor != 1:
            given = mapped_cell(cell, mapped)
            if is_empty(given):
                continue
        node = cell_node(given, mapped.column.type, Span(source, at, at))
        if isinstance(node, Problem):
            problems.append(node)
        elif mapped.column.part == "complete":
            complete[mapped.column.path[0]] = isinstance(node, Scalar) and node.text == "true"
        else:
            _put(tree, mapped.column, node)
    return tree


def _put(tree: dict[str, Any], column: Column, node: Node) -> None:
    *above, last = column.path
    for step in above:
        tree = tree.setdefault(step, {})
    if column.fact.judgement:
        tree.setdefault(last, {})[column.part] = node
    else:
        tree[last] = node


def _map(tree: dict[str, Any], span: Span) -> MapNode:
    entries: dict[str, tuple[Scalar, Node]] = {}
    for key, value in tree.items():
        if not isinstance(value, dict):
            entries[key] = _word(key), value
        elif "value" in value or not value.keys() <= {"by", "observed_on"}:
            entries[key] = _word(key), _map(value, span)
    return MapNode(entries, span)


@lru_cache(maxsize=4096)
def _word(key: str) -> Scalar:
    return Scalar(key, Span(Source(key, key), 0, len(key)))
