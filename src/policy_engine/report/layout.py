"""Where the steps of a procedure stand in a picture: a row each, in order; other results run along lanes beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policy_engine.model.procedure import Procedure, Result

__all__ = ["BOX", "Arrow", "Layout", "Place", "layout"]

BOX = (300, 62)
"""Width and least height of a step, in pixels."""
_GAP = 46
_MARGIN = 28
_LANE = 14
_LINE = 15


@dataclass(frozen=True, slots=True)
class Place:
    """A step or an end: its box, about the middle line `x`."""

    id: str
    x: int
    top: int
    height: int
    end: bool

    @property
    def y(self) -> int:
        return self.top + self.height // 2

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def left(self) -> int:
        return self.x - BOX[0] // 2

    @property
    def right(self) -> int:
        return self.x + BOX[0] // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """A result from a step to where it leads, by the points it runs through: straight down, or out to a lane and back in."""

    source: str
    result: Result
    points: tuple[tuple[int, int], ...]

    @property
    def straight(self) -> bool:
        return len(self.points) == 2


@dataclass(frozen=True, slots=True)
class Layout:
    """All places and arrows, and the size of the picture."""

    places: Mapping[str, Place]
    arrows: tuple[Arrow, ...]
    width: int
    height: int


def layout(procedure: Procedure, beside: int = 0) -> Layout:
    """The steps and ends from top to bottom. `beside` is the room, in pixels, for words between the boxes and the lanes.

    Results that lead to the same place share its lane.
    """
    ids = [*procedure.steps, *procedure.ends]
    x = _MARGIN + BOX[0] // 2
    results = list(_results(procedure, ids))
    places: dict[str, Place] = {}
    top = _MARGIN
    for id_ in ids:
        lines = sum(source == id_ and line is not None for source, _, line in results)
        places[id_] = Place(id_, x, top, max(BOX[1], _LINE * (lines + 1)), id_ in procedure.ends)
        top = places[id_].bottom + _GAP
    lanes: dict[str, int] = {}
    arrows = []
    for source, result, line in results:
        here, there = places[source], places[result.to]
        if line is None:
            arrows.append(Arrow(source, result, ((here.x, here.bottom), (there.x, there.top))))
            continue
        lane = here.right + beside + _LANE * (lanes.setdefault(result.to, len(lanes)) + 1)
        leaves, enters = here.top + 12 + _LINE * line, there.y if there.end else there.bottom - 8
        points = ((here.right, leaves), (lane, leaves), (lane, enters), (there.right, enters))
        arrows.append(Arrow(source, result, points))
    width = x + BOX[0] // 2 + beside + _LANE * (len(lanes) + 1) + _MARGIN
    return Layout(places, tuple(arrows), width, top)


def _results(procedure: Procedure, ids: list[str]) -> Iterator[tuple[str, Result, int | None]]:
    """Each step's own results: one that leads to the next row goes straight (None), others leave on lines of their own."""
    for step in procedure.steps.values():
        following = ids[ids.index(step.id) + 1]
        line, straight = 0, False
        for result in step.results.values():
            if result.to == following and not straight:
                straight = True
                yield step.id, result, None
            else:
                yield step.id, result, line
                line += 1
