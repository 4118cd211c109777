"""The core vocabulary: the facts about households, villages and areas that the documents talk about.

`docs/facts.md` is generated from here. A pack adds its own facts in its `vocabulary.yaml`.
"""

from __future__ import annotations

from policy_engine.expression.types import DATE
from policy_engine.model import core_codes as code
from policy_engine.model import core_records as records
from policy_engine.model.building import (
    by_year,
    date,
    form,
    judged,
    listed,
    number,
    one_of,
    record,
    some_of,
    text,
    yes,
)
from policy_engine.model.vocabulary import Vocabulary

__all__ = ["CORE", "may_be_negative"]

_NET_OF_COSTS = ("income", "net_income", "disposable_income", "business")


def may_be_negative(fact: str) -> bool:
    """Only income, from which costs are taken, can be a loss; by the name of the fact."""
    return fact.startswith(_NET_OF_COSTS)


HOUSEHOLD = form(
    "household",
    "农户",
    "Household",
    text("household_id", "户编号", "Household code", personal=True),
    text("province", "省", "Province", "在哪个省？ | Which province?"),
    text("prefecture", "设区市", "Prefecture", "在哪个设区市？ | Which prefecture?"),
    text("county", "县市区", "County", "在哪个县（市、区）？ | Which county or district?"),
    text("town", "乡镇街道", "Town", "在哪个乡镇、街道？ | Which town or sub-district?"),
    text("village", "行政村", "Village"),
    text("group", "村民小组", "Group"),
    text("grid_id", "网格", "Grid"),
    number(
        "household_size",
        "家庭人口",
        "People in the household",
        "家里有几口人？ | How many people are in the household?",
        unit="person",
        derived="count(members)",
        personal=True,
    ),
    yes(
        "low_income",
        "低收入农户",
        "Low-income household",
        "是否已认定为低收入农户？ | Recognised as a low-income household?",
    ),
    yes("low_income_criteria_met", "符合低收入农户认定条件", "Meets the low-income criteria"),
    yes(
        "lifted_from_poverty", "脱贫户", "Lifted from poverty", "是脱贫户吗？ | Was the household lifted from poverty?"
    ),
    one_of("registered_kind", code.REGISTERED_KIND, "监测对象类别", "Registered kind of monitored household"),
    yes("difficult_rural", "农村困难家庭", "Rural household in difficulty"),
    yes("recognised", "已认定生活困难农户", "Recognised as in difficulty"),
    date("recognised_on", "认定日期", "Recognised on"),
    yes("monitored", "监测对象", "Monitored", "目前是监测对象吗？ | Is the household monitored now?"),
    date("monitored_since", "纳入日期", "Monitored since"),
    some_of("risk_kinds", code.RISK_KIND, "返贫致贫风险", "Risks of falling into poverty", personal=True),
    judged(
        "at_risk",
        "存在返贫致贫风险",
        "At risk of falling into poverty",
        "经研判，是否存在返贫致贫风险？ | Is it judged to be at risk of falling into poverty?",
        personal=True,
    ),
    one_of(
        "relief",
        code.RELIEF,
        "社会救助类别",
        "Social relief",
        "享受哪类社会救助？ | Which kind of social relief?",
        personal=True,
    ),
    date("grace_since", "进入渐退期日期", "In the grace period since"),
    one_of("record_status", code.RECORD_STATUS, "档案状态", "State of the file"),
    yes("applied", "自愿申请", "Applied of its own will"),
    yes("can_write", "是否能书写", "Can write", personal=True),
    yes("wishes_to_leave", "自愿放弃帮扶", "Gives up help of its own will", personal=True),
    yes("informed_of_policies", "知晓帮扶政策", "Knows the policies"),
    yes("head_signed", "户主签字", "Signed by the head"),
    listed("members", records.MEMBER, "家庭成员", "Members", personal=True),
    by_year("finances", records.FINANCES, "年度收支", "Income and spending by year", changeable=True, personal=True),
    record(
        "secure",
        records.SECURE,
        "两不愁三保障和饮水",
        "The guarantees and drinking water",
        changeable=True,
        personal=True,
    ),
    date("secure_since", "保障巩固起始日", "Guarantees secure since", personal=True),
    yes("has_problems", "存在问题", "Has problems", personal=True),
    judged("temporary_hardship", "临时性困难", "Temporary hardship", personal=True),
    judged("living_hardship", "生活困难", "Hardship in daily life", personal=True),
    one_of("living_hardship_cause", code.RISK_KIND, "生活困难原因", "Cause of the hardship", personal=True),
    judged(
        "severe_hardship",
        "基本生活严重困难",
        "Severe hardship in basic living",
        "经研判，基本生活是否出现严重困难？ | Is basic living judged to be in severe difficulty?",
        personal=True,
    ),
    judged("basic_living_affected", "影响基本生活", "Basic living is affected", personal=True),
    listed("shocks", records.SHOCK, "突发变故", "Sudden shocks", events=True, personal=True),
    judged(
        "spending_large",
        "刚性支出较大",
        "Large unavoidable spending",
        "经研判，刚性支出是否较大？ | Is unavoidable spending judged to be large?",
        personal=True,
    ),
    judged(
        "income_sharply_cut",
        "收入大幅缩减",
        "Income sharply cut",
        "经研判，收入是否大幅缩减？ | Is income judged to be sharply cut?",
        personal=True,
    ),
    judged("sudden_major_change", "突发性重大变故", "Sudden major change", personal=True),
    judged("other_special", "其他特殊情况", "Other special circumstances", personal=True),
    judged(
        "income_stable",
        "收入持续稳定",
        "Income lastingly stable",
        "经研判，收入是否持续稳定？ | Is income judged lastingly stable?",
        personal=True,
    ),
    date("income_stable_since", "收入稳定起始日", "Income stable since", personal=True),
    judged(
        "spending_controllable",
        "刚性支出可控",
        "Unavoidable spending under control",
        "经研判，刚性支出是否可控？ | Is unavoidable spending judged to be under control?",
        personal=True,
    ),
    judged(
        "risk_removed",
        "风险已稳定消除",
        "Risk removed for good",
        "经研判，返贫致贫风险是否已稳定消除？ | Is the risk judged to be removed for good?",
        personal=True,
    ),
    date("risk_removed_since", "风险消除起始日", "Risk removed since", personal=True),
    judged("conditions_improved", "生产生活条件改善", "Living conditions improved", personal=True),
    yes(
        "social_security_in_place",
        "社会保障措施已落实",
        "Social security in place",
        "社会保障措施是否已落实？ | Are social security measures in place?",
        personal=True,
    ),
    yes(
        "business_conditions",
        "具备发展产业条件",
        "Conditions for a business",
        "是否具备发展产业条件？ | Are there conditions for a business?",
        personal=True,
    ),
    yes(
        "business_wish",
        "产业发展意愿",
        "Wishes to run a business",
        "是否有产业发展意愿？ | Does it wish to run a business?",
        personal=True,
    ),
    yes(
        "business_failed",
        "产业发展失败",
        "Business has failed",
        "产业发展是否失败？ | Has its business failed?",
        personal=True,
    ),
    yes(
        "rebuilding",
        "灾后重建",
        "Rebuilding after disaster",
        "是否灾后重建户？ | Is it rebuilding after a disaster?",
        personal=True,
    ),
    yes(
        "stable_income_from_work",
        "通过产业就业获得稳定收入",
        "Stable income from business or work",
        "能否通过产业就业获得稳定收入？ | Does it have a stable income from business or work?",
        changeable=True,
        personal=True,
    ),
    judged("can_raise_income_by_work", "能通过就业增收", "Can raise its income by work", personal=True),
    listed("refusals", records.REFUSAL, "拒绝情况", "Refusals", events=True, personal=True),
    yes("over_dibao_income", "实际收入不符合低保标准", "Actual income above the dibao standard", personal=True),
    yes("over_dibao_assets", "实际资产不符合低保标准", "Actual assets above the dibao standard", personal=True),
    judged(
        "over_dibao_living",
        "实际生活水平明显超出低保标准",
        "Actual living clearly above the dibao standard",
        personal=True,
    ),
    one_of("dilapidation", code.DILAPIDATION, "危房等级", "Grade of dilapidation", personal=True),
    date("dilapidation_known_on", "危房发现日期", "Dilapidation known on", personal=True),
    date("dilapidation_repaired_on", "危房改造完成日期", "Dilapidation repaired on", personal=True),
    number("relocation_people", "异地搬迁人数", "People relocated", unit="person", personal=True),
    yes("sampled", "收入监测抽中户", "Sampled for the income survey"),
    some_of("poverty_causes", code.RISK_KIND, "致贫原因", "Causes of poverty", personal=True),
    some_of("income_sources", code.INCOME_SOURCE, "收入来源", "Sources of income", personal=True),
    one_of("epidemic_effect", code.EPIDEMIC_EFFECT, "疫情影响", "Effect of the epidemic", personal=True),
    one_of("measures_state", code.MEASURES_STATE, "帮扶举措落实情况", "State of the measures"),
    listed("helpers", records.HELPER, "帮扶责任人", "Helpers", personal=True),
    record("plan", records.PLAN, "一户一策", "Plan for the household", personal=True),
    listed("needs", records.NEED, "诉求", "Needs", events=True, personal=True),
    listed("received", records.RECEIVED, "已享受帮扶", "Help received", events=True, personal=True),
    listed("visits", records.VISIT, "走访更新", "Visits", events=True),
    unit="household",
)

VILLAGE = form(
    "village",
    "行政村",
    "Village",
    text("village_id", "村编号", "Village code"),
    text("province", "省", "Province"),
    text("prefecture", "设区市", "Prefecture"),
    text("county", "县市区", "County"),
    text("town", "乡镇街道", "Town"),
    yes("on_weak_register", "集体经济相对薄弱村", "On the register of weak villages"),
    by_year("finances", records.VILLAGE_FINANCES, "村集体收支", "Finances by year", changeable=True),
    text("department", "结对部门", "Paired department"),
    yes("has_work_team", "驻村工作队", "Has a resident work team"),
    listed("grids", records.GRID, "村内网格", "Grids"),
    some_of("reports", DATE, "网格上报日期", "Reports on", events=True),
    some_of("supervisions", DATE, "督导日期", "Supervisions on", events=True),
    some_of("canvasses", DATE, "集中排查日期", "Canvasses on", events=True),
    unit="village",
)

AREA = form(
    "area",
    "区域",
    "Area",
    text("area_id", "区域编号", "Area code"),
    one_of("level", code.AREA_LEVEL, "区域层级", "Level"),
    text("province", "省", "Province"),
    text("prefecture", "设区市", "Prefecture"),
    text("county", "县市区", "County"),
    text("town", "乡镇街道", "Town"),
    by_year("figures", records.AREA_FIGURES, "区域年度数据", "Figures by year"),
    listed("shocks", records.SHOCK, "突发变故", "Sudden shocks", events=True),
    listed("villages", VILLAGE, "区内各村", "Villages"),
    listed("households", HOUSEHOLD, "区内各户", "Households"),
)

CORE = Vocabulary(
    (
        HOUSEHOLD,
        VILLAGE,
        AREA,
        records.MEMBER,
        records.FINANCES,
        records.RIGID_SPENDING,
        records.SECURE,
        records.SHOCK,
        records.HELPER,
        records.NEED,
        records.RECEIVED,
        records.VISIT,
        records.REFUSAL,
        records.PLAN,
        records.VILLAGE_FINANCES,
        records.AREA_FIGURES,
        records.GRID,
    )
)
