"""The words that tables use for a category, each to the schema's own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geodata import schema

# Spellings of "nothing here": `\N` is Hive's null, lower-cased by one registry's export.
NULLS = frozenset(
    {r"\N", r"\n", "NULL", "null", "Null", "None", "none", "NaN", "nan", "#N/A", "N/A", "-", "--", "—", "——"}
)
NULLS |= {"/", "无", "空", "不详", "未知", "暂无"}
# What Excel shows where a formula has no result.
NULLS |= {"#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}

# Spellings of "no end" in a date column, besides a year of 9999.
NO_END = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限"})

_LEAD_TYPES = {
    "goip": "goip",
    "goip设备": "goip",
    "voip": "goip",
    "猫池": "sim_bank",
    "卡池": "sim_bank",
    "sim卡池": "sim_bank",
    "窝点": "call_room",
    "话务窝点": "call_room",
    "电话窝点": "call_room",
    "话务室": "call_room",
    "虚假贷款": "fake_loan",
    "贷款": "fake_loan",
    "贷款诈骗": "fake_loan",
    "冒充客服": "fake_customer_service",
    "冒充电商客服": "fake_customer_service",
    "刷单": "brushing",
    "刷单返利": "brushing",
    "兼职刷单": "brushing",
    "杀猪盘": "pig_butchering",
    "网络交友": "pig_butchering",
    "两卡": "cards",
    "断卡": "cards",
    "银行卡": "cards",
    "电话卡": "cards",
    "举报": "tip",
    "群众举报": "tip",
    "投诉": "tip",
    "投诉举报": "tip",
    "complaint": "tip",
}
_LEAD_SOURCES = {
    "报案": "reported",
    "报警": "reported",
    "接报": "reported",
    "举报": "reported",
    "群众举报": "reported",
    "投诉": "reported",
    "complaint": "reported",
    "110": "reported",
    "96110": "reported",
    "12315": "reported",
    "12345": "reported",
    "转办": "reported",
    "移交": "reported",
    "下发": "reported",
    "上级下发": "reported",
    "运营商": "reported",
    "研判": "discovered",
    "巡查": "discovered",
    "排查": "discovered",
    "走访": "discovered",
    "检查发现": "discovered",
    "主动发现": "discovered",
    "自行发现": "discovered",
    "工作发现": "discovered",
}
_AGENCIES = {
    "公安": "police",
    "公安局": "police",
    "公安分局": "police",
    "公安机关": "police",
    "派出所": "police",
    "市场监管": "market_regulation",
    "市场监管局": "market_regulation",
    "市场监督管理局": "market_regulation",
    "市场监管所": "market_regulation",
    "市场监督管理所": "market_regulation",
    "mr": "market_regulation",
    "街道": "street",
    "街道办": "street",
    "街道办事处": "street",
    "社区": "street",
}
_ROLES = {
    "民警": "officer",
    "警察": "officer",
    "police_officer": "officer",
    "执法人员": "inspector",
    "市场监管执法人员": "inspector",
    "监管人员": "inspector",
    "mr_inspector": "inspector",
    "辅警": "auxiliary",
    "协警": "auxiliary",
    "网格员": "grid_member",
    "街道人员": "grid_member",
    "社区工作者": "grid_member",
}
_OUTCOMES = {
    "窝点": "find",
    "发现窝点": "find",
    "查实": "find",
    "proved": "find",
    "违规": "irregular",
    "不规范": "irregular",
    "责令整改": "irregular",
    "发现问题": "irregular",
    "正常": "nothing",
    "未发现": "nothing",
    **dict.fromkeys(
        (f"{no}{what}" for no in ("无", "未发现", "未见", "没有") for what in ("异常", "问题", "隐患", "违法", "违规")),
        "nothing",
    ),
    "一切正常": "nothing",
    "合格": "nothing",
    "查否": "nothing",
    "disproved": "nothing",
    "锁门": "no_access",
    "空置": "no_access",
    "拒绝": "no_access",
    "查无下落": "no_access",
    "未进入": "no_access",
    "locked": "no_access",
    "vacant": "no_access",
    "refused": "no_access",
    "not_found": "no_access",
}
_TRACKS = {
    "个案": "case",
    "个案检查": "case",
    "个案(线索核查)": "case",
    "case (lead)": "case",
    "线索核查": "case",
    "专项": "special",
    "专项检查": "special",
    "日常": "routine",
    "日常检查": "routine",
    "双随机": "routine",
    "日常(随机抽查)": "routine",
    "routine (random draw)": "routine",
    "清点": "stocktake",
    "侦查": "investigation",
    "立案侦查": "investigation",
}
_CREDIT_CLASSES = {f"{letter}{tail}": letter.upper() for letter in "abcd" for tail in ("类", "级")}

_UNIT_STATES = {
    "开": "open",
    "锁": "locked",
    "空": "vacant",
    "拒": "refused",
    "查无": "not_found",
    "无": "not_found",
    "not found": "not_found",
    "gone": "not_found",
    "开门": "open",
    "正常": "open",
    "锁门": "locked",
    "空置": "vacant",
    "拒绝": "refused",
    "拒绝配合": "refused",
    "查无下落": "not_found",
}
_UNIT_USES = {
    "办公": "office",
    "写字楼": "office",
    "商业": "office",
    "商务": "office",
    "居住": "dwelling",
    "住宅": "dwelling",
    "自住": "dwelling",
    "商住": "mixed",
    "商住两用": "mixed",
    "loft": "mixed",
}
_GROUNDS = {
    "投诉举报": "complaint",
    "投诉": "complaint",
    "举报": "complaint",
    "转办": "transfer",
    "移送": "transfer",
    "移交": "transfer",
    "交办": "transfer",
    "联合检查": "joint",
    "综合查一次": "joint",
    "非现场发现": "off_site",
    "数据监测": "off_site",
    "媒体曝光": "media",
    "复查": "recheck",
    "回头看": "recheck",
    "企业申请": "request",
    "许可": "licence",
    "行政许可": "licence",
    "应急": "emergency",
    "突发事件": "emergency",
}

_PINS = {
    "必去": "must",
    "必查": "must",
    "必检": "must",
    "不去": "never",
    "不查": "never",
    "不检": "never",
    "指定组": "with_team",
    "指定检查组": "with_team",
    "不同日": "not_together",
    "不同时安排": "not_together",
    "不早于": "not_before",
}


# Skills of a roster that the rules know, by what rosters call them; any other word is a skill of its own.
SKILLS: Mapping[str, str] = MappingProxyType(
    {
        "执法记录仪": "recorder",
        "执法记录仪操作": "recorder",
        "操作执法记录仪": "recorder",
        "执法记录": "recorder",
        "记录仪": "recorder",
        "记录员": "recorder",
        "recorder": "recorder",
        "音视频记录": "recorder",
        "body recorder": "recorder",
    }
)


_ON_DUTY = ("√", "✓", "在岗", "在位", "值班", "值勤", "出勤", "上班", "是", "1", "yes")
_OFF_DUTY = (
    "休",
    "公休",
    "休息",
    "休假",
    "年休",
    "年假",
    "事假",
    "病假",
    "产假",
    "婚假",
    "丧假",
    "请假",
    "补休",
    "轮休",
    "调休",
)
_AWAY = ("出差", "培训", "学习", "借调", "外出", "离岗", "缺勤", "不在岗", "否", "×", "0", "no")
_DUTIES = dict.fromkeys(_ON_DUTY, "on") | dict.fromkeys((*_OFF_DUTY, *_AWAY), "off")


def _table(allowed: tuple[str, ...], words: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({**{word.lower(): word for word in allowed}, **words})


YES = frozenset({"1", "true", "t", "yes", "y", "是"})
NO = frozenset({"0", "false", "no", "n", "否"})
_YES_NO = MappingProxyType({**dict.fromkeys(YES | {"√", "有"}, "yes"), **dict.fromkeys(NO | {"×", "无"}, "no")})

# Table and column -> lower-case word -> the schema's category.
WORDS: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType(
    {
        ("leads", "lead_type"): _table(schema.LEAD_TYPES, _LEAD_TYPES),
        ("leads", "lead_source"): _table(schema.LEAD_SOURCES, _LEAD_SOURCES),
        ("roster", "agency"): _table(schema.AGENCIES, _AGENCIES),
        ("roster", "role"): _table(schema.ROLES, _ROLES),
        ("roster", "duty"): _table(("on", "off"), _DUTIES),
        ("history", "authority"): _table(schema.AGENCIES, _AGENCIES),
        ("history", "outcome"): _table(schema.OUTCOMES, _OUTCOMES),
        ("history", "track"): _table(schema.TRACKS, _TRACKS),
        ("results", "unit_state"): _table(schema.UNIT_STATES, _UNIT_STATES),
        ("results", "track"): _table(schema.TRACKS, _TRACKS),
        **{("results", name): _YES_NO for name in schema.RESULT_ANSWERS},
        ("history", "ground"): _table(schema.GROUNDS, _GROUNDS),
        ("pins", "pin"): _table(schema.PINS, _PINS),
        ("assign", "table"): _table(schema.ASSIGNED_TABLES, {"线索": "leads", "企业": "firms"}),
        ("firms", "unit_use"): _table(schema.UNIT_USES, _UNIT_USES),
        ("firms", "credit_class"): _table(schema.CREDIT_CLASSES, _CREDIT_CLASSES),
    }
)

FEMALE = frozenset({"女", "女性", "f", "female", "woman"})
MALE = frozenset({"男", "男性", "m", "male", "man"})
# GB/T 2261.1, the code for sex in police and personnel tables: 1 is a man.
GB_MALE = "1"
GB_FEMALE = "2"
