"""Columns of every table: which are required, and their headers in Chinese, pinyin initials and English."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

# Required columns; all others may be absent. A building may be a point: see `missing`.
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
        "street_lines": ("geometry",),
        "water": ("geometry",),
        "districts": ("division_code", "geometry"),
        "bases": ("base_id", "base_name", "division_code", "lon", "lat"),
        "investigations": ("investigation_id", "building_id", "opened_on"),
        "pins": ("pin", "building"),
        "assign": ("building_id",),
        "results": ("unit_state",),
        "other_inspections": ("uscc", "visited_on", "authority"),
        "codes": ("visit_id", "authority", "uscc", "task_code"),
        "history": ("visit_id", "building_id", "visited_on", "track", "authority", "outcome"),
    }
)


# Optional in a plain register of inspections: checks get numbers and count as routine ones.
ASSUMED_IN_STUDIES = ("visit_id", "track", "authority")


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_PLACE = {"lon": _names("经度|lng|longitude|long|jd|x"), "lat": _names("纬度|latitude|wd|y")}
_DIVISION = _names("行政区划代码|行政区划|区划代码|属地代码|xzqhdm|xzqh|qhdm|adcode|district_code")
_USCC = _names("统一社会信用代码|社会信用代码|信用代码|统一代码|tyshxydm|shxydm|credit_code")
_BUILDING_ID = _names("楼栋编号|楼宇编号|建筑物编号|建筑物代码|楼栋代码|标准地址编码|ldbh|lybh|jzwdm|jzwbh|楼号|楼栋号")
_PERSON_ID = _names("人员编号|警号|工号|人员代码|rybh|jh|gh|id|执法证号")

# Schema name -> headers, best first: if a file has two of them, the better one is read. Domain 3.5.
ALIASES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "buildings": {
            "building_id": (*_BUILDING_ID, "id", "osm_id"),
            "other_names": _names("曾用名|原名|旧名|别名|又名|俗称|简称|其他名称|cym|alt_name|old_name|alias|又称"),
            "building_name": _names(
                "楼栋名称|楼宇名称|建筑物名称|大厦名称|写字楼名称|名称|ldmc|lymc|jzwmc|name|楼盘名称|楼盘全称|楼名"
            ),
            "address": _names(
                "标准地址|地址全称|详细地址|地址|楼栋地址|楼宇地址|门牌地址|坐落|dzmc|dz|addr|门牌|门牌号"
            ),
            "division_code": _DIVISION,
            "complex_id": _names("小区代码|园区编号|综合体编号|院落编号|xqdm|complex"),
            "property_company_id": _names("物业公司编号|物业编号|物业公司|wygs|property_company|物管单位|物业单位"),
            "landlord_id": _names("业主编号|产权人编号|房东编号|yzbh|landlord"),
            "kind": _names("楼宇类型|场所类型|业态|风险等级|category"),
            "n_floors": _names("地上层数|楼层数|总层数|层数|lcs|zcs|cs|floors|levels|building:levels"),
            "floor_area_m2": _names("总建筑面积|建筑面积|jzmj|floor_area|gfa|体量"),
            "n_exits": _names("出入口数|出入口数量|出口数|crks|exits|进出口|出入口"),
            **_PLACE,
            "geometry": _names("wkt|geom|轮廓"),
        },
        "building_files": {
            "building_id": _BUILDING_ID,
            "division_code": _DIVISION,
            "complex_id": _names("小区代码|园区编号|综合体编号|院落编号|xqdm|complex"),
            "property_company_id": _names("物业公司编号|物业编号|物业公司|wygs|property_company"),
            "landlord_id": _names("业主编号|产权人编号|房东编号|yzbh|landlord"),
            "floor_area_m2": _names("总建筑面积|建筑面积|jzmj|floor_area|gfa"),
            "n_exits": _names("出入口数|出入口数量|出口数|crks|exits"),
        },
        "firms": {
            "uscc": _USCC,
            "firm_name": _names(
                "企业名称|单位名称|公司名称|主体名称|字号名称|qymc|dwmc|name|company_name|市场主体名称"
            ),
            "reg_address": _names(
                "住所|注册地址|登记住所|zcdz|zs|经营场所|生产经营地|登记地址|企业地址|单位地址|公司地址|"
                "经营地址|实际经营地址|地址|jydz|address"
            ),
            "building_id": _BUILDING_ID,
            "floor_label": _names("所在楼层|楼层|lc|floor"),
            "unit": _names("房间号|室号|房号|单元房号|dyfh|fh|room"),
            "credit_class": _names("信用风险分类|信用风险等级|信用等级|xyfxfl|xydj|credit_level|信用风险类别|信用类别"),
            "reg_status": _names("登记状态|经营状态|企业状态|djzt|jyzt|status"),
            "unit_use": _names("房屋用途|房间用途|用途|fwyt|use"),
            "n_staff": _names("职工人数|从业人数|员工人数|zgrs|cyrs|staff|从业人员数"),
            **_PLACE,
        },
        "leads": {
            "lead_id": _names("线索编号|线索号|xsbh|id|线索流水号|流水号|工单号"),
            "event_id": _names("事件编号|警情编号|案件编号|sjbh|jqbh|ajbh"),
            "lead_type": _names("线索类型|线索类别|诈骗类型|xslx|xslb|type|线索种类|诈骗类别"),
            "lead_source": _names("线索来源|来源|xsly|source|线索出处|出处"),
            "received_at": _names(
                "接收时间|受理时间|接报时间|线索时间|jssj|slsj|jbsj|received|下发时间|来电时间|采集时间"
            ),
            "due_at": _names(
                "反馈期限|办理期限|到期时间|fkqx|blqx|due|反馈截止|反馈时限|办结期限|办理时限|截止时间|截止日期|期限"
            ),
            "address": _names(
                "线索地址|落地地址|涉及地址|涉案地址|案发地址|案发地点|发案地址|举报地址|反映地址|窝点地址|"
                "详细地址|地址|地点|xsdz|dz"
            ),
            "building_id": _BUILDING_ID,
            "uscc": (*_USCC, "涉案企业代码"),
            **_PLACE,
        },
        "roster": {
            "person_id": _PERSON_ID,
            "agency": _names("所属部门|部门|单位类别|所属单位|ssbm|bm|department"),
            "role": _names("人员类别|身份|岗位|职务类别|rylb|gw|职级|职务"),
            "certificate_until": _names(
                "执法证有效期至|证件有效期至|执法证有效期|证件有效期|有效期至|zjyxq|yxqz|证件到期|执法证到期"
            ),
            "is_female": _names("是否女性|女性|性别|xb|sex|gender"),
            "base_id": _names("集结点编号|驻地编号|集结点|驻地|jjdbh|jjd|station|base|集合地点|集结地点"),
            "division_code": ("属地", *_DIVISION),
            "shift_start_s": _names("班次开始|上班时间|开始时间|bckssj|sbsj|shift_start|上岗|上岗时间"),
            "shift_end_s": _names("班次结束|下班时间|结束时间|bcjssj|xbsj|shift_end|下岗|下岗时间"),
            "skills": _names("技能|专长|装备|jn|zb"),
            "duty": _names("在岗|值班|值勤|出勤|考勤|在岗情况|值班情况|值勤情况|出勤情况|是否在岗|是否值班|on_duty"),
            "recusals": _names("回避|回避对象|回避事项|hbdx|hb|recusal|需回避|应回避|回避情形|回避单位"),
        },
        "street_lines": {
            "street_id": _names("道路编号|路段编号|link_id|linkid|osm_id|id"),
            "street_name": _names("道路名称|路名|road_name|roadname|dlmc|name"),
            "highway": _names("道路等级|道路类型|等级|dldj|fclass|kind_detail|road_class|roadclass|class"),
            "direction": _names("通行方向|方向|单行|oneway|dir"),
            "maxspeed_kmh": _names("限速|设计速度|xs|maxspeed|speed_limit|speed"),
            "level": _names("层|layer"),
            "kind": _names("类别"),
            "is_bridge": _names("桥|bridge"),
            "is_tunnel": _names("隧道|tunnel"),
            "is_link": _names("匝道|link"),
            "geometry": _names("wkt|geom"),
        },
        "water": {"geometry": _names("wkt|geom")},
        "districts": {
            "division_code": (*_DIVISION, "code", "gb"),
            "division_name": _names("区划名称|名称|qhmc|mc|name"),
            "geometry": _names("wkt|geom|轮廓"),
        },
        "bases": {
            "base_id": _names("集结点编号|驻地编号|jjdbh|id"),
            "base_name": _names("集结点名称|驻地名称|集结点|名称|jjdmc|mc|name"),
            "division_code": ("属地", *_DIVISION),
            **_PLACE,
        },
        "investigations": {
            "investigation_id": _names("案件编号|立案编号|侦查编号|ajbh|id"),
            "building_id": _BUILDING_ID,
            "uscc": (*_USCC, "涉案企业代码"),
            "opened_on": _names("立案日期|立案时间|larq|opened"),
            "closed_on": _names("结案日期|撤案日期|结案时间|jarq|closed"),
        },
        "pins": {
            "pin": _names("要求|约定|指定事项|kind"),
            "building": ("楼宇", "楼栋", "建筑", *_BUILDING_ID),
            "value": _names("内容|取值|对象"),
            "reason": _names("理由|原因|事由"),
            "first_day": _names("起始日期|起|自|日期|from"),
            "last_day": _names("截止日期|止|至|until"),
        },
        "assign": {
            "table": _names("表|表名|类别"),
            "key": _names("编号|线索编号|lead_id|统一社会信用代码|uscc"),
            "text": _names("原文|地址|文字|address"),
            "building_id": ("楼宇", "楼栋", "建筑", *_BUILDING_ID),
        },
        "other_inspections": {
            "uscc": _USCC,
            "visited_on": _names("检查日期|检查时间|计划检查日期|jcrq|jcsj|date"),
            "authority": _names("检查机关|检查主体|检查部门|执法部门|jcjg|jczt|agency"),
        },
        "codes": {
            "plan_id": _names("方案编号|plan"),
            "visit_id": _names("任务编号|visit id"),
            "authority": _names("检查机关|执法部门|检查主体|检查部门|agency"),
            "uscc": (*_USCC, "credit code"),
            "task_code": _names("检查码|执法监督码|任务码|行政检查码|jcm|rwm|inspection code"),
            "valid_until": _names("检查码有效期至|有效期至|失效时间|valid until"),
        },
        "results": {
            "result_id": _names("结果编号"),
            "visit_id": _names("任务编号|走访编号|检查编号|rwbh"),
            "uscc": _USCC,
            "unit": _names("房间|房间号|室号|room"),
            "unit_state": _names("房间状态|门户状态|到访情况|state|unit state|state of unit"),
            "visited_on": _names("检查日期|检查时间|jcrq|date"),
            "licence_displayed": _names("亮照|licence displayed"),
            "name_match": _names("名称一致|name matches"),
            "address_match": _names("住所与实际一致|住所一致|address matches"),
            "scope_match": _names("经营范围与实际一致|经营范围一致|scope matches"),
            "lease_seen": _names("租赁合同"),
            "legal_rep_contact": _names("法人可联系|legal rep. reachable"),
            "co_located_firms": _names("一址多照|shared address"),
            "closed_door": _names("关门办公"),
            "simbank_goip_seen": _names("猫池/goip|sim bank / goip"),
            "cards_seen": _names("两卡"),
            "scripts_seen": _names("话术单|call scripts"),
            "fire_exit_blocked": _names("消防通道堵塞|消防通道"),
            "headcount_claimed": _names("申报人数|staff claimed"),
            "headcount_seen": _names("在场人数|登记人员|staff seen"),
            "phones_seen": _names("手机数"),
            "pcs_seen": _names("电脑数"),
            "n_hazards": _names("隐患|发现隐患|hazards"),
            "n_hazards_fixed": _names("现场整改|hazards_fixed"),
            "n_dens": _names("窝点|发现窝点|finds|dens"),
            "n_suspects": _names("抓获|抓获人数|suspects"),
            "n_referred": _names("移交线索|referred"),
            "seized_phones": _names("缴获手机|phones seized"),
            "seized_pcs": _names("缴获电脑|pcs seized"),
            "seized_goip": _names("缴获goip|缴获设备|goip seized"),
            "seized_cards": _names("缴获两卡|sims seized"),
            "n_leaflets": _names("宣传资料|宣传|leaflets"),
            "is_rectify": _names("责令整改|rectify"),
            "recheck_on": _names("回头看日期|复查日期|recheck"),
            "is_closed": _names("销号|closed"),
            "is_code_shown": _names("已亮码|亮码|code shown"),
            "code_shown_at": _names("亮码时间|code shown at"),
            "no_code_reason": _names("未亮码原因|无码原因|reason without code"),
            "firm_rating": _names("企业评价|评价|rating by the firm"),
            "remark": _names("备注|说明|remarks|notes"),
            "plan_id": _names("方案编号|plan"),
            "building_id": _BUILDING_ID,
            "track": _names("检查类型|检查类别|jclx|legal track"),
            "basis": _names("依据"),
            "is_target": _names("列入检查|inspected"),
            "selection_probability": _names("抽取概率|入样概率"),
        },
        "duty": {
            "person_id": _PERSON_ID,
            "day": _names("日期|值班日期|星期|rq|date|weekday"),
            "from": _names("上岗|上班|上岗时间|上班时间|开始时间|起|sbsj|start"),
            "until": _names("下岗|下班|下岗时间|下班时间|结束时间|止|xbsj|end|to"),
            "leave": _names("休假|请假|休息|休|xj|qj|off"),
        },
        "inspections": {
            "building_id": _BUILDING_ID,
            "date": _names("检查日期|检查时间|日期|jcrq|jcsj|visited_on"),
            "inspector": _names("检查人员|执法人员编号|检查人员编号|jcry|检查人|检查组|officers|team"),
            "outcome": _names("检查结果|结果|jcjgmc|result|检查情况"),
            "required_days": _names("要求间隔|间隔天数|复查间隔|jgts|interval"),
        },
        "history": {
            "visit_id": _names("检查编号|走访编号|记录编号|jcbh|id|记录号"),
            "building_id": _BUILDING_ID,
            "uscc": _USCC,
            "visited_on": _names("检查日期|检查时间|走访日期|jcrq|jcsj|date|检查日"),
            "track": _names("检查类型|检查类别|jclx|type|检查方式"),
            "authority": _names("检查机关|检查主体|检查部门|jcjg|jczt|agency|牵头单位|检查单位"),
            "team": _names("检查组|组别|检查组编号|jcz|team_id|inspector"),
            "outcome": _names("检查结果|结果|jcjgmc|result|检查情况"),
            "severity": _names("严重程度|违法违规项数|问题数|扣分|violations"),
            "ground": _names("频次豁免|豁免事由|豁免情形|hmsy|exemption"),
            "officers": _names("检查人员|执法人员编号|检查人员编号|jcry|检查人"),
            "selection_probability": _names("抽取概率|入样概率|cqgl|probability"),
        },
    }
)


def missing(table: str, columns: Collection[str], may_lack: Collection[str] = ()) -> list[str]:
    """
    Return the required columns (`REQUIRED`) of a table that are missing from `columns`, except those in `may_lack`.

    For buildings, `lon` and `lat` may replace `geometry`.
    """
    needed = [c for c in REQUIRED[table] if c not in may_lack]
    if "geometry" in needed and table == "buildings" and "geometry" not in columns:
        needed = [*(c for c in needed if c != "geometry"), "lon", "lat"]
    return [c for c in needed if c not in columns]
