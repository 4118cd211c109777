"""The code lists of the core vocabulary."""

from __future__ import annotations

from policy_engine.model.building import codes

REGISTERED_KIND = codes(
    "registered_kind",
    "unstable_lifted 脱贫不稳定户 Lifted from poverty, unstable",
    "borderline 边缘易致贫户 Borderline, easily impoverished",
    "sudden 突发严重困难户 In sudden severe hardship",
    "none 未纳入监测 Not registered",
)
RISK_KIND = codes(
    "risk_kind",
    "illness 因病 Illness",
    "disability 因残 Disability",
    "schooling 因学 Schooling",
    "disaster 因灾 Disaster",
    "accident 因意外 Accident",
    "no_labour 缺劳力 No one able to work",
    "job_loss 失业 Loss of work",
    "business_failure 产业失败 Failed business",
    "other 其他 Other",
)
RELIEF = codes(
    "relief",
    "none 无 None",
    "dibao 低保 Subsistence allowance (dibao)",
    "dibao_margin 低保边缘 Margin of dibao",
    "tekun 特困 Destitute support (tekun)",
    "spending_driven 支出型困难 Hardship through spending",
)
RECORD_STATUS = codes("record_status", "reviewed 复核 Reviewed", "new 新申请 New application")
HEALTH = codes(
    "health",
    "chronic 慢性病 Chronic illness",
    "major_illness 大病重病 Major or serious illness",
)
DISABILITY_KIND = codes(
    "disability_kind",
    "vision 视力 Vision",
    "hearing 听力 Hearing",
    "speech 言语 Speech",
    "limb 肢体 Limb",
    "intellectual 智力 Intellectual",
    "mental 精神 Mental",
    "multiple 多重 Multiple",
)
DISABILITY_GRADE = codes(
    "disability_grade", "none 无 None", "1 一级 Grade 1", "2 二级 Grade 2", "3 三级 Grade 3", "4 四级 Grade 4"
)
SELF_CARE = codes("self_care", "full 能自理 Full", "partial 半失能 Partial", "none 失能 None")
LABOUR = codes(
    "labour",
    "skilled 技能劳动力 Skilled",
    "ordinary 普通劳动力 Ordinary",
    "weak 弱劳动力或半劳动力 Weak or half",
    "lost 丧失劳动力 Lost",
    "none 无劳动力 None",
)
EMPLOYMENT = codes(
    "employment",
    "stable 稳定就业 In stable work",
    "unstable 就业不稳定 In unstable work",
    "unemployed 失业 Out of work",
    "studying 在学 Studying",
    "not_seeking 未求职 Not seeking work",
)
OUT_OF_SCHOOL = codes(
    "out_of_school_reason",
    "dropout 失学辍学 Dropped out",
    "postponed 延缓入学 Entry postponed",
    "suspended 休学 Suspended",
    "home_teaching 送教上门 Taught at home",
)
SCHOOL_STAGE = codes(
    "school_stage",
    "preschool 学前 Preschool",
    "primary 小学 Primary",
    "junior 初中 Junior secondary",
    "senior 高中中职 Senior secondary",
    "higher 高等教育 Higher",
)
INSURANCE = codes(
    "insurance",
    "basic 基本医疗保险 Basic medical insurance",
    "major_illness 大病保险 Major-illness insurance",
    "supplementary 补充医疗保险 Supplementary insurance",
)
SHOCK_KIND = codes(
    "shock_kind",
    "illness 疾病 Illness",
    "disability 残疾 Disability",
    "schooling 就学 Schooling",
    "flood_drought 水旱灾害 Flood or drought",
    "weather 气象灾害 Weather",
    "earthquake 地震灾害 Earthquake",
    "geological 地质灾害 Geological",
    "biological 生物灾害 Biological",
    "fire 火灾 Fire",
    "epidemic 疫情 Epidemic",
    "accident 意外事故 Accident",
    "job_loss 失业 Loss of work",
    "business_failure 产业失败 Failed business",
    "price_fall 农产品价格下跌 Fall of farm prices",
    "supply_break 断链 Broken supply chain",
    "fewer_workers 务工人数减少 Fewer people in work",
    "other 其他 Other",
)
SOURCE = codes(
    "source",
    "self_report 农户自主申报 Self-report",
    "cadre_visit 干部走访 Visit by a cadre",
    "department_data 部门数据 Data of a department",
    "automatic 系统预警 Automatic",
    "hotline_12317 12317热线 Hotline 12317",
    "petition 信访 Petition",
    "media 媒体舆情 Media",
    "register 登记簿 Register",
)
DILAPIDATION = codes(
    "dilapidation",
    "A A级 Grade A",
    "B B级 Grade B",
    "C C级 Grade C",
    "D D级 Grade D",
    "not_assessed 未鉴定 Not assessed",
)
INCOME_SOURCE = codes(
    "income_source",
    "wages 工资性收入 Wages",
    "business 生产经营性收入 Business",
    "property 财产性收入 Property",
    "transfers 转移性收入 Transfers",
)
EPIDEMIC_EFFECT = codes("epidemic_effect", "none 无影响 None", "some 有影响 Some", "severe 影响严重 Severe")
MEASURES_STATE = codes(
    "measures_state", "not_begun 未落实 Not begun", "partly 部分落实 Partly in place", "in_place 已落实 In place"
)
REFUSAL_KIND = codes(
    "refusal_kind", "training 培训 Training", "guidance 就业指导 Guidance", "referral 职业介绍 Referral"
)
HELPER_ROLE = codes(
    "helper_role",
    "responsible 帮扶责任人 Person responsible",
    "contact 联系人 Contact person",
    "paired_cadre 结对干部 Paired cadre",
)
EMPLOYER = codes(
    "employer",
    "administrative 行政机关 Administrative body",
    "public_institution 事业单位 Public institution",
    "state_enterprise 国有企业 State-owned enterprise",
    "other 其他 Other",
)
LEVEL = codes(
    "level",
    "village 村级 Village",
    "township 乡镇级 Township",
    "county 县级 County",
    "city 市级 City",
    "province 省级 Province",
)
END_REASON = codes(
    "end_reason", "transferred 工作调动 Transferred", "retired 退休 Retired", "ill 患病 Ill", "other 其他 Other"
)
NEED_KIND = codes(
    "need_kind",
    "money 资金 Money",
    "medical 医疗 Medical",
    "schooling 就学 Schooling",
    "housing 住房 Housing",
    "water 饮水 Water",
    "work 就业 Work",
    "business 产业 Business",
    "sales 销售 Sales",
    "care 照料 Care",
    "other 其他 Other",
)
VISIT_KIND = codes("visit_kind", "visit 走访 Visit", "update 更新 Update", "survey 收入监测 Survey")
AREA_LEVEL = codes(
    "area_level", "town 乡镇街道 Town", "county 县市区 County", "prefecture 设区市 Prefecture", "province 省 Province"
)
