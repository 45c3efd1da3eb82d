"""Words that tables use for each category, mapped to the schema's category."""

from collections.abc import Mapping
from types import MappingProxyType

from geodata import schema

# Spellings of null: `\N` is Hive's, lower-cased by one registry's export.
NULLS = frozenset(
    {r"\N", r"\n", "NULL", "null", "Null", "None", "none", "NaN", "nan", "#N/A", "N/A", "-", "--", "—", "——"}
)
NULLS |= {"/", "无", "空", "不详", "未知", "暂无"}
# Excel's error values of formulas.
NULLS |= {"#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}

# Spellings of "no end" in a date column, in addition to the year 9999.
NO_END = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限"})


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    return {word: category for category, all_of_it in words.items() for word in all_of_it.split("|")}


_LEAD_TYPES = _by_word(
    {
        "goip": "goip|goip设备|voip",
        "sim_bank": "猫池|卡池|sim卡池",
        "call_room": "窝点|话务窝点|电话窝点|话务室",
        "fake_loan": "虚假贷款|贷款|贷款诈骗",
        "fake_customer_service": "冒充客服|冒充电商客服",
        "brushing": "刷单|刷单返利|兼职刷单",
        "pig_butchering": "杀猪盘|网络交友",
        "cards": "两卡|断卡|银行卡|电话卡",
        "tip": "举报|群众举报|投诉|投诉举报|complaint",
    }
)
_LEAD_SOURCES = _by_word(
    {
        "reported": "报案|报警|接报|举报|群众举报|投诉|complaint|110|96110|12315|12345|转办|移交|下发|上级下发|运营商",
        "discovered": "研判|巡查|排查|走访|检查发现|主动发现|自行发现|工作发现",
    }
)
_AGENCIES = _by_word(
    {
        "police": "公安|公安局|公安分局|公安机关|派出所",
        "market_regulation": "市场监管|市场监管局|市场监督管理局|市场监管所|市场监督管理所|mr",
        "street": "街道|街道办|街道办事处|社区",
    }
)
_ROLES = _by_word(
    {
        "officer": "民警|警察|police_officer",
        "inspector": "执法人员|市场监管执法人员|监管人员|mr_inspector",
        "auxiliary": "辅警|协警",
        "grid_member": "网格员|街道人员|社区工作者",
    }
)
_OUTCOMES = _by_word(
    {
        "find": "窝点|发现窝点|查实|proved",
        "irregular": "违规|不规范|责令整改|发现问题",
        "nothing": "正常|未发现|一切正常|合格|查否|disproved",
        "no_access": "锁门|空置|拒绝|查无下落|未进入|locked|vacant|refused|not_found",
    }
)
_WRONG = ("异常", "问题", "隐患", "违法", "违规")
_OUTCOMES |= {f"{none}{wrong}": "nothing" for none in ("无", "未发现", "未见", "没有") for wrong in _WRONG}
_TRACKS = _by_word(
    {
        "case": "个案|个案检查|个案(线索核查)|case (lead)|线索核查",
        "special": "专项|专项检查",
        "routine": "日常|日常检查|双随机|日常(随机抽查)|routine (random draw)",
        "stocktake": "清点",
        "investigation": "侦查|立案侦查",
    }
)
_CREDIT_CLASSES = {f"{letter}{tail}": letter.upper() for letter in "abcd" for tail in ("类", "级")}

_UNIT_STATES = _by_word(
    {
        "open": "开|开门|正常",
        "locked": "锁|锁门",
        "vacant": "空|空置",
        "refused": "拒|拒绝|拒绝配合",
        "not_found": "查无|无|not found|gone|查无下落",
    }
)
_UNIT_USES = _by_word(
    {
        "office": "办公|写字楼|商业|商务",
        "dwelling": "居住|住宅|自住",
        "mixed": "商住|商住两用|loft",
    }
)
_GROUNDS = _by_word(
    {
        "complaint": "投诉举报|投诉|举报",
        "transfer": "转办|移送|移交|交办",
        "joint": "联合检查|综合查一次",
        "off_site": "非现场发现|数据监测",
        "media": "媒体曝光",
        "recheck": "复查|回头看",
        "request": "企业申请",
        "licence": "许可|行政许可",
        "emergency": "应急|突发事件",
    }
)

_PINS = _by_word(
    {
        "must": "必去|必查|必检",
        "never": "不去|不查|不检",
        "with_team": "指定组|指定检查组",
        "not_together": "不同日|不同时安排",
        "not_before": "不早于",
    }
)


# Roster words for skills that the rules know; any other word is a skill of its own.
_RECORDER = "执法记录仪|执法记录仪操作|操作执法记录仪|执法记录|记录仪|记录员|recorder|音视频记录|body recorder"
SKILLS: Mapping[str, str] = MappingProxyType(_by_word({"recorder": _RECORDER}))

# A person on stand-by waits to be sent, and is on duty.
_ON_DUTY = "√|✓|在岗|在位|在班|在勤|到岗|值班|值勤|值守|执勤|当班|备勤|备班|待命|出勤|上班|上岗|是|1|yes"
_LEAVE = "休|公休|休息|休班|轮休|补休|调休|倒休|年休|休假|年休假|公休假|调休假|年假|事假|病假|婚假|产假|陪产假|育儿假"
_LEAVE += "|哺乳假|护理假|探亲假|丧假|工伤|工伤假|请假|放假"
_AWAY = "出差|公出|公差|外勤|外出|培训|受训|学习|开会|借调|抽调|挂职|住院|离岗|下班|缺勤|旷工|不在岗"
_DUTIES = _by_word({"on": _ON_DUTY, "off": f"{_LEAVE}|{_AWAY}|否|×|0|no"})
OFF_DUTY = frozenset(f"{_LEAVE}|{_AWAY}".split("|"))


DUTY_WORDS = _DUTIES.keys() - set("是否√✓×10") - {"yes", "no"}
"""Words that are about duty under any header; a column of yes and no may be about anything."""


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
        ("codes", "authority"): _table(schema.AGENCIES, _AGENCIES),
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
