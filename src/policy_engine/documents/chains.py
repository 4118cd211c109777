"""Chains of requirement between decisions and readings: cycles, and chains too long to follow."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["long_or_circular"]


def long_or_circular(edges: Mapping[str, tuple[str, ...]], longest: int) -> tuple[str, str] | None:
    """The first name under which more than `longest` others lie in a row, with the cycle, if it is one."""
    depths: dict[str, int] = {}
    for start in edges:
        found = _chain(start, edges, depths)
        if isinstance(found, str):
            return start, found
        if found > longest:
            return start, ""
    return None


def _chain(start: str, edges: Mapping[str, tuple[str, ...]], depths: dict[str, int]) -> int | str:
    """How many steps of requirement lie under this one; or the cycle that it leads into."""
    stack: list[tuple[str, int]] = [(start, 0)]
    path: list[str] = []
    while stack:
        name, level = stack.pop()
        del path[level:]
        if name in path:
            return " → ".join([*path[path.index(name) :], name])
        path.append(name)
        below = [other for other in edges.get(name, ()) if other in edges]
        fresh = [other for other in below if other not in depths]
        if not fresh:
            depths[name] = 1 + max((depths[other] for other in below), default=0)
            continue
        stack += [(name, level), *((other, level + 1) for other in fresh)]
    return depths[start]
