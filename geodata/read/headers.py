"""The header dialects of every table: Chinese, pinyin initials and English, each to the schema's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

_PLACE = {
    "lon": ("经度", "lng", "longitude", "long", "jd", "x"),
    "lat": ("纬度", "latitude", "wd", "y"),
}
_DIVISION = ("行政区划代码", "行政区划", "区划代码", "属地代码", "xzqhdm", "xzqh", "qhdm", "adcode", "district_code")
_USCC = ("统一社会信用代码", "社会信用代码", "信用代码", "统一代码", "tyshxydm", "shxydm", "credit_code")
_BUILDING_ID = (
    "楼栋编号",
    "楼宇编号",
    "建筑物编号",
    "建筑物代码",
    "楼栋代码",
    "标准地址编码",
    "ldbh",
    "lybh",
    "jzwdm",
    "jzwbh",
)

# Schema name -> headers, best first: where a file has two of them the better one is read. Domain 3.5.
ALIASES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "buildings": {
            "building_id": (*_BUILDING_ID, "id", "osm_id"),
            "building_name": (
                "楼栋名称",
                "楼宇名称",
                "建筑物名称",
                "大厦名称",
                "名称",
                "ldmc",
                "lymc",
                "jzwmc",
                "name",
            ),
            "address": ("标准地址", "地址全称", "详细地址", "地址", "dzmc", "dz", "addr"),
            "division_code": _DIVISION,
            "complex_id": ("小区代码", "园区编号", "综合体编号", "院落编号", "xqdm", "complex"),
            "property_company_id": ("物业公司编号", "物业编号", "物业公司", "wygs", "property_company"),
            "n_floors": (
                "地上层数",
                "楼层数",
                "总层数",
                "层数",
                "lcs",
                "zcs",
                "cs",
                "floors",
                "levels",
                "building:levels",
            ),
            "floor_area_m2": ("总建筑面积", "建筑面积", "jzmj", "floor_area", "gfa"),
            "n_exits": ("出入口数", "出入口数量", "出口数", "crks", "exits"),
            **_PLACE,
            "geometry": ("wkt", "geom", "轮廓"),
        },
        "building_files": {
            "building_id": _BUILDING_ID,
            "division_code": _DIVISION,
            "complex_id": ("小区代码", "园区编号", "综合体编号", "院落编号", "xqdm", "complex"),
            "property_company_id": ("物业公司编号", "物业编号", "物业公司", "wygs", "property_company"),
            "floor_area_m2": ("总建筑面积", "建筑面积", "jzmj", "floor_area", "gfa"),
            "n_exits": ("出入口数", "出入口数量", "出口数", "crks", "exits"),
        },
        "firms": {
            "uscc": _USCC,
            "firm_name": (
                "企业名称",
                "单位名称",
                "公司名称",
                "主体名称",
                "字号名称",
                "qymc",
                "dwmc",
                "name",
                "company_name",
            ),
            "reg_address": (
                "住所",
                "注册地址",
                "登记住所",
                "zcdz",
                "zs",
                "经营场所",
                "生产经营地",
                "地址",
                "jydz",
                "address",
            ),
            "building_id": _BUILDING_ID,
            "floor_label": ("所在楼层", "楼层", "lc", "floor"),
            "unit": ("房间号", "室号", "房号", "单元房号", "dyfh", "fh", "room"),
            "credit_class": ("信用风险分类", "信用风险等级", "信用等级", "xyfxfl", "xydj", "credit_level"),
            "reg_status": ("登记状态", "经营状态", "企业状态", "djzt", "jyzt", "status"),
            "n_staff": ("职工人数", "从业人数", "员工人数", "zgrs", "cyrs", "staff"),
            **_PLACE,
        },
        "leads": {
            "lead_id": ("线索编号", "线索号", "xsbh", "id"),
            "event_id": ("事件编号", "警情编号", "案件编号", "sjbh", "jqbh", "ajbh"),
            "lead_type": ("线索类型", "线索类别", "诈骗类型", "xslx", "xslb", "type"),
            "lead_source": ("线索来源", "来源", "xsly", "source"),
            "received_at": ("接收时间", "受理时间", "接报时间", "线索时间", "jssj", "slsj", "jbsj", "received"),
            "due_at": ("反馈期限", "办理期限", "到期时间", "fkqx", "blqx", "due"),
            "address": ("线索地址", "落地地址", "详细地址", "地址", "xsdz", "dz"),
            "building_id": _BUILDING_ID,
            "uscc": (*_USCC, "涉及企业", "涉案企业代码"),
            **_PLACE,
        },
        "roster": {
            "person_id": ("人员编号", "警号", "工号", "人员代码", "rybh", "jh", "gh", "id"),
            "agency": ("所属部门", "部门", "单位类别", "所属单位", "ssbm", "bm", "department"),
            "role": ("人员类别", "身份", "岗位", "职务类别", "rylb", "gw"),
            "certificate_until": (
                "执法证有效期至",
                "证件有效期至",
                "执法证有效期",
                "证件有效期",
                "有效期至",
                "zjyxq",
                "yxqz",
            ),
            "is_female": ("是否女性", "女性", "性别", "xb", "sex", "gender"),
            "base_id": ("集结点编号", "驻地编号", "集结点", "驻地", "jjdbh", "jjd", "station", "base"),
            "division_code": ("属地", *_DIVISION),
            "shift_start_s": ("班次开始", "上班时间", "开始时间", "bckssj", "sbsj", "shift_start"),
            "shift_end_s": ("班次结束", "下班时间", "结束时间", "bcjssj", "xbsj", "shift_end"),
            "recusals": ("回避", "回避对象", "回避事项", "hbdx", "hb", "recusal"),
        },
        "bases": {
            "base_id": ("集结点编号", "驻地编号", "jjdbh", "id"),
            "base_name": ("集结点名称", "驻地名称", "集结点", "名称", "jjdmc", "mc", "name"),
            "division_code": ("属地", *_DIVISION),
            **_PLACE,
        },
        "history": {
            "visit_id": ("检查编号", "走访编号", "记录编号", "jcbh", "id"),
            "building_id": _BUILDING_ID,
            "uscc": _USCC,
            "visited_on": ("检查日期", "检查时间", "走访日期", "jcrq", "jcsj", "date"),
            "track": ("检查类型", "检查类别", "jclx", "type"),
            "authority": ("检查机关", "检查主体", "检查部门", "jcjg", "jczt", "agency"),
            "outcome": ("检查结果", "结果", "jcjgmc", "result"),
            "selection_probability": ("抽取概率", "入样概率", "cqgl", "probability"),
        },
    }
)

# Columns without which a table says nothing; all others may be absent.
REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "buildings": ("building_id", "geometry"),
        "building_files": ("building_id",),
        "firms": ("uscc", "firm_name"),
        "leads": ("lead_id", "lead_type", "lead_source", "received_at"),
        "roster": (
            "person_id",
            "agency",
            "role",
            "certificate_until",
            "is_female",
            "base_id",
            "division_code",
            "shift_start_s",
            "shift_end_s",
        ),
        "bases": ("base_id", "base_name", "division_code", "lon", "lat"),
        "history": ("visit_id", "building_id", "visited_on", "track", "authority", "outcome"),
    }
)

# Personal data (C30, PIPL 6 and 19). Only looked for in headers that no table needs.
_PERSONAL = re.compile(
    r"法定代表人|法人|负责人|联系人|联系方式|电话|手机|身份证|证件号|姓名|出生|民族|籍贯|户籍|家庭住址|邮箱|微信|银行卡"
    r"|legal_?rep|contact|phone|mobile|^tel|id_?card|id_?(number|no)$|identity|(^|_)name$|person_?name|birth|e-?mail"
    r"|wechat|^(fddbr|frdb|lxr|lxdh|lxfs|dh|dhhm|sjh|sjhm|sfzh|sfzhm|gmsfhm|zjhm|xm|fzr)$",
    re.IGNORECASE,
)
_SHAPEFILE_NAME = 10  # signs that a dBASE field name may have


def plain(header: str) -> str:
    """A header without what dialects differ in: width, case, blanks, underscores and marks."""
    return re.sub(r"[\s_\-*'\":：]+", "", unicodedata.normalize("NFKC", header)).lower()


@lru_cache(maxsize=32)
def _names(table: str) -> dict[str, tuple[str, int]]:
    names: dict[str, tuple[str, int]] = {}
    for column, aliases in ALIASES[table].items():
        for rank, alias in enumerate((column, *aliases)):
            names.setdefault(plain(alias), (column, rank))
    for column in ALIASES[table]:
        names.setdefault(plain(column[:_SHAPEFILE_NAME]), (column, 0))
    return names


def column_of(table: str, header: str) -> tuple[str, int] | None:
    """
    The schema column that a header means, and how good a name it is (0 best); None if the table has no such column.

    A note in brackets does not count, unless it says ten thousands: `建筑面积(万㎡)` is not square metres.
    """
    names = _names(table)
    found = names.get(plain(header))
    if found or "万" in header:
        return found
    return names.get(plain(re.sub(r"\(.*?\)", "", unicodedata.normalize("NFKC", header))))


def is_personal(header: str) -> bool:
    """Whether a header names personal data."""
    return _PERSONAL.search(unicodedata.normalize("NFKC", header).strip()) is not None
