"""The core vocabulary's records: members, finances, shocks, helpers, needs, visits."""

from __future__ import annotations

from policy_engine.expression.types import DATE, TEXT
from policy_engine.model import core_codes as code
from policy_engine.model.building import (
    date,
    form,
    judged,
    money,
    number,
    one_of,
    record,
    some_of,
    text,
    yes,
)

MEMBER = form(
    "member",
    "家庭成员",
    "Member of the household",
    text("member_id", "成员编号", "Member code", personal=True),
    text("relation", "与户主关系", "Relation to the head"),
    date("birth_date", "出生日期", "Date of birth", personal=True),
    some_of(
        "health",
        code.HEALTH,
        "健康状况",
        "Health",
        "患有哪些疾病？没有填“无” | Which illnesses? None: leave the list empty",
    ),
    judged("chronic_burdensome", "慢性病负担较重", "Burdensome chronic illness"),
    one_of("disability_kind", code.DISABILITY_KIND, "残疾类别", "Kind of disability"),
    one_of("disability_grade", code.DISABILITY_GRADE, "残疾等级", "Grade of disability"),
    one_of("self_care", code.SELF_CARE, "自理能力", "Self-care"),
    one_of("labour", code.LABOUR, "劳动能力", "Capacity for work"),
    judged("some_capacity", "有一定就业能力", "Has some capacity for employment"),
    one_of("employment", code.EMPLOYMENT, "就业状况", "Employment", changeable=True),
    yes("wishes_to_work", "就业意愿", "Wishes to work"),
    yes("in_school", "在校", "In school"),
    one_of("school_stage", code.SCHOOL_STAGE, "学段", "School stage"),
    one_of("out_of_school_reason", code.OUT_OF_SCHOOL, "失学辍学原因", "Why not in school"),
    some_of("insured", code.INSURANCE, "参保", "Medical insurance"),
    yes("medical_relief", "医疗救助", "Receives medical relief"),
    one_of("relief", code.RELIEF, "社会救助类别", "Social relief"),
    unit="person",
)

RIGID_SPENDING = form(
    "rigid_spending",
    "刚性支出",
    "Unavoidable spending",
    money("illness", "因病支出", "Illness"),
    money("disability", "因残支出", "Disability"),
    money("schooling", "因学支出", "Schooling"),
    money("disaster", "因灾支出", "Disaster"),
    money("accident", "因意外支出", "Accident"),
    money("other", "其他刚性支出", "Other"),
)

FINANCES = form(
    "finances",
    "年度收支",
    "Income and spending of a year",
    money("income", "家庭收入", "Income of the household"),
    money("net_income", "纯收入", "Net income"),
    money("disposable_income", "可支配收入", "Disposable income"),
    money("income_per_head", "人均收入", "Income per head", unit="CNY/person", derived="income / household_size"),
    money(
        "net_income_per_head",
        "人均纯收入",
        "Net income per head",
        unit="CNY/person",
        derived="net_income / household_size",
    ),
    money(
        "disposable_income_per_head",
        "人均可支配收入",
        "Disposable income per head",
        unit="CNY/person",
        derived="disposable_income / household_size",
    ),
    money("wages", "工资性收入", "Wages"),
    money("business", "生产经营性收入", "Business income"),
    money("property", "财产性收入", "Property income"),
    money("transfers", "转移性收入", "Transfers"),
    money("business_costs", "生产经营性支出", "Business costs"),
    record("rigid_spending", RIGID_SPENDING, "刚性支出", "Unavoidable spending"),
    money("reimbursed", "报销", "Reimbursed"),
    date("period_from", "统计起始日", "Period from"),
    date("period_to", "统计截止日", "Period to"),
    yes("estimated", "估算", "Estimated"),
)

SECURE = form(
    "secure",
    "两不愁三保障和饮水安全",
    "The guarantees and drinking water",
    yes("food", "吃不愁", "Food", "吃饭有保障吗？ | Is food secure?"),
    yes("clothing", "穿不愁", "Clothing", "穿衣有保障吗？ | Is clothing secure?"),
    yes(
        "compulsory_education",
        "义务教育",
        "Compulsory education",
        "义务教育有保障吗？ | Is compulsory education secure?",
    ),
    yes("basic_medical", "基本医疗", "Basic medical care", "基本医疗有保障吗？ | Is basic medical care secure?"),
    yes("safe_housing", "住房安全", "Safe housing", "住房安全有保障吗？ | Is safe housing secure?"),
    yes("drinking_water", "饮水安全", "Drinking water", "饮水安全有保障吗？ | Is drinking water secure?"),
)

SHOCK = form(
    "shock",
    "突发变故",
    "Sudden shock",
    one_of("kind", code.SHOCK_KIND, "变故类别", "Kind"),
    date("happened_on", "发生日期", "Happened on"),
    money("spending", "变故支出", "Spending"),
    money("income_loss", "收入损失", "Loss of income"),
    judged("caused_hardship", "造成生活困难", "Has caused hardship"),
    one_of("source", code.SOURCE, "信息来源", "Source"),
)

HELPER = form(
    "helper",
    "帮扶人",
    "Helper",
    text("helper_id", "帮扶人编号", "Helper code"),
    one_of("role", code.HELPER_ROLE, "帮扶角色", "Role"),
    one_of("employer", code.EMPLOYER, "单位性质", "Employer"),
    one_of("level", code.LEVEL, "单位层级", "Level"),
    date("assigned_on", "安排日期", "Assigned on"),
    date("ended_on", "结束日期", "Ended on"),
    one_of("end_reason", code.END_REASON, "结束原因", "Why ended"),
    judged("able", "能履行帮扶责任", "Can do the work"),
)

NEED = form(
    "need",
    "诉求",
    "Need",
    text("need_id", "诉求编号", "Need code"),
    one_of("kind", code.NEED_KIND, "诉求类别", "Kind"),
    date("raised_on", "提出日期", "Raised on"),
    date("accepted_on", "受理日期", "Accepted on"),
    date("answered_on", "答复日期", "Answered on"),
    number("rated", "满意度", "Rating"),
    yes("settled", "已解决", "Settled"),
)

RECEIVED = form(
    "received",
    "已享受帮扶",
    "Help received",
    one_of("kind", code.NEED_KIND, "帮扶类别", "Kind"),
    date("received_on", "享受日期", "Received on"),
    money("amount", "金额", "Amount"),
    text("provider", "提供单位", "Provider"),
)

VISIT = form(
    "visit",
    "走访更新",
    "Visit",
    one_of("kind", code.VISIT_KIND, "走访类别", "Kind"),
    date("visited_on", "走访日期", "Visited on"),
    yes("at_home", "入户", "At home"),
)

REFUSAL = form(
    "refusal",
    "拒绝情况",
    "Refusal",
    text("member_id", "成员编号", "Member code", personal=True),
    one_of("kind", code.REFUSAL_KIND, "拒绝类别", "Kind"),
    date("asked_on", "提供日期", "Offered on"),
    judged("without_cause", "无故", "Without good cause"),
)

PLAN = form(
    "plan",
    "一户一策",
    "Plan for the household",
    some_of("measures", TEXT, "帮扶措施", "Measures"),
    text("responsible", "责任人", "Person responsible"),
    text("goal", "年度目标", "Goal of the year"),
    text("funding", "资金", "Funding"),
    text("channel", "渠道", "Channel"),
)

VILLAGE_FINANCES = form(
    "village_finances",
    "村集体收支",
    "Finances of a village",
    money("collective_income", "集体经济年总收入", "Collective income of the year"),
    money("operating_income", "经营性收入", "Operating income of the year"),
)

AREA_FIGURES = form(
    "area_figures",
    "区域年度数据",
    "Figures of an area for a year",
    money("dibao_standard_monthly", "低保月标准", "Monthly dibao standard", unit="CNY/person"),
    number("rural_income_growth", "农村常住居民人均可支配收入增幅", "Growth of rural disposable income per head"),
    number("low_income_growth", "低收入农户人均可支配收入增幅", "Growth of low-income households' income per head"),
    number(
        "recognised_income_growth", "生活困难农户人均可支配收入增幅", "Growth of recognised households' income per head"
    ),
)

GRID = form(
    "grid",
    "网格",
    "Grid",
    text("grid_id", "网格编号", "Grid code"),
    number("households", "网格户数", "Households", unit="household"),
    text("in_charge", "网格员", "Person in charge", personal=True),
    some_of("supervised_on", DATE, "网格督导日期", "Supervised on", events=True),
    some_of("reported_on", DATE, "网格上报情况日期", "Reported on", events=True),
)
