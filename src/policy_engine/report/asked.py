"""What was asked: of which pack, on which day, by which readings, with which figures supplied and supposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from policy_engine.errors import Language
from policy_engine.expression.unparse import unparse
from policy_engine.model.pack import Pack
from policy_engine.model.parameter import DatedValue, Parameter
from policy_engine.model.path_labels import label_of
from policy_engine.model.scenario import Scenario, Settings
from policy_engine.report.text import cited
from policy_engine.report.words import say, shown
from policy_engine.version import __version__

__all__ = ["asked_rows", "suppositions"]


def asked_rows(
    pack: Pack,
    settings: Settings,
    scenario: Scenario,
    *,
    on: str,
    given: str,
    counts: Mapping[str, int],
    mask: bool = False,
) -> Iterator[tuple[str, str]]:
    """The rows of the sheet that says what its answers rest on, with how many there are of what.

    With `mask`, facts that are supposed to change are not told: conditions may name a household.
    """
    yield "政策文件", pack.title.zh
    yield "政策包", f"{pack.id} {pack.version}"
    yield "政策包哈希", pack.hash
    yield "引擎版本", __version__
    yield "问的日期", on
    yield "事实来自", given
    yield from ((name, str(count)) for name, count in counts.items())
    for id_, reading in pack.readings.items():
        chosen = scenario.readings.get(id_) or settings.readings.get(id_)
        option = reading.option(chosen or reading.default)
        whose = "默认" if chosen is None else "本次指定" if id_ in scenario.readings else "使用单位指定"
        label = option.label.zh or option.id
        yield f"解释 {id_}", f"{reading.reads.clause}“{reading.reads.words}”：{label}（{whose}）"
    for id_, values in settings.parameters.items():
        parameter = pack.parameter(id_)
        yield f"使用单位提供 {id_}", "；".join(_supplied(parameter, one) for one in values)
    told = replace(scenario, changes=()) if mask else scenario
    yield from (("设想", line) for line in suppositions(pack, told, "zh"))
    if mask and scenario.changes:
        yield "设想", f"另有 {len(scenario.changes)} 处事实的变动，未列出"


def _supplied(parameter: Parameter, given: DatedValue) -> str:
    when = f"，自 {given.from_}" * bool(given.from_) + f"，至 {given.to}" * bool(given.to)
    return f"{parameter.label.zh}：{shown(given.value, parameter.type, 'zh')}{when}（来源：{given.source}）"


def suppositions(pack: Pack, scenario: Scenario, language: Language) -> Iterator[str]:
    """What a scenario supposes, each thing in one line with the clause that says otherwise."""
    for id_, value in scenario.parameters.items():
        parameter = pack.parameter(id_)
        stated = [dated.value for dated in parameter.values]
        cites = cited(tuple(dict.fromkeys((*parameter.cites, *(c for d in parameter.values for c in d.cites)))))
        before = " / ".join(shown(one, parameter.type, language) for one in stated) or say("not stated", language)
        yield f"{parameter.label.in_(language)}: {before} → {shown(value, parameter.type, language)}  {cites}".rstrip()
    for id_, option in scenario.readings.items():
        reading = pack.reading(id_)
        label = reading.option(option).label.in_(language) or option
        yield f"{reading.question.in_(language)} → {label}  {cited((reading.reads,))}"
    for change in scenario.changes:
        when = "" if unparse(change.when) == "true" else f"{unparse(change.when)}: "
        about = "household" if change.about == "member" else change.about
        for new in change.set:
            label = label_of(new.path, pack, about, language) if change.about != "member" else new.path
            yield f"{when}{label} := {unparse(new.value)}"
