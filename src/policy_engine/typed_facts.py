"""The facts of the core vocabulary as typed models. Generated from `model/core.py` by `make generate`; do not edit."""

# ruff: noqa: E501
from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, WrapSerializer

from policy_engine.values import Record

__all__ = ["Area", "AreaFigures", "Evidence", "Finances", "Grid", "Helper", "Household", "Member", "Need", "Plan", "Received", "Refusal", "RigidSpending", "Secure", "Shock", "Village", "VillageFinances", "Visit"]

AreaLevelCode = Literal["town", "county", "prefecture", "province"]
DilapidationCode = Literal["A", "B", "C", "D", "not_assessed"]
DisabilityGradeCode = Literal["none", "1", "2", "3", "4"]
DisabilityKindCode = Literal["vision", "hearing", "speech", "limb", "intellectual", "mental", "multiple"]
EmployerCode = Literal["administrative", "public_institution", "state_enterprise", "other"]
EmploymentCode = Literal["stable", "unstable", "unemployed", "studying", "not_seeking"]
EndReasonCode = Literal["transferred", "retired", "ill", "other"]
EpidemicEffectCode = Literal["none", "some", "severe"]
HealthCode = Literal["chronic", "major_illness"]
HelperRoleCode = Literal["responsible", "contact", "paired_cadre"]
IncomeSourceCode = Literal["wages", "business", "property", "transfers"]
InsuranceCode = Literal["basic", "major_illness", "supplementary"]
LabourCode = Literal["skilled", "ordinary", "weak", "lost", "none"]
LevelCode = Literal["village", "township", "county", "city", "province"]
MeasuresStateCode = Literal["not_begun", "partly", "in_place"]
NeedKindCode = Literal["money", "medical", "schooling", "housing", "water", "work", "business", "sales", "care", "other"]
OutOfSchoolReasonCode = Literal["dropout", "postponed", "suspended", "home_teaching"]
RecordStatusCode = Literal["reviewed", "new"]
RefusalKindCode = Literal["training", "guidance", "referral"]
RegisteredKindCode = Literal["unstable_lifted", "borderline", "sudden", "none"]
ReliefCode = Literal["none", "dibao", "dibao_margin", "tekun", "spending_driven"]
RiskKindCode = Literal["illness", "disability", "schooling", "disaster", "accident", "no_labour", "job_loss", "business_failure", "other"]
SchoolStageCode = Literal["preschool", "primary", "junior", "senior", "higher"]
SelfCareCode = Literal["full", "partial", "none"]
ShockKindCode = Literal["illness", "disability", "schooling", "flood_drought", "weather", "earthquake", "geological", "biological", "fire", "epidemic", "accident", "job_loss", "business_failure", "price_fall", "supply_break", "fewer_workers", "other"]
SourceCode = Literal["self_report", "cadre_visit", "department_data", "automatic", "hotline_12317", "petition", "media", "register"]
VisitKindCode = Literal["visit", "update", "survey"]
Bool = Annotated[bool, Strict()]
Date = Annotated[datetime.date, Strict()]
Number = Annotated[int, Strict()] | Annotated[Decimal, Strict()]
"""Nothing is guessed: no text or binary float is taken for a number, no number for a truth."""
Text = Annotated[str, Strict()]

Key = TypeVar("Key", int, str)
Item = TypeVar("Item")
Frozen = Annotated[
    Mapping[Key, Item], AfterValidator(Record), WrapSerializer(lambda found, write: write(dict(found)))
]


class Evidence(BaseModel):
    """Where a fact comes from, who vouches for it, when it was seen and when it was known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: SourceCode | None = None
    by: Text | None = None
    observed_on: Date | None = None
    known_on: Date | None = None
    reference: Text | None = None
    complete_to: Date | None = None


class _Record(BaseModel):
    """Facts of one kind of record; what is not given is not known. `evidence` is by the name of the fact.

    Facts that a pack adds may be given too; they are checked when the pack decides. Immutable and hashable.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    evidence: Frozen[str, Evidence] = Record()

    def facts(self) -> dict[str, Any]:
        """The facts as a facts file has them."""
        given = {name: _plain(value) for name, value in self if name != "evidence" and value is not None}
        for name, evidence in self.evidence.items():
            given[name] = {"value": given.get(name), **evidence.model_dump(exclude_none=True)}
        return given


def _plain(value: Any) -> Any:
    if isinstance(value, _Record):
        return value.facts()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value

class Grid(_Record):
    """网格 · Grid."""

    grid_id: Text | None = Field(default=None, description="网格编号 · Grid code")
    households: Number | None = Field(default=None, description="网格户数 · Households (household)")
    in_charge: Text | None = Field(default=None, description="网格员 · Person in charge")
    supervised_on: tuple[Date, ...] | None = Field(default=None, description="网格督导日期 · Supervised on")
    reported_on: tuple[Date, ...] | None = Field(default=None, description="网格上报情况日期 · Reported on")


class AreaFigures(_Record):
    """区域年度数据 · Figures of an area for a year."""

    dibao_standard_monthly: Number | None = Field(default=None, description="低保月标准 · Monthly dibao standard (CNY/person)")
    rural_income_growth: Number | None = Field(default=None, description="农村常住居民人均可支配收入增幅 · Growth of rural disposable income per head")
    low_income_growth: Number | None = Field(default=None, description="低收入农户人均可支配收入增幅 · Growth of low-income households’ income per head")
    recognised_income_growth: Number | None = Field(default=None, description="生活困难农户人均可支配收入增幅 · Growth of recognised households’ income per head")


class VillageFinances(_Record):
    """村集体收支 · Finances of a village."""

    collective_income: Number | None = Field(default=None, description="集体经济年总收入 · Collective income of the year (CNY)")
    operating_income: Number | None = Field(default=None, description="经营性收入 · Operating income of the year (CNY)")


class Plan(_Record):
    """一户一策 · Plan for the household."""

    measures: tuple[Text, ...] | None = Field(default=None, description="帮扶措施 · Measures")
    responsible: Text | None = Field(default=None, description="责任人 · Person responsible")
    goal: Text | None = Field(default=None, description="年度目标 · Goal of the year")
    funding: Text | None = Field(default=None, description="资金 · Funding")
    channel: Text | None = Field(default=None, description="渠道 · Channel")


class Refusal(_Record):
    """拒绝情况 · Refusal."""

    member_id: Text | None = Field(default=None, description="成员编号 · Member code")
    kind: RefusalKindCode | None = Field(default=None, description="拒绝类别 · Kind")
    asked_on: Date | None = Field(default=None, description="提供日期 · Offered on")
    without_cause: Bool | None = Field(default=None, description="无故 · Without good cause; a judgement: give evidence with by and observed_on")


class Visit(_Record):
    """走访更新 · Visit."""

    kind: VisitKindCode | None = Field(default=None, description="走访类别 · Kind")
    visited_on: Date | None = Field(default=None, description="走访日期 · Visited on")
    at_home: Bool | None = Field(default=None, description="入户 · At home")


class Received(_Record):
    """已享受帮扶 · Help received."""

    kind: NeedKindCode | None = Field(default=None, description="帮扶类别 · Kind")
    received_on: Date | None = Field(default=None, description="享受日期 · Received on")
    amount: Number | None = Field(default=None, description="金额 · Amount (CNY)")
    provider: Text | None = Field(default=None, description="提供单位 · Provider")


class Need(_Record):
    """诉求 · Need."""

    need_id: Text | None = Field(default=None, description="诉求编号 · Need code")
    kind: NeedKindCode | None = Field(default=None, description="诉求类别 · Kind")
    raised_on: Date | None = Field(default=None, description="提出日期 · Raised on")
    accepted_on: Date | None = Field(default=None, description="受理日期 · Accepted on")
    answered_on: Date | None = Field(default=None, description="答复日期 · Answered on")
    rated: Number | None = Field(default=None, description="满意度 · Rating")
    settled: Bool | None = Field(default=None, description="已解决 · Settled")


class Helper(_Record):
    """帮扶人 · Helper."""

    helper_id: Text | None = Field(default=None, description="帮扶人编号 · Helper code")
    role: HelperRoleCode | None = Field(default=None, description="帮扶角色 · Role")
    employer: EmployerCode | None = Field(default=None, description="单位性质 · Employer")
    level: LevelCode | None = Field(default=None, description="单位层级 · Level")
    assigned_on: Date | None = Field(default=None, description="安排日期 · Assigned on")
    ended_on: Date | None = Field(default=None, description="结束日期 · Ended on")
    end_reason: EndReasonCode | None = Field(default=None, description="结束原因 · Why ended")
    able: Bool | None = Field(default=None, description="能履行帮扶责任 · Can do the work; a judgement: give evidence with by and observed_on")


class Shock(_Record):
    """突发变故 · Sudden shock."""

    kind: ShockKindCode | None = Field(default=None, description="变故类别 · Kind")
    happened_on: Date | None = Field(default=None, description="发生日期 · Happened on")
    spending: Number | None = Field(default=None, description="变故支出 · Spending (CNY)")
    income_loss: Number | None = Field(default=None, description="收入损失 · Loss of income (CNY)")
    caused_hardship: Bool | None = Field(default=None, description="造成生活困难 · Has caused hardship; a judgement: give evidence with by and observed_on")
    source: SourceCode | None = Field(default=None, description="信息来源 · Source")


class Secure(_Record):
    """两不愁三保障和饮水安全 · The guarantees and drinking water."""

    food: Bool | None = Field(default=None, description="吃不愁 · Food")
    clothing: Bool | None = Field(default=None, description="穿不愁 · Clothing")
    compulsory_education: Bool | None = Field(default=None, description="义务教育 · Compulsory education")
    basic_medical: Bool | None = Field(default=None, description="基本医疗 · Basic medical care")
    safe_housing: Bool | None = Field(default=None, description="住房安全 · Safe housing")
    drinking_water: Bool | None = Field(default=None, description="饮水安全 · Drinking water")


class RigidSpending(_Record):
    """刚性支出 · Unavoidable spending."""

    illness: Number | None = Field(default=None, description="因病支出 · Illness (CNY)")
    disability: Number | None = Field(default=None, description="因残支出 · Disability (CNY)")
    schooling: Number | None = Field(default=None, description="因学支出 · Schooling (CNY)")
    disaster: Number | None = Field(default=None, description="因灾支出 · Disaster (CNY)")
    accident: Number | None = Field(default=None, description="因意外支出 · Accident (CNY)")
    other: Number | None = Field(default=None, description="其他刚性支出 · Other (CNY)")


class Member(_Record):
    """家庭成员 · Member of the household."""

    member_id: Text | None = Field(default=None, description="成员编号 · Member code")
    relation: Text | None = Field(default=None, description="与户主关系 · Relation to the head")
    birth_date: Date | None = Field(default=None, description="出生日期 · Date of birth")
    health: tuple[HealthCode, ...] | None = Field(default=None, description="健康状况 · Health")
    chronic_burdensome: Bool | None = Field(default=None, description="慢性病负担较重 · Burdensome chronic illness; a judgement: give evidence with by and observed_on")
    disability_kind: DisabilityKindCode | None = Field(default=None, description="残疾类别 · Kind of disability")
    disability_grade: DisabilityGradeCode | None = Field(default=None, description="残疾等级 · Grade of disability")
    self_care: SelfCareCode | None = Field(default=None, description="自理能力 · Self-care")
    labour: LabourCode | None = Field(default=None, description="劳动能力 · Capacity for work")
    some_capacity: Bool | None = Field(default=None, description="有一定就业能力 · Has some capacity for employment; a judgement: give evidence with by and observed_on")
    employment: EmploymentCode | None = Field(default=None, description="就业状况 · Employment")
    wishes_to_work: Bool | None = Field(default=None, description="就业意愿 · Wishes to work")
    in_school: Bool | None = Field(default=None, description="在校 · In school")
    school_stage: SchoolStageCode | None = Field(default=None, description="学段 · School stage")
    out_of_school_reason: OutOfSchoolReasonCode | None = Field(default=None, description="失学辍学原因 · Why not in school")
    insured: tuple[InsuranceCode, ...] | None = Field(default=None, description="参保 · Medical insurance")
    medical_relief: Bool | None = Field(default=None, description="医疗救助 · Receives medical relief")
    relief: ReliefCode | None = Field(default=None, description="社会救助类别 · Social relief")


class Finances(_Record):
    """年度收支 · Income and spending of a year."""

    income: Number | None = Field(default=None, description="家庭收入 · Income of the household (CNY)")
    net_income: Number | None = Field(default=None, description="纯收入 · Net income (CNY)")
    disposable_income: Number | None = Field(default=None, description="可支配收入 · Disposable income (CNY)")
    income_per_head: Number | None = Field(default=None, description="人均收入 · Income per head (CNY/person)")
    net_income_per_head: Number | None = Field(default=None, description="人均纯收入 · Net income per head (CNY/person)")
    disposable_income_per_head: Number | None = Field(default=None, description="人均可支配收入 · Disposable income per head (CNY/person)")
    wages: Number | None = Field(default=None, description="工资性收入 · Wages (CNY)")
    business: Number | None = Field(default=None, description="生产经营性收入 · Business income (CNY)")
    property: Number | None = Field(default=None, description="财产性收入 · Property income (CNY)")
    transfers: Number | None = Field(default=None, description="转移性收入 · Transfers (CNY)")
    business_costs: Number | None = Field(default=None, description="生产经营性支出 · Business costs (CNY)")
    rigid_spending: RigidSpending | None = Field(default=None, description="刚性支出 · Unavoidable spending")
    reimbursed: Number | None = Field(default=None, description="报销 · Reimbursed (CNY)")
    period_from: Date | None = Field(default=None, description="统计起始日 · Period from")
    period_to: Date | None = Field(default=None, description="统计截止日 · Period to")
    estimated: Bool | None = Field(default=None, description="估算 · Estimated")


class Village(_Record):
    """行政村 · Village."""

    subject: Literal["village"] = "village"
    as_of: Date | None = Field(default=None, description="the day the facts describe")
    village_id: Text | None = Field(default=None, description="村编号 · Village code")
    province: Text | None = Field(default=None, description="省 · Province")
    prefecture: Text | None = Field(default=None, description="设区市 · Prefecture")
    county: Text | None = Field(default=None, description="县市区 · County")
    town: Text | None = Field(default=None, description="乡镇街道 · Town")
    on_weak_register: Bool | None = Field(default=None, description="集体经济相对薄弱村 · On the register of weak villages")
    finances: Frozen[int, VillageFinances] | None = Field(default=None, description="村集体收支 · Finances by year")
    department: Text | None = Field(default=None, description="结对部门 · Paired department")
    has_work_team: Bool | None = Field(default=None, description="驻村工作队 · Has a resident work team")
    grids: tuple[Grid, ...] | None = Field(default=None, description="村内网格 · Grids")
    reports: tuple[Date, ...] | None = Field(default=None, description="网格上报日期 · Reports on")
    supervisions: tuple[Date, ...] | None = Field(default=None, description="督导日期 · Supervisions on")
    canvasses: tuple[Date, ...] | None = Field(default=None, description="集中排查日期 · Canvasses on")


class Household(_Record):
    """农户 · Household."""

    subject: Literal["household"] = "household"
    as_of: Date | None = Field(default=None, description="the day the facts describe")
    household_id: Text | None = Field(default=None, description="户编号 · Household code")
    province: Text | None = Field(default=None, description="省 · Province")
    prefecture: Text | None = Field(default=None, description="设区市 · Prefecture")
    county: Text | None = Field(default=None, description="县市区 · County")
    town: Text | None = Field(default=None, description="乡镇街道 · Town")
    village: Text | None = Field(default=None, description="行政村 · Village")
    group: Text | None = Field(default=None, description="村民小组 · Group")
    grid_id: Text | None = Field(default=None, description="网格 · Grid")
    household_size: Number | None = Field(default=None, description="家庭人口 · People in the household (person)")
    low_income: Bool | None = Field(default=None, description="低收入农户 · Low-income household")
    low_income_criteria_met: Bool | None = Field(default=None, description="符合低收入农户认定条件 · Meets the low-income criteria")
    lifted_from_poverty: Bool | None = Field(default=None, description="脱贫户 · Lifted from poverty")
    registered_kind: RegisteredKindCode | None = Field(default=None, description="监测对象类别 · Registered kind of monitored household")
    difficult_rural: Bool | None = Field(default=None, description="农村困难家庭 · Rural household in difficulty")
    recognised: Bool | None = Field(default=None, description="已认定生活困难农户 · Recognised as in difficulty")
    recognised_on: Date | None = Field(default=None, description="认定日期 · Recognised on")
    monitored: Bool | None = Field(default=None, description="监测对象 · Monitored")
    monitored_since: Date | None = Field(default=None, description="纳入日期 · Monitored since")
    risk_kinds: tuple[RiskKindCode, ...] | None = Field(default=None, description="返贫致贫风险 · Risks of falling into poverty")
    at_risk: Bool | None = Field(default=None, description="存在返贫致贫风险 · At risk of falling into poverty; a judgement: give evidence with by and observed_on")
    relief: ReliefCode | None = Field(default=None, description="社会救助类别 · Social relief")
    grace_since: Date | None = Field(default=None, description="进入渐退期日期 · In the grace period since")
    record_status: RecordStatusCode | None = Field(default=None, description="档案状态 · State of the file")
    applied: Bool | None = Field(default=None, description="自愿申请 · Applied of its own will")
    can_write: Bool | None = Field(default=None, description="是否能书写 · Can write")
    wishes_to_leave: Bool | None = Field(default=None, description="自愿放弃帮扶 · Gives up help of its own will")
    informed_of_policies: Bool | None = Field(default=None, description="知晓帮扶政策 · Knows the policies")
    head_signed: Bool | None = Field(default=None, description="户主签字 · Signed by the head")
    members: tuple[Member, ...] | None = Field(default=None, description="家庭成员 · Members")
    finances: Frozen[int, Finances] | None = Field(default=None, description="年度收支 · Income and spending by year")
    secure: Secure | None = Field(default=None, description="两不愁三保障和饮水 · The guarantees and drinking water")
    secure_since: Date | None = Field(default=None, description="保障巩固起始日 · Guarantees secure since")
    has_problems: Bool | None = Field(default=None, description="存在问题 · Has problems")
    temporary_hardship: Bool | None = Field(default=None, description="临时性困难 · Temporary hardship; a judgement: give evidence with by and observed_on")
    living_hardship: Bool | None = Field(default=None, description="生活困难 · Hardship in daily life; a judgement: give evidence with by and observed_on")
    living_hardship_cause: RiskKindCode | None = Field(default=None, description="生活困难原因 · Cause of the hardship")
    severe_hardship: Bool | None = Field(default=None, description="基本生活严重困难 · Severe hardship in basic living; a judgement: give evidence with by and observed_on")
    basic_living_affected: Bool | None = Field(default=None, description="影响基本生活 · Basic living is affected; a judgement: give evidence with by and observed_on")
    shocks: tuple[Shock, ...] | None = Field(default=None, description="突发变故 · Sudden shocks")
    spending_large: Bool | None = Field(default=None, description="刚性支出较大 · Large unavoidable spending; a judgement: give evidence with by and observed_on")
    income_sharply_cut: Bool | None = Field(default=None, description="收入大幅缩减 · Income sharply cut; a judgement: give evidence with by and observed_on")
    sudden_major_change: Bool | None = Field(default=None, description="突发性重大变故 · Sudden major change; a judgement: give evidence with by and observed_on")
    other_special: Bool | None = Field(default=None, description="其他特殊情况 · Other special circumstances; a judgement: give evidence with by and observed_on")
    income_stable: Bool | None = Field(default=None, description="收入持续稳定 · Income lastingly stable; a judgement: give evidence with by and observed_on")
    income_stable_since: Date | None = Field(default=None, description="收入稳定起始日 · Income stable since")
    spending_controllable: Bool | None = Field(default=None, description="刚性支出可控 · Unavoidable spending under control; a judgement: give evidence with by and observed_on")
    risk_removed: Bool | None = Field(default=None, description="风险已稳定消除 · Risk removed for good; a judgement: give evidence with by and observed_on")
    risk_removed_since: Date | None = Field(default=None, description="风险消除起始日 · Risk removed since")
    conditions_improved: Bool | None = Field(default=None, description="生产生活条件改善 · Living conditions improved; a judgement: give evidence with by and observed_on")
    social_security_in_place: Bool | None = Field(default=None, description="社会保障措施已落实 · Social security in place")
    business_conditions: Bool | None = Field(default=None, description="具备发展产业条件 · Conditions for a business")
    business_wish: Bool | None = Field(default=None, description="产业发展意愿 · Wishes to run a business")
    business_failed: Bool | None = Field(default=None, description="产业发展失败 · Business has failed")
    rebuilding: Bool | None = Field(default=None, description="灾后重建 · Rebuilding after disaster")
    stable_income_from_work: Bool | None = Field(default=None, description="通过产业就业获得稳定收入 · Stable income from business or work")
    can_raise_income_by_work: Bool | None = Field(default=None, description="能通过就业增收 · Can raise its income by work; a judgement: give evidence with by and observed_on")
    refusals: tuple[Refusal, ...] | None = Field(default=None, description="拒绝情况 · Refusals")
    over_dibao_income: Bool | None = Field(default=None, description="实际收入不符合低保标准 · Actual income above the dibao standard")
    over_dibao_assets: Bool | None = Field(default=None, description="实际资产不符合低保标准 · Actual assets above the dibao standard")
    over_dibao_living: Bool | None = Field(default=None, description="实际生活水平明显超出低保标准 · Actual living clearly above the dibao standard; a judgement: give evidence with by and observed_on")
    dilapidation: DilapidationCode | None = Field(default=None, description="危房等级 · Grade of dilapidation")
    dilapidation_known_on: Date | None = Field(default=None, description="危房发现日期 · Dilapidation known on")
    dilapidation_repaired_on: Date | None = Field(default=None, description="危房改造完成日期 · Dilapidation repaired on")
    relocation_people: Number | None = Field(default=None, description="异地搬迁人数 · People relocated (person)")
    sampled: Bool | None = Field(default=None, description="收入监测抽中户 · Sampled for the income survey")
    poverty_causes: tuple[RiskKindCode, ...] | None = Field(default=None, description="致贫原因 · Causes of poverty")
    income_sources: tuple[IncomeSourceCode, ...] | None = Field(default=None, description="收入来源 · Sources of income")
    epidemic_effect: EpidemicEffectCode | None = Field(default=None, description="疫情影响 · Effect of the epidemic")
    measures_state: MeasuresStateCode | None = Field(default=None, description="帮扶举措落实情况 · State of the measures")
    helpers: tuple[Helper, ...] | None = Field(default=None, description="帮扶责任人 · Helpers")
    plan: Plan | None = Field(default=None, description="一户一策 · Plan for the household")
    needs: tuple[Need, ...] | None = Field(default=None, description="诉求 · Needs")
    received: tuple[Received, ...] | None = Field(default=None, description="已享受帮扶 · Help received")
    visits: tuple[Visit, ...] | None = Field(default=None, description="走访更新 · Visits")


class Area(_Record):
    """区域 · Area."""

    subject: Literal["area"] = "area"
    as_of: Date | None = Field(default=None, description="the day the facts describe")
    area_id: Text | None = Field(default=None, description="区域编号 · Area code")
    level: AreaLevelCode | None = Field(default=None, description="区域层级 · Level")
    province: Text | None = Field(default=None, description="省 · Province")
    prefecture: Text | None = Field(default=None, description="设区市 · Prefecture")
    county: Text | None = Field(default=None, description="县市区 · County")
    town: Text | None = Field(default=None, description="乡镇街道 · Town")
    figures: Frozen[int, AreaFigures] | None = Field(default=None, description="区域年度数据 · Figures by year")
    shocks: tuple[Shock, ...] | None = Field(default=None, description="突发变故 · Sudden shocks")
    villages: tuple[Village, ...] | None = Field(default=None, description="区内各村 · Villages")
    households: tuple[Household, ...] | None = Field(default=None, description="区内各户 · Households")

