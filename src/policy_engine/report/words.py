"""The fixed words of reports, in Chinese and English; and values as people write them."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from policy_engine.expression.types import CodeType, ListType, NumberType, Type
from policy_engine.values import CONTEXT, Months, format_days, format_number

__all__ = ["UNITS", "say", "shown"]

_WORDS: dict[str, tuple[str, str]] = {
    "household": ("户", "Household"),
    "village": ("村", "Village"),
    "area": ("区域", "Area"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "unknown": ("未知", "unknown"),
    "none": ("无", "none"),
    "given": ("已写明", "is given"),
    "left empty": ("没有写", "is left empty"),
    "determined": ("已确定", "determined"),
    "undetermined": ("尚不能确定", "not determined yet"),
    "between_bounds": ("{low} 至 {high}", "{low} to {high}"),
    "at_least": ("至少 {low}", "at least {low}"),
    "may_be": ("可能为", "it may be"),
    "or": ("或", "or"),
    "certain": ("已确定", "certain"),
    "possible": ("可能", "possible"),
    "gap": ("没有适用的规则", "no rule applies"),
    "gap_possible": ("可能没有适用的规则", "possibly no rule applies"),
    "conflict": ("规则相互冲突", "rules conflict"),
    "conflict_possible": ("规则可能相互冲突", "rules may conflict"),
    "out_of_scope": ("不适用", "Out of scope"),
    "scope_open": ("是否适用尚不能确定", "Whether the document applies is not determined"),
    "otherwise": ("其余情形", "otherwise"),
    "why": ("依据", "Why"),
    "still_needed": ("还需要", "Still needed"),
    "needs_settings": ("文件未给出，须由使用单位提供", "not stated in the document, to be supplied in settings"),
    "settles": ("试了 {tried} 种取值，{settles} 种可定", "{settles} of {tried} values tried settle it"),
    "relied": ("据以认定", "Relied on"),
    "reading": ("解释", "Reading"),
    "assumption": ("假定", "Assumption"),
    "has": ("含有", "has"),
    "that": ("该", "the"),
    "settings": ("使用单位提供", "Supplied by the deployer"),
    "scenario": ("设想", "Supposed"),
    "judgement": ("研判", "Judgement"),
    "default": ("默认", "default"),
    "derived": ("推算", "derived"),
    "not stated": ("文件未给出", "not stated"),
    "masked": ("个人信息已遮盖", "Personal values are masked"),
    "shown above": ("见上", "see above"),
    "problems": ("注意", "Note"),
    "shall": ("应当", "shall"),
    "may": ("可以", "may"),
    "strive": ("力争", "strive to"),
    "encourage": ("鼓励", "encouraged"),
    "defer": ("暂缓", "deferred"),
    "undefined": ("无值", "no value"),
    "issued": ("印发", "issued"),
    "all_of": ("全部满足", "all of"),
    "any_of": ("满足其一", "one of"),
    "not": ("并非", "not"),
    "and": ("且", "and"),
    "some": ("有", "some"),
    "every": ("每个", "every"),
    "satisfies": ("满足", "satisfies"),
    "in": ("属于", "in"),
    "between": ("介于", "between"),
    "year": ("年份", "year"),
    "month": ("月份", "month"),
    "day": ("日", "day"),
    "weekday": ("星期", "weekday"),
    "days": ("天数", "days"),
    "years": ("年数", "years"),
    "months": ("月数", "months"),
    "on": ("当日", "the date"),
    "item": ("该项", "item"),
    "is known": ("已知", "is known"),
    "contains": ("含有", "contains"),
    "max": ("最大", "max"),
    "min": ("最小", "min"),
    "sum": ("合计", "sum"),
    "ceiling": ("向上取整", "ceiling"),
    "floor": ("向下取整", "floor"),
    "date": ("日期", "date"),
    "the date": ("该日期", "the date"),
    "of": ("的", "'s"),
    "count": ("个数", "number of"),
    "reads": ("所读文字", "Reads"),
    "question": ("问题", "Question"),
    "options": ("选项", "Options"),
}


def say(word: str, language: str) -> str:
    """The fixed word in this language; the word itself where it is not in the list."""
    zh, en = _WORDS.get(word, (word, word))
    return zh if language == "zh" else en


UNITS: dict[str, tuple[str, str]] = {
    "CNY": ("元", "yuan"),
    "CNY/person": ("元/人", "yuan a head"),
    "CNY/household": ("元/户", "yuan a household"),
    "person": ("人", "people"),
    "household": ("户", "households"),
    "village": ("村", "villages"),
}


def shown(value: Any, type_: Type | None, language: str) -> str:
    """A value as a person writes it: labels for codes, units behind numbers, amounts per head to 0.01 (half up)."""
    if value is None:
        return say("unknown", language)
    if isinstance(value, bool):
        return say("yes" if value else "no", language)
    if isinstance(value, tuple):
        item = type_.item if isinstance(type_, ListType) else None
        comma = "、" if language == "zh" else ", "
        return comma.join(shown(part, item, language) for part in value) or say("none", language)
    if isinstance(value, Decimal):
        return _number(value, type_, language)
    if isinstance(type_, CodeType):
        option = next((option for option in type_.options if option.id == value), None)
        return option.label(language) if option else str(value)
    if isinstance(value, datetime.timedelta):
        return format_days(value) if value.seconds else f"{value.days} {'天' if language == 'zh' else 'days'}"
    if isinstance(value, Months):
        return f"{value.count} {'个月' if language == 'zh' else 'months'}"
    return str(value)


def _number(value: Decimal, type_: Type | None, language: str) -> str:
    unit = str(type_.unit) if isinstance(type_, NumberType) and type_.unit else ""
    about = ""
    if unit == "CNY/person":
        exact, value = value, value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP, context=CONTEXT)
        about = "" if value == exact else "≈"
    words = UNITS.get(unit)
    suffix = f" {words[0] if language == 'zh' else words[1]}" if words else ""
    return about + format_number(value) + suffix
