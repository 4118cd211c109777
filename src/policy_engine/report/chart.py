"""Charts as SVG, drawn without any request: bars side by side, and curves. Sizes are in pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from html import escape

from policy_engine.values import format_number

__all__ = ["COLOURS", "Bar", "Line", "bar_chart", "curve_chart"]

COLOURS = ("#57606a", "#0969da", "#bf8700", "#1a7f37", "#8250df", "#cf222e", "#0550ae", "#953800")
_STYLE = (
    'text{font:12px system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;fill:#1f2328}'
    ".t{font-weight:600;font-size:14px}.s{fill:#59636e}.g{stroke:#d1d9e0}.c{fill:none;stroke-width:2}"
)
_LABEL = 230
_PLOT = 440
_RIGHT = 120
_ROW = 16


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the chart: for each series what is certain and, where it is open, what is possible at most."""

    label: str
    values: tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: its values at the places along the axis."""

    label: str
    values: tuple[Decimal, ...]


def bar_chart(title: str, series: Sequence[str], bars: Sequence[Bar]) -> str:
    """Bars from left to right, a group for each row; the part that is only possible is drawn pale."""
    most = max((high for bar in bars for _, high in bar.values), default=Decimal(0)) or Decimal(1)
    step = _ROW * len(series) + 12
    parts = list(_legend(series))
    for number, bar in enumerate(bars):
        top = 56 + number * step
        middle = top + _ROW * len(series) // 2 + 4
        parts.append(
            f'<text x="{_LABEL - 8}" y="{middle}" text-anchor="end"{_fit(bar.label)}>{escape(bar.label)}</text>'
        )
        for place, (low, high) in enumerate(bar.values):
            parts += _bar(top + _ROW * place, place, (low, high), most)
    return _svg(title, _LABEL + _PLOT + _RIGHT, 56 + len(bars) * step, parts)


def _bar(top: int, place: int, value: tuple[Decimal, Decimal], most: Decimal) -> Iterator[str]:
    low, high = value
    wide, sure = _scaled(high, most, _PLOT), _scaled(low, most, _PLOT)
    colour = COLOURS[place % len(COLOURS)]
    if high != low:
        yield f'<rect x="{_LABEL}" y="{top}" width="{wide}" height="{_ROW - 4}" fill="{colour}" fill-opacity=".2"/>'
    yield f'<rect x="{_LABEL}" y="{top}" width="{sure}" height="{_ROW - 4}" fill="{colour}"/>'
    text = format_number(low) if low == high else f"{format_number(low)}–{format_number(high)}"
    yield f'<text class="s" x="{_LABEL + max(wide, sure) + 5}" y="{top + 10}">{text}</text>'


def curve_chart(title: str, axis: str, places: Sequence[Decimal], lines: Sequence[Line]) -> str:
    """Curves over a figure."""
    most = max((value for line in lines for value in line.values), default=Decimal(0)) or Decimal(1)
    high, left, top = 260, 90, 56
    low, span = places[0], (places[-1] - places[0]) or Decimal(1)
    parts = list(_legend([line.label for line in lines]))
    for quarter in range(5):
        y = top + high - high * quarter // 4
        value = format_number((most * quarter / 4).quantize(Decimal(1), ROUND_CEILING))
        parts.append(f'<path class="g" d="M{left} {y}H{left + _PLOT + 100}"/>')
        parts.append(f'<text class="s" x="{left - 6}" y="{y + 4}" text-anchor="end">{value}</text>')
    for place in dict.fromkeys((places[0], places[len(places) // 2], places[-1])):
        x = left + _scaled(place - low, span, _PLOT + 100)
        parts.append(f'<text class="s" x="{x}" y="{top + high + 18}" text-anchor="middle">{_short(place)}</text>')
    for number, line in enumerate(lines):
        points = [
            f"{left + _scaled(at - low, span, _PLOT + 100)} {top + high - _scaled(value, most, high)}"
            for at, value in zip(places, line.values, strict=True)
        ]
        parts.append(f'<path class="c" stroke="{COLOURS[number % len(COLOURS)]}" d="M{"L".join(points)}"/>')
    middle = left + (_PLOT + 100) // 2
    parts.append(f'<text class="s" x="{middle}" y="{top + high + 38}" text-anchor="middle">{escape(axis)}</text>')
    return _svg(title, left + _PLOT + 140, top + high + 50, parts)


def _short(number: Decimal) -> str:
    return format_number(number.quantize(Decimal("0.01")))


def _scaled(value: Decimal, most: Decimal, pixels: int) -> int:
    return int(value * pixels / most)


def _legend(series: Sequence[str]) -> Iterator[str]:
    left = 12
    for number, label in enumerate(series):
        yield f'<rect x="{left}" y="32" width="10" height="10" fill="{COLOURS[number % len(COLOURS)]}"/>'
        yield f'<text class="s" x="{left + 15}" y="41">{escape(label)}</text>'
        left += 34 + _wide(label)


def _svg(title: str, width: int, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f'<text class="t" x="12" y="20">{escape(title)}</text>{"".join(parts)}</svg>\n'
    )


def _wide(text: str) -> int:
    """About how wide a text is drawn."""
    return sum(12 if ord(character) > 0x2E80 else 7 for character in text)


def _fit(text: str) -> str:
    """Squeezed where it would leave its place."""
    most = _LABEL - 20
    return f' textLength="{most}" lengthAdjust="spacingAndGlyphs"' if _wide(text) > most else ""
