"""Context of an address in a sentence: lead-in phrases, and phrases for near, moved or not there."""

import re

from geodata.vocabulary.chinese_numerals import NUMBER

# Speaker, subject and source of information.
_SPOKEN = (
    "称|说|讲|述|供|反映|举报|报警|报案|经查|查明|查实|核实|据|线索|地[址点]|定位|住址|位置|窝点|嫌疑|反馈|对方|骗子|业务员|客服|受害|被骗|事主"
    "|公司|单位|总部|老板|团伙|[他她我其]|约|让|叫|有人|群众|近期|去年|今年|昨[天日晚]|[0-9]+[年月日]"
)
_PLACED = "位于|坐落[于在]?|设[于在]|开[在设]|就?在|到达?|去|至|前往|住所地?|住(?!址)|于|为|是|系|写的?|名为|叫做?|:"
# Characters of addresses that never occur in a lead-in.
_ADDRESS = "路街弄号楼座室厦层省县镇乡村"
_LEAD_IN = re.compile(
    rf"^(?=(?:[^{_ADDRESS}]{{0,40}}?)(?:{_SPOKEN}|位于|坐落|设[于在]|在|住所))[^{_ADDRESS}]{{0,40}}"
    rf"(?:{_PLACED}|自?称|反映|举报|报警|说|讲|其|,)(?:的是|着|了)?"
)
# Text that can precede a complete name: 称在|银荷大厦, 路口东北角|银荷大厦; 海尔|时代大厦 is one name.
_ALONE = re.compile(
    rf"(?:^|[\d、,;:。.·/|()\[【〔#=!?<>→-]|[路街巷弄号段层]|{NUMBER}楼|大道|街道|区|(?<![城都超夜])[市县镇乡村]|[路叉交汇丁十]口|[东西南北拐街路]角|交[界会汇叉]|相交|侧|内|处"
    rf"|{NUMBER}多?米|[路旁东西南北]边|旁|的|在|于|地址为|就是|是|系|对|到达?|去|来|赴|至|前往|称|说|讲|述|反映|举?报|住|租|写|叫|从|由|即"
    r"|显示|发现|看到|见到|进入|走进|租用|租下|租了|承租|入驻|涉及|指向|锁定|发往|寄往|抵达|登记|注册|经营|办公|碰头|集合|藏身|出入"
    # Places, verbs of looking for one, pronouns; and 在 as Shanghai, Canton and the north say it.
    r"|(?:案发|所在|目的)地|[地住]址|核?查(?:一下)?|帮我?查|搜索?|[那这]个|(?:公司|企业|单位)为|勒拉?|喺|[我他她]被|(?:^|[,;:。])(?:自|搁|请?核|非)|[核属查]实|协查|@所有人"
    r"|其中|[们这那此该本进入把被将让给跟往从过着了问栋幢个咱俺咱您你]|公司|单位|总部|地址|(?<!基)地|点|现场|位置|[路以侧街口][东西南北]{1,2}|附近|对面|一带)$"
)
# Brand of a longer name, right after the start of an address or a preposition: 在|海尔|时代大厦.
_BRAND = re.compile(r"(?:[-/|(路街巷弄号段层区市县镇乡村省在于到至为的角])(?![那这][一-龥])[一-龥]{1,2}$")
_GOES_ON = re.compile("[,;。!?]|[一-龥]{5}")
# Areas in front of a building, and ways out of it: 银荷大厦停车场对面, 从银荷大厦出来往东走200米.
_BEFORE_IT = r"(?:地[上下]|露天)?(?:停车场|车库)|(?:下沉)?广场|大门口?|门口|门前|出来|出去|出门|出大门"
_DIRECTION = r"[东西南北]{1,2}"
# Rooms and parts of the building itself on one of its sides: 西侧电梯厅, 北门保安.
_OWN_PART = r"(?!.{0,2}(?:电梯|货梯|楼梯|大堂|大厅|门厅|前台|走廊|通道|消防|保安|物业|办公|房间|单元|半层|塔|座|翼))"
_FAR = rf"(?:(?:大?约|大概)?{NUMBER}多?(?:米|公里)|过去|走过去|不远|(?:走|开|坐|骑).{{0,6}}(?:分钟|小时|站))"
# 银河大厦对面 is outside of it, 银河大厦内 inside.
BESIDE = re.compile(
    rf"(?:[与和跟及到至].{{2,14}}?(?:之间|中间)|,(?:距离?)?{_FAR}|,往{_DIRECTION}|(?:的|那|马路|街|路|楼|大楼|再|走|{_BEFORE_IT})*(?:正?对[面过门]楼?|斜对|对街|旁|附近|隔壁楼?"
    rf"|(?:以|往|向|朝)?{_DIRECTION}(?:侧|邻|面|头|首|边|角|方向|$){_OWN_PART}|(?:以|往|向|朝)(?:{_DIRECTION}|前|后)|(?:{_DIRECTION}(?:边|面|侧)?)?走?{_FAR}"
    rf"|[后前背][面头边街巷院门]|后(?=[的那片])|背后|[跑走]到|[背身屋]后|周边|周围|边上|外(?:[面侧墙围立的,;。]|$)|楼[底下]|底下|出发|坐的?.{{0,3}}车"
    rf"|一带|[那这]边(?!的?一?[家个]|\d)|那[条片]|(?:地铁|公交|车)?站(?!岗)|支行|分理处|派出所|方向|路口|十字|之间"
    rf"|(?:[东西南北正侧前大]门|门口|门前|门外)(?:(?=的?[一那某另]个?[栋幢座])|(?!.{{0,4}}(?:\d|[层楼座室])){_OWN_PART}))(?!楼))"
)
# Same building: 银荷大厦楼下, 在该楼5层.
_SAME_HOUSE = re.compile(
    rf"[该这此](?:栋|幢|座)?(?:楼|大厦)|^.{{0,4}}(?:楼下|门口|门前).{{1,20}}上[到了]?{NUMBER}(?:楼|层|F)"
)
_BEFORE_BESIDE = re.compile(
    r"(?:距离?|(?<!撤)(?<!搬)(?<!迁)离|靠近?|临近?|毗邻|紧邻|紧?挨着?|邻近?|(?<!附)近|接近|对着|面对|朝着?|面向|背靠|途经|经过|路过)$"
)
_NO_LONGER = re.compile(
    r"(?:(?:未|没有?)(?:发现|见到?|查到|找到)[其他她它]?在?|(?<!是)不[在是]|并?非|没[在到]|没有?[去到来][过了]?|未在|原[在址驻]|曾[在经用](?:地址|名)?|(?:以前|之前|此前|先前|早先|过去|原来|曾经)就?在|不是.{2,14}就[是在]|未[到去]过?|搬[离出]|撤离|撤出|迁出|离开|注销"
    r"|否认[^,;。]{0,3}|(?:^|[,;:。])非|原来?(?:登记|注册|说|称)[在于]?|先[去到]了?|骗.{0,3}说.{0,4}在|(?:虚构|伪造|谎[称报]|冒用|假称)[^,;。]{0,6})(?:在|于|[那这]个?|[我咱他]们?)?$"
)
# After a name: the firm is absent.
_NONE_THERE = re.compile(
    r".{0,12}?(?:(?:并?无|查无|不存在)[此该]|没有?[此该这]家|未见[^,;。]{0,6}(?:经营|办公)|[是系](?:冒用|伪造|虚构))|.{0,12}?(?:并?无|没有?|未见|未发现|查无|[找查]不到|不存在)(?:[^,;。]{0,6}?[此该这其称说])[^,;。]{0,3}?(?:公司|企业|单位|商[户家]|用?户|[门商]?店|机构|人(?![员数]))"
    r"|.{0,8}(?:(?:根本|压根)(?:没有?|不存在|不在)|不在[这那此该本])|[^;。]{0,8}(?:是|系|为)?(?:虚?假|不实)的?(?:注册|登记)?地|.{0,3}(?:没有?|无)关"
)
# Away from a place: 从|银荷大厦|退租.
_FROM = re.compile("[从由自]$")
_AWAY = re.compile("(?:全部|陆续|已|步行|[驾乘打]车)?(?:[拆移退撤搬迁逃转清改换变走]|离开)")
# The later of two places, or the actual one: 搬到|银荷大厦, 其实在|银荷大厦.
FINAL = re.compile(
    r"(?:(?:搬|迁|换|转|挪|改|变更|跑)(?!离|出|走)[^,;。、]{0,6}|(?:(?<![发出呈])现(?=[在址于地居办])|实[际为在]|其实|才知|更正|应[为该]|不是,|真正)[^,;。]{0,10})$"
)
# Moved firms only, not a swindler who no longer answers or a closed account.
_MOVED = re.compile(
    r"(?<!正在)(?<!是否)(?<![未没])(?<!没有)(?:搬|撤|迁)(?:走|离|出|到|至|往|入|去|空|掉|了)|[已后][搬迁撤]|[搬迁]址|[地住]址.{0,30}?变更[为到至]|转移(?!.{0,3}[资财存钱款账])|人去楼空|不知去向|去向不明|歇业|倒闭|停业|现址不明"
    r"|(?:公司|企业|单位|商户|租户|门?店|机构|商铺|该[处司户址店])(?:[现今已均都也]|目前|经){0,3}(?:失联|下落不明)|注销(?!.{0,4}[账帐卡号户贷])|不再(?:办公|经营|营业|存在|租|使用|入驻|在|开)"
)
# Characters that make another place with the name after them: 新老屯汽配城, 东五环大厦.
_FIRST_OF_NAME = frozenset("新老东西南北中大小一二三四五六七八九十")
CLAUSE_ENDS = "、,;。"
# Between two names: a list, which is near, denied or left as a whole; one place, such as a compound and its house.
LIST = re.compile(r"[、/→]|[与和跟及或]")
ONE_PLACE = re.compile(r"[-()#\d号弄的之内里]*")
# Between two names: the second is a later stop.
NEXT = re.compile(r"[后再又转][到去至]$")
# A second place after a name: 银荷大厦和舜泰广场; 银荷大厦和平路店 is in 和平路.
_AND = re.compile(r"(?:[与跟或及]|和(?![平谐])|以及|还是)(?=[一-龥]{2})")
_AND_BEFORE = re.compile(r"[一-龥]{2}(?![路街道巷弄口号已经曾])[一-龥](?:[与跟或及和]|以及|还是)$")
# 坐标与|银荷大厦|一致 compares and joins no second place.
_COMPARED = re.compile("一致|相[符同]|吻合|匹配")


def without_lead_in(text: str) -> str:
    """Return the text without words that lead in an address: without 窝点在 in 窝点在银荷大厦."""
    found = _LEAD_IN.match(text)
    return text[found.end() :] if found and found.end() < len(text) else text


def is_whole_name(before: str) -> bool:
    """Return whether a complete name can follow the text `before`, so that the name is not the rest of a longer one."""
    return bool(_ALONE.search(before))


def is_sentence(before: str, after: str) -> bool:
    """
    Return whether a name is part of running text, judged by the text directly before and after it.

    If it is not, the characters before it may be a brand or the beginning of the name.
    """
    is_bare = len(before) in (1, 2) and not _GOES_ON.search(after)
    return before[-1:] not in _FIRST_OF_NAME and not is_bare and not _BRAND.search(before)


def after_lead_in(mention: str) -> str | None:
    """Return the text after the last lead-in (位于, 路口) that at least four characters follow; None without one."""
    # After a lead-in a name has at least four characters.
    starts = (at for at in range(len(mention) - 4, 0, -1) if _ALONE.search(mention[:at]))
    return next((mention[at:] for at in starts), None)


def is_not_there(before: str, after: str) -> bool:
    """
    Return whether an address text is not about the place named between its parts `before` and `after`.

    The parts say that the address is near the place, not or no longer there, or at a second place too.
    """
    is_joined = _AND.match(after) or (_AND_BEFORE.search(before) and not _COMPARED.match(after))
    is_beside = BESIDE.match(after) and not _SAME_HOUSE.search(after)
    is_absent = _NO_LONGER.search(before) or _NONE_THERE.match(after)
    is_left = _FROM.search(before) and _AWAY.match(after)
    return bool(is_joined or is_beside or _BEFORE_BESIDE.search(before) or is_absent or is_left)


def is_moved(text: str) -> bool:
    """Return whether a text reports a move, so that the place that it names may be the former one."""
    return bool(_MOVED.search(text))
