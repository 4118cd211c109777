"""Operations: exact on known values, and never settled too early on unknown ones."""

from __future__ import annotations

import calendar
import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generators import GRAMMAR, TYPES, expressions, half_known, narrows, places, visible
from policy_engine.evaluation.context import Context, evaluate
from policy_engine.evaluation.operations import unknown_of
from policy_engine.expression import temporal
from policy_engine.expression.check import check
from policy_engine.expression.parse import parse
from policy_engine.expression.types import BOOLEAN, NUMBER, ListType
from policy_engine.values import Missing, Months, Possibly, Record, Unknown, show


def value_of(text, **values):
    _, value, problems = evaluate(text, Context(Record(values)))
    assert problems == (), [problem.show() for problem in problems]
    return value


@cache
def typed(text):
    node, problems = parse(text)
    assert node is not None, problems
    node, problems = check(node, Context(Record(), TYPES))
    assert problems == (), [problem.show() for problem in problems]
    return node


def seen_value(text, world, hidden):
    return Context(visible(world, hidden), TYPES).value(typed(text), {})


def undefined_code(text, **values):
    found = value_of(text, **values)
    assert isinstance(found, Unknown)
    assert found.missing == ()
    assert found.problems[0].span is not None
    assert "None" not in found.problems[0].show()
    return found.problems[0].code


# ---- numbers


def half_even_34(exact):
    """The rational number to 34 significant digits, half to even, by whole numbers alone."""
    if exact == 0:
        return exact
    step = Fraction(1)
    while abs(exact) >= 10**34 * step:
        step *= 10
    while abs(exact) < 10**33 * step:
        step /= 10
    return round(exact / step) * step


AMOUNTS = st.decimals(-(10**12), 10**12, places=2)
LONG = st.integers(-(10**34) + 1, 10**34 - 1).map(Decimal) | AMOUNTS | st.integers(-9, 9).map(Decimal)


@settings(deadline=None, max_examples=200)
@given(LONG, LONG, st.sampled_from("+-*/"))
@example(Decimal(1), Decimal(3), "/")
@example(Decimal(2), Decimal(3), "/")
@example(Decimal("9" * 34), Decimal("0.5"), "+")
@example(Decimal("9" * 33 + "8"), Decimal("0.5"), "+")
def test_arithmetic_has_34_digits_half_to_even(one, other, op):
    if op == "/" and other == 0:
        assert undefined_code("a / b", a=one, b=other) == "value.division_by_zero"
        return
    left, right = Fraction(one), Fraction(other)
    exact = {"+": left + right, "-": left - right, "*": left * right, "/": left / right if right else None}[op]
    assert Fraction(value_of(f"a {op} b", a=one, b=other)) == half_even_34(exact)
    assert Fraction(value_of("-a", a=one)) == -left


@settings(deadline=None, max_examples=200)
@given(AMOUNTS, st.integers(1, 30), st.integers(0, 10**6).map(lambda cents: Decimal(cents) / 100), st.integers(-2, 2))
@example(Decimal("23999.99"), 4, Decimal(6000), 0)
def test_a_figure_per_head_is_compared_unrounded(amount, people, line, cents):
    values = {"amount": amount, "people": Decimal(people), "line": line}
    assert value_of("amount / people < line", **values) is (Fraction(amount) < Fraction(line) * people)
    near = line * people + Decimal(cents) / 100
    assert value_of("near / people >= line", near=near, **values) is (cents >= 0)


def test_known_figures():
    assert value_of("23999.99 / 4 < 6000") is True
    assert value_of("24000 / 4 < 6000") is False
    assert value_of("0.1 + 0.2 = 0.3") is True
    assert show(value_of("1 / 3")) == "0." + "3" * 34
    assert show(value_of("2 / 3 * 3")) == "2.000000000000000000000000000000000".rstrip("0").rstrip(".")


@settings(deadline=None, max_examples=150)
@given(
    st.decimals(-(10**6), 10**6, places=3) | st.sampled_from([Decimal("0.5"), Decimal("-2.5"), Decimal("2.005")]),
    st.integers(-2, 4),
)
def test_rounding(number, places_):
    scaled = Fraction(number) * Fraction(10) ** places_
    whole = scaled.numerator // scaled.denominator
    up = whole + (scaled > whole)
    away = up if scaled > 0 else whole
    toward = whole if scaled > 0 else up
    nearest = round(scaled)
    tie = scaled - whole == Fraction(1, 2)
    expected = {
        "decimal": nearest,
        "floor": whole,
        "ceiling": up,
        "round up": away,
        "round down": toward,
        "round half up": away if tie else nearest,
        "round half down": toward if tie else nearest,
    }
    for function, result in expected.items():
        assert Fraction(value_of(f"{function}(n, p)", n=number, p=Decimal(places_))) == result / Fraction(10) ** places_


@settings(deadline=None, max_examples=100)
@given(AMOUNTS, st.integers(-500, 500).filter(bool).map(lambda tenths: Decimal(tenths) / 10))
def test_modulo_takes_the_sign_of_the_divisor(dividend, divisor):
    found = value_of("modulo(a, b)", a=dividend, b=divisor)
    assert Fraction(found) == Fraction(dividend) - Fraction(divisor) * (Fraction(dividend) / Fraction(divisor) // 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 / 0", "value.division_by_zero"),
        ("modulo(1, 0)", "value.division_by_zero"),
        ("modulo(9e6144, 0.1)", "value.overflow"),
        ("min([])", "value.empty_list"),
        ("max([])", "value.empty_list"),
        ("mean([])", "value.empty_list"),
        ("[1, 2][3]", "value.no_such_item"),
        ("[1, 2][0]", "value.no_such_item"),
        ("[1, 2][-3]", "value.no_such_item"),
        ('substring("abc", 4)', "value.outside_text"),
        ('substring("abc", 0)', "value.outside_text"),
        ('substring("abc", -4)', "value.outside_text"),
        ('substring("abc", 1, 0)', "value.no_such_length"),
        ('substring("abc", 1.5)', "value.not_whole"),
        ("decimal(1, 6177)", "value.bad_scale"),
        ("decimal(1, -6112)", "value.bad_scale"),
        ("date(2021, 2, 29)", "value.no_such_date"),
        ("date(2021.5, 2, 1)", "value.not_whole"),
        ('date(upper case("２０２１-01-01"))', "value.no_such_date"),
        ('date("9999-12-31") + @"P1D"', "value.overflow"),
        ('@"0001-01-31" - @"P1M"', "value.overflow"),
        ("9e6144 * 10", "value.overflow"),
    ],
)
def test_undefined_is_unknown_with_a_problem_and_nothing_missing(text, code):
    assert undefined_code(text) == code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("foobar", 1, 1)', "f"),
        ('substring("foobar", -6)', "foobar"),
        ('substring("foobar", 6, 9)', "r"),
        ('contains("foobar", "of")', False),
        ('ends with("foobar", "r")', True),
        ('lower case("aBc4")', "abc4"),
        ('"foo" + "bar"', "foobar"),
        ("mean([1, 2, 6])", Decimal(3)),
        ("mean(1, 2)", Decimal("1.5")),
        ("floor(-1.5)", Decimal(-2)),
        ("ceiling(-1.5)", Decimal(-1)),
        ("round up(1.121, 2)", Decimal("1.13")),
        ("decimal(0.5, 6176)", Decimal("0.5")),
        ("decimal(9e6144, -6111)", Decimal("9e6144")),
        ("decimal(1.5, 34)", Decimal("1.5")),
        ("decimal(12.5, 33)", Decimal("12.5")),
        ("max(3) < sum([1, 3])", True),
    ],
)
def test_functions_as_the_standard_shows_them(text, value):
    """DMN 1.5, 10.3.4: its own examples, and beside them the edges."""
    assert value_of(text) == value


def test_values_of_unlike_kinds_are_not_equal():
    assert value_of('list contains([true, "a"], 1)') is False
    assert value_of('list contains([true, "1"], "1")') is True
    assert value_of('[true, "a"] = [true, "a"]') is True
    assert value_of("list contains([[1], 2], 2)") is True
    assert value_of("list contains([[1], 2], [1])") is True
    assert value_of('list contains(["a", {n: 1}], "a")') is True


def test_a_deciding_operand_absorbs_what_is_undefined():
    assert value_of("1 / 0 > 1 and false") is False
    assert value_of("1 / 0 > 1 or true") is True
    assert value_of("if 1 / 0 > 1 then 2 else 2") == 2
    assert value_of("sum([])") == 0
    assert value_of("count([])") == 0
    assert value_of("any([])") is False
    assert value_of("all([])") is True


# ---- dates and durations

DATES = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))


@settings(deadline=None, max_examples=200)
@given(DATES, st.integers(-600, 600))
@example(datetime.date(2021, 1, 31), 1)
@example(datetime.date(2024, 1, 31), 1)
@example(datetime.date(2024, 2, 29), -12)
def test_months_are_calendar_months(day, months):
    moved = value_of("d + m", d=day, m=Months(months))
    assert moved == day + relativedelta(months=months)
    assert value_of("d - m", d=day, m=Months(-months)) == moved
    assert value_of("m + d", d=day, m=Months(months)) == moved
    assert moved.day == min(day.day, calendar.monthrange(moved.year, moved.month)[1])
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months


@settings(deadline=None, max_examples=150)
@given(DATES, st.timedeltas(datetime.timedelta(-20000), datetime.timedelta(20000)), DATES)
def test_days_are_counted_from_midnight(day, duration, other):
    midnight = datetime.datetime.combine(day, datetime.time())
    assert value_of("d + p", d=day, p=duration) == (midnight + duration).date()
    assert value_of("d - p", d=day, p=duration) == (midnight - duration).date()
    assert value_of("d - e", d=day, e=other) == day - other
    assert value_of("d + (e - d)", d=day, e=other) == other
    assert value_of("d < e", d=day, e=other) is (day < other)


@settings(deadline=None, max_examples=150)
@given(DATES, DATES)
def test_whole_months_between_dates(start, end):
    """Away from the ends of long months, where FEEL leaves open what a month is."""
    start, end = start.replace(day=min(start.day, 28)), end.replace(day=min(end.day, 28))
    apart = relativedelta(max(start, end), min(start, end))
    months = (apart.years * 12 + apart.months) * (1 if end >= start else -1)
    assert value_of("years and months duration(d, e)", d=start, e=end) == Months(months)


@settings(deadline=None, max_examples=150)
@given(DATES, DATES)
@example(datetime.date(2000, 2, 29), datetime.date(2001, 2, 28))
@example(datetime.date(2000, 2, 29), datetime.date(2001, 3, 1))
def test_age_is_in_completed_years(birth, day):
    if day < birth:
        assert undefined_code("age on(d, e)", d=birth, e=day) == "value.not_born"
        return
    birthdays = [
        year for year in range(birth.year + 1, day.year + 1) if (birth.month, birth.day) <= _reached(year, day)
    ]
    assert value_of("age on(d, e)", d=birth, e=day) == len(birthdays)


def _reached(year, day):
    """The last month and day of that year that has come by the day."""
    return (day.month, day.day) if year == day.year else (12, 31)


@settings(deadline=None, max_examples=150)
@given(st.timedeltas(datetime.timedelta(-9999), datetime.timedelta(9999)), st.integers(-500, 500), st.integers(1, 9))
@example(datetime.timedelta(400_000_000, 86399, 999_999), 0, 1)
def test_durations(days, months, number):
    total = days // datetime.timedelta(microseconds=1)
    assert value_of("p + p - p", p=days) == days
    assert value_of("p * n", p=days, n=Decimal(number)) == days * number
    assert value_of("n * m", m=Months(months), n=Decimal(number)) == Months(months * number)
    assert value_of("m / n", m=Months(months), n=Decimal(number)) == Months(int(Fraction(months, number)))
    assert Fraction(value_of("p / q", p=days, q=datetime.timedelta(hours=1))) == half_even_34(
        Fraction(total, 3600 * 10**6)
    )
    seconds = abs(total) // 10**6 * (-1 if total < 0 else 1)
    parts = [value_of(f"p.{part}", p=days) for part in ("days", "hours", "minutes", "seconds")]
    assert sum(part * size for part, size in zip(parts, (86400, 3600, 60, 1), strict=True)) == seconds
    assert value_of("m.years * 12 + m.months", m=Months(months)) == months
    assert value_of("abs(m) >= -abs(m) and abs(p) >= -abs(p)", m=Months(months), p=days) is True


FIGURES = st.lists(st.none() | st.integers(0, 999), min_size=6, max_size=6)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(["", "-"]), FIGURES)
def test_a_duration_is_read_part_by_part(sign, figures):
    date, time = ("".join(f"{n}{letter}" for n, letter in pairs if n is not None) for pairs in _lettered(figures))
    found = temporal.read_duration(f"{sign}P{date}{'T' * bool(time)}{time}")
    factor, (years, months, days, *clock) = -1 if sign else 1, figures
    of_months, of_days = {years, months} != {None}, [days, *clock] != [None] * 4
    if of_months is of_days:
        assert found is None
    elif of_months:
        assert found == Months(factor * ((years or 0) * 12 + (months or 0)))
    else:
        days, hours, minutes, seconds = (n or 0 for n in (days, *clock))
        assert found == factor * datetime.timedelta(days, seconds, hours=hours, minutes=minutes)


def _lettered(figures):
    return zip(figures[:3], "YMD", strict=True), zip(figures[3:], "HMS", strict=True)


@settings(deadline=None, max_examples=60)
@given(DATES)
def test_parts_of_a_date(day):
    parts = [value_of(f"d.{part}", d=day) for part in ("year", "month", "day", "weekday")]
    assert parts == [day.year, day.month, day.day, day.isoweekday()]
    assert value_of("date(d.year, d.month, d.day) = d and date(t) = d", d=day, t=day.isoformat()) is True
    assert value_of("date(d)", d=day) == day


# ---- known values against Python

SETTLED = (bool, Decimal, str, tuple)


@settings(deadline=None, max_examples=250)
@given(
    st.sampled_from(["boolean", "number", "numbers", "text"]).flatmap(lambda k: expressions(k, plain=True)),
    half_known(),
)
def test_known_values_mean_what_they_mean_in_python(pair, half):
    text, python = pair
    world, _ = half
    found = seen_value(text, world, set())
    assert found == _in_python(python, world)
    assert isinstance(found, SETTLED)


def _in_python(python, world):
    found = eval(python, {"Decimal": Decimal, **world})
    return tuple(found) if isinstance(found, list) else found


# ---- unknown values against every completion

NAMES = {"a": BOOLEAN, "参保": BOOLEAN, "x": NUMBER, "xs": ListType(NUMBER), "bs": ListType(BOOLEAN), "rs": TYPES["rs"]}
DOMAINS = {"a": (True, False), "x": tuple(map(Decimal, (0, 1, 2, -1)))}
DOMAINS |= {"参保": DOMAINS["a"], "bs": DOMAINS["a"], "xs": DOMAINS["x"], "ok": DOMAINS["a"], "n": DOMAINS["x"]}


@st.composite
def few_hidden(draw):
    """A world in which at most three single values are hidden."""
    world, _ = draw(half_known())
    single = [
        path for name in DOMAINS if name in world for path, _ in places(world[name], name) if path not in ("xs", "bs")
    ]
    single += [path for path, _ in places(world["rs"], "rs") if "." in path]
    return world, draw(st.lists(st.sampled_from(single), max_size=3, unique=True))


def completions(world, hidden):
    """The world with every choice of values at the hidden paths."""
    domains = [DOMAINS[path.rpartition(".")[2].partition("[")[0]] for path in hidden]
    for values in product(*domains):
        chosen = dict(zip(hidden, values, strict=True))
        yield {name: _replaced(value, name, chosen) for name, value in world.items()}


def _replaced(value, path, chosen):
    if path in chosen:
        return chosen[path]
    if isinstance(value, tuple):
        return tuple(_replaced(item, f"{path}[{number}]", chosen) for number, item in enumerate(value, 1))
    if isinstance(value, Record):
        return Record((name, _replaced(item, f"{path}.{name}", chosen)) for name, item in value.items())
    return value


@settings(deadline=None, max_examples=250)
@given(
    st.sampled_from(["boolean", "boolean", "number", "numbers"]).flatmap(lambda k: expressions(k, plain=True)),
    few_hidden(),
)
def test_what_is_settled_holds_in_every_completion(pair, half):
    text, python = pair
    world, hidden = half
    found = seen_value(text, world, set(hidden))
    for completion in completions(world, hidden):
        assert narrows(found, _in_python(python, completion)), (show(found), completion)


LISTS = [
    "some v in {} satisfies v > x",
    "every v in {} satisfies v > x",
    "count({}[item > x])",
    "sum({}[item > x])",
    "sum({}[item > 0 and a])",
    "count({}[item != x][a or item > 1])",
    "list contains({}, x)",
    "x in {}",
    "count({}[item > x]) between 1 and 2",
    "sum({}[item >= x]) >= 1",
    "any(bs[item or a])",
    "all(bs[a])",
    "count(rs[ok]) + 0 = 0",
    "sum(rs[ok and a].n) > 1",
    "every r in rs[ok or a] satisfies r.n > x",
    "list contains(rs[ok].n, x)",
]


@settings(deadline=None, max_examples=60)
@given(few_hidden(), st.sampled_from(["xs", "xs[item > -1]", "rs.n", "rs[ok].n"]))
def test_lists_with_unknown_and_possible_items(half, items):
    world, hidden = half
    full = list(completions(world, hidden))
    for template in LISTS:
        text = template.format(items)
        found = seen_value(text, world, set(hidden))
        assert all(narrows(found, seen_value(text, completion, set())) for completion in full), text


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("count(xs[item > x])", (0, 3)),
        ("count(xs[item > 1 or item > x])", (2, 3)),
        ("sum(xs[item > x])", (-1, 5)),
        ("sum(xs[item > 2 or item > x])", (2, 5)),
        ("sum(xs[item < 0 or item > x])", (-1, 4)),
    ],
)
def test_bounds_of_counts_and_sums(text, bounds):
    found = seen_value(text, {"xs": tuple(map(Decimal, (-1, 2, 3))), "x": Decimal(0)}, {"x"})
    assert found.between == bounds
    assert [missing.path for missing in found.missing] == ["x"]


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("count(xs[item > x]) <= 3", True),
        ("count(xs[item > x]) > 3", False),
        ("count(xs[item > x]) = 4", False),
        ("count(xs[item > x]) != 4", True),
        ("count(xs[item > x]) in [4..9]", False),
        ("count(xs[item > x]) between 0 and 3", True),
        ("sum(xs[item > x]) < count(xs) * 2", True),
        ("4 < sum(xs[item > 2 or item > x]) + 0", None),
        ("count(xs[item > x]) > 1", None),
        ("count(xs[item > x]) = 2", None),
        ("count(xs[item > x]) = 3", None),
        ("0 != count(xs[item > x])", None),
        ("count(xs[item > x]) = sum(xs[item > x])", None),
        ("count(xs[item > x]) < sum(xs[item > x])", None),
        ("xs[item > x] = [3]", None),
        ("max(xs[item > x]) < 9", None),
        ("list contains(xs[item > x], 3)", None),
        ("list contains(xs[item > x], 7)", False),
        ("3 in xs[item > x]", None),
        ("some v in xs[item > x] satisfies v = 3", None),
        ("every v in xs[item > x] satisfies v < 9", True),
    ],
)
def test_a_comparison_that_the_bounds_settle_is_settled(text, settled):
    found = seen_value(text, {"xs": tuple(map(Decimal, (-1, 2, 3))), "x": Decimal(0)}, {"x"})
    assert (None if isinstance(found, Unknown) else found) is settled


MORE = Unknown((Missing("fact", "more"),))
GOES_ON = {
    "xs": Possibly(((Decimal(2), True), (Decimal(3), True)), MORE),
    "rs": Possibly(((Record({"ok": True, "n": Decimal(2)}), True),), MORE),
}
"""Lists that may have more items than are known."""


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("count(xs) >= 2", True),
        ("count(xs) < 2", False),
        ("count(xs) = 2", None),
        ("count(xs) <= 99", None),
        ("count(xs[item > 2]) >= 1", True),
        ("count(xs[item > 2]) <= 2", None),
        ("count(xs[item > 2][item > 2]) <= 2", None),
        ("count(xs[item > 1]) = count(xs)", None),
        ("sum(xs) = 5", None),
        ("sum(xs) > 0", None),
        ("list contains(xs, 3)", True),
        ("list contains(xs, 7)", None),
        ("7 in xs", None),
        ("some v in xs satisfies v > 2", True),
        ("some v in xs[item > 0] satisfies v > 3", None),
        ("every v in xs satisfies v > 2", False),
        ("every v in xs satisfies v > 1", None),
        ("max(xs) >= 3", None),
        ("xs[1] = 2", None),
        ("xs = [2, 3]", None),
        ("count(rs.n) >= 1", True),
        ("count(rs.n) <= 1", None),
        ("list contains(rs.n, 2)", True),
        ("every n in rs[ok].n satisfies n = 2", None),
    ],
)
def test_what_a_list_that_may_go_on_settles(text, settled):
    found = Context(Record(GOES_ON), TYPES).value(typed(text), {})
    if settled is None:
        assert [missing.path for missing in found.missing] == ["more"]
    else:
        assert found is settled


@pytest.mark.parametrize("text", ["count(xs[1 / item > 0])", "sum(xs[1 / item > 0])", "max(xs[1 / item > 0])"])
def test_what_has_no_value_in_a_filter_is_told(text):
    assert undefined_code(text, xs=(Decimal(0), Decimal(1))) == "value.division_by_zero"


def test_two_unknowns_do_not_match():
    hidden = Context(Record(), {"x": NUMBER, "y": NUMBER})
    for text in ("x = y", "x != y", "x = x", "x in [y]", "list contains([x], x)"):
        _, found, _ = evaluate(text, hidden)
        assert isinstance(found, Unknown), text


@pytest.mark.parametrize(
    "text", ["list contains([x], y)", "x in [y]", "[x] = xs[item > y]", "[x] = xs[item > y][item > 0]"]
)
def test_what_cannot_be_compared_names_both_sides(text):
    half = Context(Record({"xs": (Decimal(1),)}), {"x": NUMBER, "y": NUMBER, "xs": ListType(NUMBER)})
    assert {missing.path for missing in unknown_of(evaluate(text, half)[1]).missing} == {"x", "y"}


def test_an_unknown_condition_chooses_only_between_equals():
    half = Context(Record({"x": Decimal(1)}), {"a": BOOLEAN, "x": NUMBER, "y": NUMBER})
    assert evaluate("if a then x else 1", half)[1] == 1
    found = evaluate("if a then x else y", half)[1]
    assert [missing.path for missing in found.missing] == ["a", "y"]


# ---- the law of knowledge on expressions, and what unknowns carry


@settings(deadline=None, max_examples=250)
@given(st.sampled_from(sorted(GRAMMAR)).flatmap(expressions), half_known(), st.randoms(use_true_random=False))
def test_learning_never_changes_what_is_settled(pair, half, random):
    world, hidden = half
    found = seen_value(pair[0], world, hidden)
    for path in random.sample(sorted(hidden), len(hidden)):
        hidden = hidden - {path}
        after = seen_value(pair[0], world, hidden)
        assert narrows(found, after), (show(found), show(after))
        found = after


@settings(deadline=None, max_examples=250)
@given(st.sampled_from(sorted(GRAMMAR)).flatmap(expressions), half_known())
def test_an_unknown_names_all_that_it_waits_for(pair, half):
    world, hidden = half
    found = seen_value(pair[0], world, hidden)
    if not isinstance(found, (Unknown, Possibly)):
        return
    waits = unknown_of(found)
    assert waits.missing or waits.problems
    named = {missing.path for missing in waits.missing}
    assert named <= hidden
    assert isinstance(seen_value(pair[0], world, named), (Unknown, Possibly)), (
        "something unnamed was what it waited for"
    )


@pytest.mark.parametrize("text", ["x > 1 and a", "count(xs[item > x]) > 1", "if a then x else 2", "sum([x, 1])"])
def test_each_missing_fact_knows_where_it_was_needed(text):
    _, found, _ = evaluate(text, Context(Record({"xs": (Decimal(1), Decimal(2))}), {**NAMES, "xs": ListType(NUMBER)}))
    assert found.missing
    for missing in found.missing:
        assert [place.text for place in missing.places] == [missing.path]
        assert Missing(missing.kind, missing.path).key == missing.key
