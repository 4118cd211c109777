"""The facts of the core vocabulary as typed models. Generated from `model/core.py` by `make generate`; do not edit."""

# ruff: noqa: E501
from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

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

class Evidence(BaseModel):
    """Where a fact comes from, who vouches for it, when it was seen and when it was known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: SourceCode | None = None
    by: str | None = None
    observed_on: datetime.date | None = None
    known_on: datetime.date | None = None
    reference: str | None = None
    complete_to: datetime.date | None = None


class _Record(BaseModel):
    """Facts of one kind of record; what is not given is not known. `evidence` is by the name of the fact.

    Facts that a pack adds may be given too; they are checked when the pack decides.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    evidence: dict[str, Evidence] = Field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The facts as a facts file has them."""
        given = {name: _plain(value) for name, value in self if name != "evidence" and value is not None}
        for name, evidence in self.evidence.items():
            given[name] = {"value": given.get(name), **evidence.model_dump(exclude_none=True)}
        return given


def _plain(value: Any) -> Any:
    if isinstance(value, _Record):
        return value.facts()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value

class Grid(_Record):
    """网格 · Grid."""

    grid_id: str | None = Field(None, description="网格编号 · Grid code")
    households: Decimal | None = Field(None, description="网格户数 · Households (household)")
    in_charge: str | None = Field(None, description="网格员 · Person in charge")
    supervised_on: tuple[datetime.date, ...] | None = Field(None, description="网格督导日期 · Supervised on")
    reported_on: tuple[datetime.date, ...] | None = Field(None, description="网格上报情况日期 · Reported on")


class AreaFigures(_Record):
    """区域年度数据 · Figures of an area for a year."""

    dibao_standard_monthly: Decimal | None = Field(None, description="低保月标准 · Monthly dibao standard (CNY/person)")
    rural_income_growth: Decimal | None = Field(None, description="农村常住居民人均可支配收入增幅 · Growth of rural disposable income per head")
    low_income_growth: Decimal | None = Field(None, description="低收入农户人均可支配收入增幅 · Growth of low-income households’ income per head")
    recognised_income_growth: Decimal | None = Field(None, description="生活困难农户人均可支配收入增幅 · Growth of recognised households’ income per head")


class VillageFinances(_Record):
    """村集体收支 · Finances of a village."""

    collective_income: Decimal | None = Field(None, description="集体经济年总收入 · Collective income of the year (CNY)")
    operating_income: Decimal | None = Field(None, description="经营性收入 · Operating income of the year (CNY)")


class Plan(_Record):
    """一户一策 · Plan for the household."""

    measures: tuple[str, ...] | None = Field(None, description="帮扶措施 · Measures")
    responsible: str | None = Field(None, description="责任人 · Person responsible")
    goal: str | None = Field(None, description="年度目标 · Goal of the year")
    funding: str | None = Field(None, description="资金 · Funding")
    channel: str | None = Field(None, description="渠道 · Channel")


class Refusal(_Record):
    """拒绝情况 · Refusal."""

    member_id: str | None = Field(None, description="成员编号 · Member code")
    kind: RefusalKindCode | None = Field(None, description="拒绝类别 · Kind")
    asked_on: datetime.date | None = Field(None, description="提供日期 · Offered on")
    without_cause: bool | None = Field(None, description="无故 · Without good cause; a judgement: give evidence with by and observed_on")


class Visit(_Record):
    """走访更新 · Visit."""

    kind: VisitKindCode | None = Field(None, description="走访类别 · Kind")
    visited_on: datetime.date | None = Field(None, description="走访日期 · Visited on")
    at_home: bool | None = Field(None, description="入户 · At home")


class Received(_Record):
    """已享受帮扶 · Help received."""

    kind: NeedKindCode | None = Field(None, description="帮扶类别 · Kind")
    received_on: datetime.date | None = Field(None, description="享受日期 · Received on")
    amount: Decimal | None = Field(None, description="金额 · Amount (CNY)")
    provider: str | None = Field(None, description="提供单位 · Provider")


class Need(_Record):
    """诉求 · Need."""

    need_id: str | None = Field(None, description="诉求编号 · Need code")
    kind: NeedKindCode | None = Field(None, description="诉求类别 · Kind")
    raised_on: datetime.date | None = Field(None, description="提出日期 · Raised on")
    accepted_on: datetime.date | None = Field(None, description="受理日期 · Accepted on")
    answered_on: datetime.date | None = Field(None, description="答复日期 · Answered on")
    rated: Decimal | None = Field(None, description="满意度 · Rating")
    settled: bool | None = Field(None, description="已解决 · Settled")


class Helper(_Record):
    """帮扶人 · Helper."""

    helper_id: str | None = Field(None, description="帮扶人编号 · Helper code")
    role: HelperRoleCode | None = Field(None, description="帮扶角色 · Role")
    employer: EmployerCode | None = Field(None, description="单位性质 · Employer")
    level: LevelCode | None = Field(None, description="单位层级 · Level")
    assigned_on: datetime.date | None = Field(None, description="安排日期 · Assigned on")
    ended_on: datetime.date | None = Field(None, description="结束日期 · Ended on")
    end_reason: EndReasonCode | None = Field(None, description="结束原因 · Why ended")
    able: bool | None = Field(None, description="能履行帮扶责任 · Can do the work; a judgement: give evidence with by and observed_on")


class Shock(_Record):
    """突发变故 · Sudden shock."""

    kind: ShockKindCode | None = Field(None, description="变故类别 · Kind")
    happened_on: datetime.date | None = Field(None, description="发生日期 · Happened on")
    spending: Decimal | None = Field(None, description="变故支出 · Spending (CNY)")
    income_loss: Decimal | None = Field(None, description="收入损失 · Loss of income (CNY)")
    caused_hardship: bool | None = Field(None, description="造成生活困难 · Has caused hardship; a judgement: give evidence with by and observed_on")
    source: SourceCode | None = Field(None, description="信息来源 · Source")


class Secure(_Record):
    """两不愁三保障和饮水安全 · The guarantees and drinking water."""

    food: bool | None = Field(None, description="吃不愁 · Food")
    clothing: bool | None = Field(None, description="穿不愁 · Clothing")
    compulsory_education: bool | None = Field(None, description="义务教育 · Compulsory education")
    basic_medical: bool | None = Field(None, description="基本医疗 · Basic medical care")
    safe_housing: bool | None = Field(None, description="住房安全 · Safe housing")
    drinking_water: bool | None = Field(None, description="饮水安全 · Drinking water")


class RigidSpending(_Record):
    """刚性支出 · Unavoidable spending."""

    illness: Decimal | None = Field(None, description="因病支出 · Illness (CNY)")
    disability: Decimal | None = Field(None, description="因残支出 · Disability (CNY)")
    schooling: Decimal | None = Field(None, description="因学支出 · Schooling (CNY)")
    disaster: Decimal | None = Field(None, description="因灾支出 · Disaster (CNY)")
    accident: Decimal | None = Field(None, description="因意外支出 · Accident (CNY)")
    other: Decimal | None = Field(None, description="其他刚性支出 · Other (CNY)")


class Member(_Record):
    """家庭成员 · Member of the household."""

    member_id: str | None = Field(None, description="成员编号 · Member code")
    relation: str | None = Field(None, description="与户主关系 · Relation to the head")
    birth_date: datetime.date | None = Field(None, description="出生日期 · Date of birth")
    health: tuple[HealthCode, ...] | None = Field(None, description="健康状况 · Health")
    chronic_burdensome: bool | None = Field(None, description="慢性病负担较重 · Burdensome chronic illness; a judgement: give evidence with by and observed_on")
    disability_kind: DisabilityKindCode | None = Field(None, description="残疾类别 · Kind of disability")
    disability_grade: DisabilityGradeCode | None = Field(None, description="残疾等级 · Grade of disability")
    self_care: SelfCareCode | None = Field(None, description="自理能力 · Self-care")
    labour: LabourCode | None = Field(None, description="劳动能力 · Capacity for work")
    some_capacity: bool | None = Field(None, description="有一定就业能力 · Has some capacity for employment; a judgement: give evidence with by and observed_on")
    employment: EmploymentCode | None = Field(None, description="就业状况 · Employment")
    wishes_to_work: bool | None = Field(None, description="就业意愿 · Wishes to work")
    in_school: bool | None = Field(None, description="在校 · In school")
    school_stage: SchoolStageCode | None = Field(None, description="学段 · School stage")
    out_of_school_reason: OutOfSchoolReasonCode | None = Field(None, description="失学辍学原因 · Why not in school")
    insured: tuple[InsuranceCode, ...] | None = Field(None, description="参保 · Medical insurance")
    medical_relief: bool | None = Field(None, description="医疗救助 · Receives medical relief")
    relief: ReliefCode | None = Field(None, description="社会救助类别 · Social relief")


class Finances(_Record):
    """年度收支 · Income and spending of a year."""

    income: Decimal | None = Field(None, description="家庭收入 · Income of the household (CNY)")
    net_income: Decimal | None = Field(None, description="纯收入 · Net income (CNY)")
    disposable_income: Decimal | None = Field(None, description="可支配收入 · Disposable income (CNY)")
    income_per_head: Decimal | None = Field(None, description="人均收入 · Income per head (CNY/person)")
    net_income_per_head: Decimal | None = Field(None, description="人均纯收入 · Net income per head (CNY/person)")
    disposable_income_per_head: Decimal | None = Field(None, description="人均可支配收入 · Disposable income per head (CNY/person)")
    wages: Decimal | None = Field(None, description="工资性收入 · Wages (CNY)")
    business: Decimal | None = Field(None, description="生产经营性收入 · Business income (CNY)")
    property: Decimal | None = Field(None, description="财产性收入 · Property income (CNY)")
    transfers: Decimal | None = Field(None, description="转移性收入 · Transfers (CNY)")
    business_costs: Decimal | None = Field(None, description="生产经营性支出 · Business costs (CNY)")
    rigid_spending: RigidSpending | None = Field(None, description="刚性支出 · Unavoidable spending")
    reimbursed: Decimal | None = Field(None, description="报销 · Reimbursed (CNY)")
    period_from: datetime.date | None = Field(None, description="统计起始日 · Period from")
    period_to: datetime.date | None = Field(None, description="统计截止日 · Period to")
    estimated: bool | None = Field(None, description="估算 · Estimated")


class Village(_Record):
    """行政村 · Village."""

    subject: Literal["village"] = "village"
    as_of: datetime.date | None = Field(None, description="the day the facts describe")
    village_id: str | None = Field(None, description="村编号 · Village code")
    province: str | None = Field(None, description="省 · Province")
    prefecture: str | None = Field(None, description="设区市 · Prefecture")
    county: str | None = Field(None, description="县市区 · County")
    town: str | None = Field(None, description="乡镇街道 · Town")
    on_weak_register: bool | None = Field(None, description="集体经济相对薄弱村 · On the register of weak villages")
    finances: dict[int, VillageFinances] | None = Field(None, description="村集体收支 · Finances by year")
    department: str | None = Field(None, description="结对部门 · Paired department")
    has_work_team: bool | None = Field(None, description="驻村工作队 · Has a resident work team")
    grids: tuple[Grid, ...] | None = Field(None, description="村内网格 · Grids")
    reports: tuple[datetime.date, ...] | None = Field(None, description="网格上报日期 · Reports on")
    supervisions: tuple[datetime.date, ...] | None = Field(None, description="督导日期 · Supervisions on")
    canvasses: tuple[datetime.date, ...] | None = Field(None, description="集中排查日期 · Canvasses on")


class Household(_Record):
    """农户 · Household."""

    subject: Literal["household"] = "household"
    as_of: datetime.date | None = Field(None, description="the day the facts describe")
    household_id: str | None = Field(None, description="户编号 · Household code")
    province: str | None = Field(None, description="省 · Province")
    prefecture: str | None = Field(None, description="设区市 · Prefecture")
    county: str | None = Field(None, description="县市区 · County")
    town: str | None = Field(None, description="乡镇街道 · Town")
    village: str | None = Field(None, description="行政村 · Village")
    group: str | None = Field(None, description="村民小组 · Group")
    grid_id: str | None = Field(None, description="网格 · Grid")
    household_size: Decimal | None = Field(None, description="家庭人口 · People in the household (person)")
    low_income: bool | None = Field(None, description="低收入农户 · Low-income household")
    low_income_criteria_met: bool | None = Field(None, description="符合低收入农户认定条件 · Meets the low-income criteria")
    lifted_from_poverty: bool | None = Field(None, description="脱贫户 · Lifted from poverty")
    registered_kind: RegisteredKindCode | None = Field(None, description="监测对象类别 · Registered kind of monitored household")
    difficult_rural: bool | None = Field(None, description="农村困难家庭 · Rural household in difficulty")
    recognised: bool | None = Field(None, description="已认定生活困难农户 · Recognised as in difficulty")
    recognised_on: datetime.date | None = Field(None, description="认定日期 · Recognised on")
    monitored: bool | None = Field(None, description="监测对象 · Monitored")
    monitored_since: datetime.date | None = Field(None, description="纳入日期 · Monitored since")
    risk_kinds: tuple[RiskKindCode, ...] | None = Field(None, description="返贫致贫风险 · Risks of falling into poverty")
    at_risk: bool | None = Field(None, description="存在返贫致贫风险 · At risk of falling into poverty; a judgement: give evidence with by and observed_on")
    relief: ReliefCode | None = Field(None, description="社会救助类别 · Social relief")
    grace_since: datetime.date | None = Field(None, description="进入渐退期日期 · In the grace period since")
    record_status: RecordStatusCode | None = Field(None, description="档案状态 · State of the file")
    applied: bool | None = Field(None, description="自愿申请 · Applied of its own will")
    can_write: bool | None = Field(None, description="是否能书写 · Can write")
    wishes_to_leave: bool | None = Field(None, description="自愿放弃帮扶 · Gives up help of its own will")
    informed_of_policies: bool | None = Field(None, description="知晓帮扶政策 · Knows the policies")
    head_signed: bool | None = Field(None, description="户主签字 · Signed by the head")
    members: tuple[Member, ...] | None = Field(None, description="家庭成员 · Members")
    finances: dict[int, Finances] | None = Field(None, description="年度收支 · Income and spending by year")
    secure: Secure | None = Field(None, description="两不愁三保障和饮水 · The guarantees and drinking water")
    secure_since: datetime.date | None = Field(None, description="保障巩固起始日 · Guarantees secure since")
    has_problems: bool | None = Field(None, description="存在问题 · Has problems")
    temporary_hardship: bool | None = Field(None, description="临时性困难 · Temporary hardship; a judgement: give evidence with by and observed_on")
    living_hardship: bool | None = Field(None, description="生活困难 · Hardship in daily life; a judgement: give evidence with by and observed_on")
    living_hardship_cause: RiskKindCode | None = Field(None, description="生活困难原因 · Cause of the hardship")
    severe_hardship: bool | None = Field(None, description="基本生活严重困难 · Severe hardship in basic living; a judgement: give evidence with by and observed_on")
    basic_living_affected: bool | None = Field(None, description="影响基本生活 · Basic living is affected; a judgement: give evidence with by and observed_on")
    shocks: tuple[Shock, ...] | None = Field(None, description="突发变故 · Sudden shocks")
    spending_large: bool | None = Field(None, description="刚性支出较大 · Large unavoidable spending; a judgement: give evidence with by and observed_on")
    income_sharply_cut: bool | None = Field(None, description="收入大幅缩减 · Income sharply cut; a judgement: give evidence with by and observed_on")
    sudden_major_change: bool | None = Field(None, description="突发性重大变故 · Sudden major change; a judgement: give evidence with by and observed_on")
    other_special: bool | None = Field(None, description="其他特殊情况 · Other special circumstances; a judgement: give evidence with by and observed_on")
    income_stable: bool | None = Field(None, description="收入持续稳定 · Income lastingly stable; a judgement: give evidence with by and observed_on")
    income_stable_since: datetime.date | None = Field(None, description="收入稳定起始日 · Income stable since")
    spending_controllable: bool | None = Field(None, description="刚性支出可控 · Unavoidable spending under control; a judgement: give evidence with by and observed_on")
    risk_removed: bool | None = Field(None, description="风险已稳定消除 · Risk removed for good; a judgement: give evidence with by and observed_on")
    risk_removed_since: datetime.date | None = Field(None, description="风险消除起始日 · Risk removed since")
    conditions_improved: bool | None = Field(None, description="生产生活条件改善 · Living conditions improved; a judgement: give evidence with by and observed_on")
    social_security_in_place: bool | None = Field(None, description="社会保障措施已落实 · Social security in place")
    business_conditions: bool | None = Field(None, description="具备发展产业条件 · Conditions for a business")
    business_wish: bool | None = Field(None, description="产业发展意愿 · Wishes to run a business")
    business_failed: bool | None = Field(None, description="产业发展失败 · Business has failed")
    rebuilding: bool | None = Field(None, description="灾后重建 · Rebuilding after disaster")
    stable_income_from_work: bool | None = Field(None, description="通过产业就业获得稳定收入 · Stable income from business or work")
    can_raise_income_by_work: bool | None = Field(None, description="能通过就业增收 · Can raise its income by work; a judgement: give evidence with by and observed_on")
    refusals: tuple[Refusal, ...] | None = Field(None, description="拒绝情况 · Refusals")
    over_dibao_income: bool | None = Field(None, description="实际收入不符合低保标准 · Actual income above the dibao standard")
    over_dibao_assets: bool | None = Field(None, description="实际资产不符合低保标准 · Actual assets above the dibao standard")
    over_dibao_living: bool | None = Field(None, description="实际生活水平明显超出低保标准 · Actual living clearly above the dibao standard; a judgement: give evidence with by and observed_on")
    dilapidation: DilapidationCode | None = Field(None, description="危房等级 · Grade of dilapidation")
    dilapidation_known_on: datetime.date | None = Field(None, description="危房发现日期 · Dilapidation known on")
    dilapidation_repaired_on: datetime.date | None = Field(None, description="危房改造完成日期 · Dilapidation repaired on")
    relocation_people: Decimal | None = Field(None, description="异地搬迁人数 · People relocated (person)")
    sampled: bool | None = Field(None, description="收入监测抽中户 · Sampled for the income survey")
    poverty_causes: tuple[RiskKindCode, ...] | None = Field(None, description="致贫原因 · Causes of poverty")
    income_sources: tuple[IncomeSourceCode, ...] | None = Field(None, description="收入来源 · Sources of income")
    epidemic_effect: EpidemicEffectCode | None = Field(None, description="疫情影响 · Effect of the epidemic")
    measures_state: MeasuresStateCode | None = Field(None, description="帮扶举措落实情况 · State of the measures")
    helpers: tuple[Helper, ...] | None = Field(None, description="帮扶责任人 · Helpers")
    plan: Plan | None = Field(None, description="一户一策 · Plan for the household")
    needs: tuple[Need, ...] | None = Field(None, description="诉求 · Needs")
    received: tuple[Received, ...] | None = Field(None, description="已享受帮扶 · Help received")
    visits: tuple[Visit, ...] | None = Field(None, description="走访更新 · Visits")


class Area(_Record):
    """区域 · Area."""

    subject: Literal["area"] = "area"
    as_of: datetime.date | None = Field(None, description="the day the facts describe")
    area_id: str | None = Field(None, description="区域编号 · Area code")
    level: AreaLevelCode | None = Field(None, description="区域层级 · Level")
    province: str | None = Field(None, description="省 · Province")
    prefecture: str | None = Field(None, description="设区市 · Prefecture")
    county: str | None = Field(None, description="县市区 · County")
    town: str | None = Field(None, description="乡镇街道 · Town")
    figures: dict[int, AreaFigures] | None = Field(None, description="区域年度数据 · Figures by year")
    shocks: tuple[Shock, ...] | None = Field(None, description="突发变故 · Sudden shocks")
    villages: tuple[Village, ...] | None = Field(None, description="区内各村 · Villages")
    households: tuple[Household, ...] | None = Field(None, description="区内各户 · Households")

