"""Strategies shared by the property tests: trees, typed expressions over half-known values, packs, households."""

from __future__ import annotations

import datetime
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from policy_engine.documents.read_pack import check_pack
from policy_engine.expression import tree
from policy_engine.expression.functions import FUNCTIONS
from policy_engine.expression.lex import ExpressionText
from policy_engine.expression.types import (
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NUMBER,
    TEXT,
    CodeType,
    ListType,
    NumberType,
    RecordType,
    Type,
)
from policy_engine.model.pack import Pack
from policy_engine.model.vocabulary import Fact, RecordForm
from policy_engine.values import Missing, Months, Possibly, Record, Unknown

# ---- trees, as the parser makes them

NOWHERE = ExpressionText.of("x").span(0, 1)
NAMES = st.sampled_from(["x", "纯收入", "家庭人口2", "_y", "item", "on", "date", "list", "not", "years", "is", "ｘ"])
ENTRIES = NAMES | st.sampled_from(["and", "in", "e1", "if"])
TEXTS = st.text(max_size=6) | st.text("\\\"'\n\r\tu中", max_size=6)
NUMBERS = st.decimals(0, 10**12, places=2) | st.sampled_from([Decimal("1E+30"), Decimal("9" * 34), Decimal("1E-30")])
DURATIONS = st.timedeltas() | st.integers(-(10**6), 10**6).map(Months)
COMPARISONS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def _node(kind: type[tree.Node], **parts: Any) -> Any:
    return st.builds(kind, span=st.just(NOWHERE), **parts)


def _several(part: Any, least: int, most: int) -> Any:
    return st.lists(part, min_size=least, max_size=most).map(tuple)


def _calls(part: Any) -> Any:
    def call(function: str, arguments: tuple[tree.Node, ...], names: list[str]) -> tree.Call:
        given = tuple(names[: len(arguments)]) if len(names) >= len(arguments) else ()
        return tree.Call(span=NOWHERE, function=function, arguments=arguments, names=given)

    names = st.lists(st.sampled_from(["n", "start position", "list", "值"]), max_size=3)
    return st.builds(call, st.sampled_from(sorted(FUNCTIONS)), _several(part, 0, 3), names)


def _compound(part: Any) -> Any:
    tests = _several(part | _node(tree.Test, op=COMPARISONS, operand=part), 1, 3)
    entries = st.dictionaries(TEXTS | NAMES, part, max_size=3).map(lambda found: tuple(found.items()))
    return st.one_of(
        _node(tree.Path, target=part, entry=ENTRIES),
        _node(tree.Filter, target=part, condition=part),
        _node(tree.Negative, operand=part),
        _node(tree.Binary, op=COMPARISONS | st.sampled_from("+-*/"), left=part, right=part),
        _node(tree.Logic, op=st.sampled_from(["and", "or"]), operands=_several(part, 2, 3)),
        _node(tree.Between, operand=part, low=part, high=part),
        _node(tree.In, operand=part, tests=tests),
        _node(tree.If, condition=part, then=part, otherwise=part),
        _node(tree.Quantified, every=st.booleans(), bindings=_several(st.tuples(NAMES, part), 1, 2), condition=part),
        _calls(part),
        _node(tree.ListOf, items=_several(part, 0, 3)),
        _node(tree.RecordOf, entries=entries),
        _node(tree.RangeOf, low=part, high=part, low_in=st.booleans(), high_in=st.booleans()),
    )


LITERALS = NUMBERS | TEXTS | st.booleans() | st.dates() | DURATIONS
TREES = st.recursive(_node(tree.Literal, value=LITERALS) | _node(tree.Name, id=NAMES), _compound, max_leaves=10)

# ---- typed expressions: a grammar of templates, each with its meaning in Python where that is plain
#
# `<kind>` is a part of that kind; `<kind|scope>` a part in which the names of the scope are bound too; `$` is the
# variable of a quantifier, and in Python that of a filter as well.

RECORD = RecordType("", (("ok", BOOLEAN), ("n", NUMBER)))
TYPES: dict[str, Type] = {
    "a": BOOLEAN,
    "参保": BOOLEAN,
    "x": NUMBER,
    "纯收入": NUMBER,
    "s": TEXT,
    "d": DATE,
    "p": DAYS,
    "m": MONTHS,
    "xs": ListType(NUMBER),
    "ys": ListType(NUMBER),
    "bs": ListType(BOOLEAN),
    "rs": ListType(RECORD),
}
Pair = tuple[str, str | None]
Grammar = Mapping[str, list[Pair]]

SCOPES: dict[str, dict[str, list[Pair]]] = {
    "number": {"number": [("$", "$")]},
    "record": {"boolean": [("$.ok", "$['ok']")], "number": [("$.n", "$['n']")]},
    "item": {"number": [("item", "$")]},
    "position": {},
    "entries": {"boolean": [("ok", "$['ok']"), ("item.ok", "$['ok']")], "number": [("n", "$['n']")]},
}

LEAVES: Grammar = {
    "boolean": [("a", "a"), ("参保", "参保"), ("true", "True"), ("false", "False")],
    "number": [("x", "x"), ("纯收入", "纯收入"), *((str(n), f"Decimal({n})") for n in range(4))],
    "text": [("s", "s"), ('"a\\n\\u4e2d\\"b"', "'a\\n中\"b'"), ('""', "''")],
    "date": [("d", "d"), ('@"2024-02-29"', None), ('date("2021-12-31")', None)],
    "days": [("p", "p"), ('@"P30D"', None), ('duration("-PT36H")', None)],
    "months": [("m", "m"), ('@"P1Y1M"', None)],
    "numbers": [("xs", "xs"), ("ys", "ys"), ("rs.n", "[r['n'] for r in rs]"), ("xs[false]", "[]")],
    "booleans": [("bs", "bs"), ("rs.ok", "[r['ok'] for r in rs]")],
    "records": [("rs", "rs")],
}

GRAMMAR: Grammar = {
    "boolean": [
        ("<boolean> and <boolean>", "{} and {}"),
        ("<boolean> or <boolean> or <boolean>", "{} or {} or {}"),
        ("not(<boolean>)", "not {}"),
        ("<boolean> = <boolean>", "{} == {}"),
        ("<number> < <number>", "{} < {}"),
        ("<number> >= <number>", "{} >= {}"),
        ("<number> = <number>", "{} == {}"),
        ("<number> != <number>", "{} != {}"),
        ("<number> between <number> and <number>", "{1} <= {0} <= {2}"),
        ("<number> in (<number>..<number>]", "{1} < {0} <= {2}"),
        ("<number> in ([<number>..<number>), <number>, > <number>)", "{1} <= {0} < {2} or {0} == {3} or {0} > {4}"),
        ("<number> in <numbers>", "{0} in {1}"),
        ("<number> in [<number>, <number>]", "{0} in ({1}, {2})"),
        ("<numbers> = <numbers>", "list({}) == list({})"),
        ("list contains(<numbers>, <number>)", "{1} in {0}"),
        ("list contains(element: <number>, list: <numbers>)", "{0} in {1}"),
        ("if <boolean> then <boolean> else <boolean>", "{1} if {0} else {2}"),
        ("any(<booleans>)", "any({})"),
        ("all(<booleans>)", "all({})"),
        ("some $ in <numbers> satisfies <boolean|number>", "any({1} for $ in {0})"),
        ("every $ in <numbers> satisfies <boolean|number>", "all({1} for $ in {0})"),
        ("some $ in <records> satisfies <boolean|record>", "any({1} for $ in {0})"),
        ("every $ in <records> satisfies <boolean|record>", "all({1} for $ in {0})"),
        ("<text> = <text>", "{} == {}"),
        ("<text> < <text>", "{} < {}"),
        ("contains(<text>, <text>)", "{1} in {0}"),
        ("starts with(string: <text>, match: <text>)", "{}.startswith({})"),
        ("<date> <= <date>", None),
        ("<days> > <days>", None),
        ("<months> = <months>", None),
        ("<date> in [<date>..<date>]", None),
    ],
    "number": [
        ("<number> + <number>", "{} + {}"),
        ("<number> - <number>", "{} - {}"),
        ("<number> * <number>", "{} * {}"),
        ("-<number>", "-{}"),
        ("sum(<numbers>)", "sum({}, Decimal(0))"),
        ("count(<numbers>)", "Decimal(len({}))"),
        ("count(<records>)", "Decimal(len({}))"),
        ("count(<booleans>)", "Decimal(len({}))"),
        ("if <boolean> then <number> else <number>", "{1} if {0} else {2}"),
        ("max(<number>, <number>)", "max({}, {})"),
        ("abs(<number>)", "abs({})"),
        ("string length(<text>)", "Decimal(len({}))"),
        ("<number> / <number>", None),
        ("modulo(divisor: <number>, dividend: <number>)", None),
        ("min(<numbers>)", None),
        ("mean(<numbers>)", None),
        ("<numbers>[<number|position>]", None),
        ("floor(<number>)", None),
        ("round half up(<number>, <number>)", None),
        ("<date>.day", None),
        ("<days>.hours", None),
        ("<months>.years", None),
        ("age on(<date>, <date>)", None),
        ("<days> / <days>", None),
    ],
    "text": [
        ("<text> + <text>", "{} + {}"),
        ("if <boolean> then <text> else <text>", "{1} if {0} else {2}"),
        ("upper case(<text>)", "{}.upper()"),
        ("substring(<text>, <number>)", None),
        ("substring(length: <number>, string: <text>, start position: 1)", None),
    ],
    "date": [("<date> + <days>", None), ("<date> - <months>", None), ("date(<number> + 2000, <number>, 31)", None)],
    "days": [("<date> - <date>", None), ("<days> * <number>", None), ("-<days>", None)],
    "months": [("years and months duration(<date>, <date>)", None), ("<months> / <number>", None)],
    "numbers": [
        ("<numbers>[<boolean|item>]", "[$ for $ in {0} if {1}]"),
        ("[<number>, <number>]", "[{}, {}]"),
        ("<records>.n", "[r['n'] for r in {}]"),
        ("if <boolean> then <numbers> else <numbers>", "{1} if {0} else {2}"),
    ],
    "booleans": [("<records>.ok", "[r['ok'] for r in {}]"), ("[<boolean>, <boolean>]", "[{}, {}]")],
    "records": [("<records>[<boolean|entries>]", "[$ for $ in {0} if {1}]")],
}

VARIABLES = ("v0", "own", "item1", "v3")
"""By depth; names that an evaluator might take for its own among them."""

_HOLE = re.compile(r"<(\w+)(?:\|(\w+))?>")


@st.composite
def expressions(
    draw: Any,
    kind: str,
    *,
    grammar: Grammar = GRAMMAR,
    leaves: Grammar = LEAVES,
    scopes: Mapping[str, Grammar] = SCOPES,
    depth: int = 3,
    plain: bool = False,
) -> Pair:
    """The text of a well-typed expression, and the same in Python; `plain` takes only what Python can say too."""
    return _grown(draw, kind, (grammar, scopes, plain), dict(leaves), depth)


def _grown(
    draw: Any, kind: str, language: tuple[Grammar, Mapping[str, Grammar], bool], leaves: Any, depth: int
) -> Pair:
    grammar, scopes, plain = language
    fitting = [pair for pair in leaves[kind] if pair[1] or not plain]
    rules = [pair for pair in grammar.get(kind, ()) if pair[1] or not plain]
    if depth == 0 or not rules or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(fitting))
    template, meaning = draw(st.sampled_from(rules))
    variable = VARIABLES[depth]
    texts: list[str] = []
    meanings: list[str] = []
    for part, scope in _HOLE.findall(template):
        inside = _bound(leaves, scopes[scope], variable) if scope else leaves
        text, means = _grown(draw, part, language, inside, depth - 1)
        texts.append(text)
        meanings.append(means or "")
    found = iter(texts)
    text = _HOLE.sub(lambda _: next(found), template.replace("$", variable))
    return f"({text})", f"({meaning.replace('$', variable).format(*meanings)})" if meaning else None


def _bound(leaves: Grammar, scope: Grammar, variable: str) -> dict[str, list[Pair]]:
    """The leaves with those of a scope; what stands in square brackets hides the item of the filter around it."""
    new = {
        kind: [(text.replace("$", variable), means and means.replace("$", variable)) for text, means in pairs]
        for kind, pairs in scope.items()
    }
    hidden = {text for pairs in new.values() for text, _ in pairs}
    if not scope or hidden & {"item", "item.ok"}:
        hidden |= {"item", "item.ok"}
    kept = {kind: [pair for pair in pairs if pair[0] not in hidden] for kind, pairs in leaves.items()}
    return {kind: pairs + new.get(kind, []) for kind, pairs in kept.items()}


# ---- values for the names of typed expressions, and what is known of them

SMALL = st.sampled_from([Decimal(text) for text in ("0", "1", "2", "-1", "0.5")])
_DAYS = [datetime.date(2021, 1, 31), datetime.date(2020, 2, 29), datetime.date(2021, 3, 1)]
VALUES: dict[Type, Any] = {
    BOOLEAN: st.booleans(),
    NUMBER: SMALL,
    TEXT: st.sampled_from(["", "a", "中A"]),
    DATE: st.sampled_from(_DAYS),
    DAYS: st.sampled_from([datetime.timedelta(hours=36), datetime.timedelta(days=-1)]),
    MONTHS: st.sampled_from([Months(1), Months(-13)]),
    RECORD: st.builds(lambda ok, n: Record({"ok": ok, "n": n}), st.booleans(), SMALL),
}
WORLDS = st.fixed_dictionaries(
    {
        name: _several(VALUES[type_.item], 0, 3) if isinstance(type_, ListType) else VALUES[type_]
        for name, type_ in TYPES.items()
    }
)


def places(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A value and everything in it, each with its path."""
    yield path, value
    if isinstance(value, tuple):
        for number, item in enumerate(value, 1):
            yield from places(item, f"{path}[{number}]")
    elif isinstance(value, Record):
        for name, item in value.items():
            yield from places(item, f"{path}.{name}")


def seen(value: Any, path: str, hidden: Set[str]) -> Any:
    """The value with everything at the hidden paths unknown."""
    if path in hidden:
        return Unknown((Missing("fact", path),))
    if isinstance(value, tuple):
        return tuple(seen(item, f"{path}[{number}]", hidden) for number, item in enumerate(value, 1))
    if isinstance(value, Record):
        return Record((name, seen(item, f"{path}.{name}", hidden)) for name, item in value.items())
    return value


def visible(world: Mapping[str, Any], hidden: Set[str]) -> Record:
    return Record((name, seen(value, name, hidden)) for name, value in world.items())


@st.composite
def half_known(draw: Any) -> tuple[dict[str, Any], set[str]]:
    """A world, and the paths that are hidden in it."""
    world = draw(WORLDS)
    paths = [path for name, value in world.items() for path, _ in places(value, name)]
    return world, draw(st.sets(st.sampled_from(paths), max_size=8))


def narrows(before: Any, after: Any) -> bool:
    """May `after` be what `before` has become once more is known?"""
    if isinstance(before, Unknown):
        if before.between is None:
            return True
        low, high = after.between or (None, None) if isinstance(after, Unknown) else (after, after)
        return low is not None and before.between[0] <= low <= high <= before.between[1]
    if isinstance(before, (tuple, Possibly)):
        return isinstance(after, (tuple, Possibly)) and _fits_in(_members(before), _members(after))
    if isinstance(before, Record):
        return isinstance(after, Record) and all(narrows(item, after[name]) for name, item in before.items())
    return type(before) is type(after) and before == after


def _members(items: Any) -> list[tuple[Any, Any]]:
    return list(items.items) if isinstance(items, Possibly) else [(item, True) for item in items]


def _fits_in(before: list[tuple[Any, Any]], after: list[tuple[Any, Any]]) -> bool:
    if not before:
        return not after
    (item, belongs), *rest = before
    if belongs is not True and _fits_in(rest, after):
        return True
    if not after or (belongs is True and after[0][1] is not True):
        return False
    return narrows(item, after[0][0]) and _fits_in(rest, after[1:])


# ---- packs

CITES = ["1"]
ACTORS = ("household", "committee", "town")
ON = datetime.date(2021, 9, 1)


def make_pack(
    decisions: Mapping[str, Any],
    vocabulary: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    readings: Mapping[str, Any] | None = None,
    *,
    procedures: Mapping[str, Any] | None = None,
    duties: Mapping[str, Any] | None = None,
    below: Mapping[str, Any] | None = None,
) -> Pack:
    """A pack from its files; YAML holds JSON. `vocabulary` has facts of households, `below` those of other forms."""
    head = {
        "pack": "made",
        "version": "1",
        "format": 1,
        "language": 1,
        "title": "t",
        "in_force": {},
        "area": {"county": "c"},
        "actors": {actor: actor for actor in ACTORS},
        "answers": [id_ for id_, body in decisions.items() if body.get("about", "household") == "household"],
        "clauses": {"1": {"about": "a"}},
    }
    files = {
        "pack": head,
        "parameters": parameters,
        "readings": readings,
        "vocabulary": {**({"household": vocabulary} if vocabulary else {}), **(below or {})} or None,
        "procedures": procedures,
        "duties": duties,
        "rules/all": {id_: {"label": id_, "cites": CITES, **body} for id_, body in decisions.items()},
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "made")
        (folder / "rules").mkdir(parents=True)
        for file, data in files.items():
            if data is not None:
                (folder / f"{file}.yaml").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        pack, problems = check_pack(folder)
    assert pack is not None, [problem.show() for problem in problems]
    return pack


def table(hit: str, rules: list[tuple[str, str]], otherwise: str | None = None) -> dict[str, Any]:
    """A decision table from (condition, outcome); the rules are r0, r1, …"""
    given = sorted({then for _, then in rules} | ({otherwise} if otherwise else set()))
    written = [
        {"id": f"r{number}", "when": when, "then": then, "cites": CITES} for number, (when, then) in enumerate(rules)
    ]
    end = {"otherwise": {"then": otherwise, "cites": CITES}} if otherwise else {}
    return {"hit": hit, "outcomes": {outcome: outcome for outcome in given}, "rules": written, **end}


def booleans(*names: str) -> dict[str, Any]:
    return {name: {"label": name, "type": "boolean"} for name in names}


CODES = ("k1", "k2", "k3")
VOCABULARY: dict[str, Any] = {
    **booleans("f0", "f1"),
    "f2": {"label": "甲", "type": "boolean"},
    "j0": {"label": "研判", "type": "boolean", "judgement": True},
    "n0": {"label": "数", "type": "number"},
    "n1": {"label": "另数", "type": "number"},
    "c0": {"label": "类", "type": "code", "options": {code: code for code in CODES}},
    "cs": {"label": "多类", "type": "list of code", "options": {code: code for code in CODES}},
    "t0": {"label": "日", "type": "date"},
    "g0": {"label": "适用", "type": "boolean", "applies": "f0 or n0 > 1", "otherwise": "f1"},
    "h0": {"label": "推得", "type": "boolean", "derived": "f1 and n1 >= 1"},
}
PARAMETERS: dict[str, Any] = {
    "p0": {"label": "线", "value": 2, "cites": CITES},
    "p1": {"label": "年线", "values": {"2021": 0.5}, "cites": CITES},
    "p2": {"label": "未定", "not_stated": {"clause": "1"}},
    "d0": {"label": "线日", "type": "date", "value": "2021-03-01", "cites": CITES},
}
PACK_LEAVES: Grammar = {
    "boolean": [(name, None) for name in ("f0", "f1", "甲", "j0", "g0", "h0", "r0")],
    "number": [(name, None) for name in ("n0", "另数", "p0", "p1", "p2", "0", "1")],
    "code": [("c0", None)],
    "codes": [("cs", None)],
}
MEMBER = ["in_school", "wishes_to_work", "medical_relief"]
PACK_SCOPES: dict[str, Grammar] = {
    "member": {
        "boolean": [(f"$.{name}", None) for name in [*MEMBER, "m0"]],
        "code": [("c0", None)],
    },
    "members": {
        "boolean": [(name, None) for name in [*MEMBER, "m0", "item.m0"]],
        "code": [("c0", None)],
    },
}
PACK_GRAMMAR: Grammar = {
    "boolean": [
        (text, None)
        for text in (
            "<boolean> and <boolean>",
            "<boolean> or <boolean>",
            "not(<boolean>)",
            "if <boolean> then <boolean> else <boolean>",
            "<number> < <number>",
            "<number> = <number>",
            "<number> between <number> and <number>",
            '<code> = "k1"',
            '<code> in ("k1", "k3")',
            '<code> != "k2"',
            'list contains(<codes>, "k2")',
            "count(<codes>) > 1",
            "t0 <= d0",
            'some $ in cs satisfies $ = "k1" and <boolean>',
            "some $ in members satisfies <boolean|member>",
            "every $ in members satisfies <boolean|member>",
            'some $ in members satisfies $.labour in ("weak", "lost")',
            'count(members[labour = "weak"]) >= 1',
            "count(members[<boolean|members>]) <= 1",
            'sum(received[kind = "money"].amount) > 1',
        )
    ],
    "number": [
        (text, None)
        for text in (
            "<number> + <number>",
            "<number> - <number>",
            "<number> / <number>",
            "max(<number>, <number>)",
            "if <boolean> then <number> else <number>",
        )
    ],
}


def _conditions(kind: str, leaves: Grammar, *, alone: bool = False) -> Any:
    """`alone`: no list of members, whose decision this is."""
    rules = {
        name: [pair for pair in pairs if not (alone and "members" in pair[0])] for name, pairs in PACK_GRAMMAR.items()
    }
    drawn = expressions(kind, grammar=rules, leaves=leaves, scopes=PACK_SCOPES, depth=2)
    return drawn.map(lambda pair: _without_figures(pair[0]))


def _without_figures(text: str) -> str:
    """Without figures put together, such as `(1 + 0)`, which a pack refuses."""
    shorter = re.sub(r"\([01] [-+/] [01]\)", "1", text)
    return text if shorter == text else _without_figures(shorter)


@st.composite
def packs(draw: Any) -> Pack:
    """A pack whose decisions require facts, judgements, readings, parameters and the decisions before them."""
    facts = {kind: [pair for pair in pairs if pair[0] != "r0"] for kind, pairs in PACK_LEAVES.items()}
    option = _conditions("boolean", facts)
    readings = {
        "r0": {
            "reads": {"clause": "1"},
            "question": "q",
            "options": {"one": draw(option), "two": draw(option), "judged": "judgement"},
            "default": draw(st.sampled_from(["one", "two", "judged"])),
            "why": "w",
        }
    }
    member = {**facts, "boolean": [*facts["boolean"], *((name, None) for name in MEMBER)]}
    decisions: dict[str, Any] = {"m0": {"about": "member", "is": draw(_conditions("boolean", member, alone=True))}}
    leaves = {kind: list(pairs) for kind, pairs in PACK_LEAVES.items()}
    decisions |= {"e0": {"is": draw(_conditions("boolean", leaves))}}
    leaves["boolean"].append(("e0", None))
    decisions["e1"] = {"is": draw(_conditions("number", leaves))}
    leaves["number"].append(("e1", None))
    rounding = {"mode": draw(st.sampled_from(["half up", "half even", "up", "down"])), "places": 0, "clause": "1"}
    decisions["e2"] = {"is": 'sum(received[kind = "money"].amount)', "rounding": rounding}
    decisions["e3"] = {"is": f"[{draw(_conditions('boolean', leaves))}, f0]"}
    decisions["e4"] = {"is": f"{{a: {draw(_conditions('number', leaves))}, b: f1}}"}
    leaves["boolean"] += [("(e2 > 1)", None), ("any(e3)", None), ("(e4.a > 1)", None), ("e4.b", None)]
    for number in range(3):
        hit = draw(st.sampled_from(["unique", "any", "first", "collect"]))
        conditions = _conditions("boolean", leaves)
        rules = draw(st.lists(st.tuples(conditions, st.sampled_from(["a", "b"])), min_size=1, max_size=3))
        rules.append((draw(conditions), "c"))
        otherwise = draw(st.sampled_from(["a", "z", None])) if hit != "collect" else None
        name = f"t{number + 1}"
        decisions[name] = table(hit, rules, otherwise)
        if hit == "collect":
            leaves["boolean"] += [(f'list contains({name}, "c")', None), (f"(count({name}) > 1)", None)]
        else:
            leaves["boolean"] += [(f'({name} = "c")', None), (f'({name} != "c")', None)]
            leaves["boolean"] += [(f'({name} in ("c"))', None)]
    return make_pack(decisions, VOCABULARY, PARAMETERS, readings)


# ---- households

BY = {"by": "研判组", "observed_on": "2021-08-20"}


def named_facts(pack: Pack) -> set[str]:
    """The ids of all facts and entries that the pack's expressions may look at."""
    roots = [fact.derived_by for form in pack.vocabulary.forms for fact in form]
    roots += [fact.applies_when for form in pack.vocabulary.forms for fact in form]
    roots += [option.expression for reading in pack.readings.values() for option in reading.options]
    for decision in pack.decisions.values():
        roots += [rule.when for rule in decision.table.rules] if decision.table else [decision.logic]
    found = set(pack.readings) | {"finances"}
    for part in (part for root in roots if root is not None for part in tree.walk(root)):
        if isinstance(part, (tree.Name, tree.Path)):
            found.add(part.id if isinstance(part, tree.Name) else part.entry)
    return found


def day_in(pack: Pack) -> datetime.date:
    """A day on which the pack is in force."""
    first, last = pack.in_force.from_ or ON, pack.in_force.to or ON
    return min(max(ON, first), max(first, last))


class _Household:
    """Draws a value for every fact that a pack names."""

    def __init__(self, draw: Any, pack: Pack, numbers: Any) -> None:
        self.draw, self.pack, self.numbers = draw, pack, numbers
        self.named = named_facts(pack)
        self.ids = 0

    def record(self, form: RecordForm) -> dict[str, Any]:
        """Facts derived from others come later, so that they agree; no two records share a code of their own."""
        own = form.id == "household"
        found = {fact.id: self.fact(fact) for fact in form if fact.id in self.named and not (own and fact.derived)}
        if f"{form.id}_id" in found:
            self.ids += 1
            found[f"{form.id}_id"] = f"{self.ids}"
        return found

    def fact(self, fact: Fact) -> Any:
        if fact.by_year:
            form = self.pack.vocabulary.form(fact.type.name)
            return {str(day_in(self.pack).year + years): self.record(form) for years in (-1, 0)}
        value = self.value(fact.type, least=1 if fact.id == "members" else 0)
        return {"value": value, **BY} if fact.judgement else value

    def value(self, type_: Type, least: int = 0) -> Any:
        if isinstance(type_, RecordType):
            return self.record(self.pack.vocabulary.form(type_.name))
        if isinstance(type_, ListType):
            size = self.draw(st.integers(least, 3 if least else 2))
            items = [self.value(type_.item) for _ in range(size)]
            return items if isinstance(type_.item, RecordType) else list(dict.fromkeys(items))
        if isinstance(type_, CodeType):
            return self.draw(st.sampled_from(type_.ids))
        if isinstance(type_, NumberType):
            return self.draw(st.integers(0, 4) if str(type_.unit) == "person" else self.numbers)
        if type_ == DATE:
            return self.draw(st.sampled_from(["1961-09-01", "1961-09-02", "2021-03-01", "2021-08-31"]))
        return self.draw(st.booleans() if type_ == BOOLEAN else st.sampled_from(["甲", "乙"]))


@st.composite
def households(draw: Any, pack: Pack) -> dict[str, Any]:
    """All that a pack asks about a household in its area, figures on, above and below its lines, without contradiction."""
    lines = [value.value for parameter in pack.parameters.values() for value in parameter.values]
    lines = [line for line in lines if isinstance(line, Decimal)]
    cent = Decimal("0.01")
    around = st.sampled_from([Decimal(0), Decimal(1), *(line + step for line in lines for step in (-cent, 0, cent))])
    data = _Household(draw, pack, around).record(pack.vocabulary.form("household"))
    data |= {name: places[0] for name, places in pack.area.places} | {"as_of": day_in(pack).isoformat()}
    data["household_size"] = len(data["members"]) if "members" in data else draw(st.integers(1, 4))
    for figures in data.get("finances", {}).values():
        for name in ("income", "net_income", "disposable_income"):
            _consistent(draw, figures, name, data["household_size"])
    return data


def _consistent(draw: Any, figures: dict[str, Any], name: str, size: int) -> None:
    """Either a figure per head and the total it gives to the fen, or a total that does not divide."""
    each = f"{name}_per_head"
    if {name, each} <= set(figures):
        figures[name] = figures[each] * size
        if draw(st.booleans()):
            figures[name] += Decimal("0.01")
            del figures[each]


Place = tuple[str | int, ...]
PLACE = ("province", "prefecture", "county", "town", "as_of")


def leaves_of(data: Any, path: Place = ()) -> Iterator[Place]:
    """Where something can be unknown: single facts, whole lists, and the facts of their items."""
    if isinstance(data, dict) and "value" not in data:
        for key, value in data.items():
            yield from leaves_of(value, (*path, key))
    else:
        if path[-1] not in PLACE:
            yield path
        if isinstance(data, list):
            for number, item in enumerate(data):
                if isinstance(item, dict):
                    yield from leaves_of(item, (*path, number))


def without(data: Any, hidden: Set[Place], path: Place = ()) -> Any:
    """The data with nothing at the hidden places."""
    if isinstance(data, dict) and "value" not in data:
        return {key: without(value, hidden, (*path, key)) for key, value in data.items() if (*path, key) not in hidden}
    if isinstance(data, list):
        return [without(item, hidden, (*path, number)) for number, item in enumerate(data)]
    return data


def written(place: Place, year: int) -> str:
    """The place as a path of the engine, asked about in this year."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    return text.replace(f"finances.{year}.", "this_year.").replace(f"finances.{year - 1}.", "last_year.")
