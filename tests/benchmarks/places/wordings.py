"""
How people write where a building is, by kind: the wordings that a matcher was worked out on, and those held out.

`DEV` was looked at while the matcher was changed, and written down before, as was `HELD`, of which only the counts were
looked at before a second round of changes; `LAST` was written after that and looked at once.
Braces stand for parts of one building: `head` (city and district, or nothing), `short` (the city without 市), `street`,
`door` (street and number), `name`, `tower`, `inside` (floor and room, may be empty), `floor` (9楼), `cross` (another
street), `other` (another building), `lane`, `house`, `sub` (of a lane), `room`.
"""

from __future__ import annotations

from collections.abc import Mapping

type Wordings = Mapping[str, tuple[str, ...]]

# Each kind that has a right answer.
PLAIN = ("{head}{door}{name}{tower}{inside}", "{head}{name}{tower}{inside}", "{head}{door}{tower}{inside}")

DEV: Wordings = {
    "plain": PLAIN,
    "lane": (
        "{head}{street}{lane}弄{house}号",
        "{head}{street}{lane}弄{house}号楼",
        "{street}{lane}弄{house}号{room}室",
        "{street} {lane} 弄 {house} 号 {room}",
        "{street}{lane}弄{house}幢{room}室",
        "{street}{lane}弄{house}号{floor}",
        "{head}{street}{lane}弄{house}号楼{floor}东侧",
    ),
    "sub-lane": (
        "{street}{lane}弄{sub}支弄{house}号",
        "{head}{street}{lane}弄{sub}支弄{house}号{room}室",
        "{street}{lane}弄{sub}支弄{house}号楼",
    ),
    "narrative": (
        "称在{name}{tower}{floor}",
        "自称在{name}{tower}{inside}办公",
        "对方自称位于{head}{name}{tower}{floor}",
        "报警人称嫌疑人在{name}{tower}{inside}",
        "称公司地址为{head}{door}{name}{tower}{inside}",
        "约在{name}{tower}{floor}见面",
        "说是在{name}{tower}{floor}上班",
        "窝点在{door}{name}{tower}{inside}内",
        "群众反映{name}{tower}{inside}有人打电话",
        "称其单位在{door}{tower}{floor}",
    ),
    "crossing": (
        "{street}与{cross}交叉口{name}{tower}{floor}",
        "{head}{street}与{cross}交叉口东北角{name}{tower}",
        "{street}{cross}路口{name}{tower}{inside}",
        "{street}、{cross}交汇处{name}{tower}{inside}",
        "{street}与{cross}路口西北侧{name}{tower}{floor}",
        "{street}与{cross}交叉口东200米路北{name}{tower}{inside}",
    ),
    "beside": (
        "{name}对面",
        "{head}{door}对面",
        "{name}{tower}旁边",
        "{name}斜对面",
        "{name}后门",
        "{head}{door}{name}对面",
        "{door}旁",
        "{name}附近",
        "{street}与{cross}交叉口{name}东侧200米",
        "称在{name}旁边的小楼里",
        "{name}门口",
        "{name}往东约300米路南",
    ),
    "street only": ("{head}{street}", "{street}附近", "{street}中段路北", "称在{street}上", "{street}沿街商铺"),
    "bare crossing": (
        "{street}与{cross}交叉口",
        "{street}{cross}路口东北角",
        "{street}与{cross}交汇处向东200米",
        "{name}旁的{street}与{cross}路口",
    ),
    "several": (
        "先在{name}后到{other}",
        "{name}或{other}",
        "从{name}搬到了{other}",
        "称在{name}和{other}都有办公室",
    ),
    "denied": ("原在{name}现已搬走", "不在{name}", "已搬离{name}{tower}", "称不是{name}的公司"),
}

HELD: Wordings = {
    "plain": (
        "{head}{door}({name}{tower}){inside}",
        "{name} {tower} {inside}",
        "{head}{door} {tower} {inside}",
    ),
    "lane": (
        "{head}{street}第{lane}弄{house}号",
        "{street}{lane}弄内{house}号楼",
        "{street}{lane}弄-{house}号",
        "{street}{lane}弄小区{house}号楼{room}室",
        "{street}{lane}弄{house}栋{floor}",
        "{street}{lane}弄{house}号-{room}",
        "{street}{lane}弄{house}#{room}",
        "自称住{street}{lane}弄{house}号",
        "{head}{street}{lane}弄（近{cross}）{house}号",
        "{street}{lane}弄{house}号底楼",
    ),
    "sub-lane": (
        "{street}{lane}弄{sub}支弄内{house}号{floor}",
        "位于{street}第{lane}弄第{sub}支弄{house}号",
        "{head}{street}{lane}弄 {sub}支弄 {house}幢{room}",
    ),
    "narrative": (
        "被骗人陈述对方在{name}{tower}{floor}租了一间办公室",
        "业务员讲他们公司就在{name}{tower}{inside}",
        "经查，该公司实际经营地在{head}{door}{name}{tower}{inside}",
        "据举报，{name}{tower}{floor}每晚有人员进出",
        "地址写的是{head}{name}{tower}{inside}",
        "让我到{name}{tower}{floor}面试",
        "去年12月起在{name}{tower}{inside}租房",
        "资金盘讲师称其总部设于{name}{tower}{floor}",
        "嫌疑人供述作案地点：{door}{name}{tower}{inside}",
        "对方发来定位：{door}{tower}{inside}",
        "骗子说办公地点就是{name}{tower}的{floor}",
        "在{name}{tower}大概{floor}的位置",
    ),
    "crossing": (
        "{cross}和{street}交叉路口东南角的{name}{tower}{inside}",
        "{street}/{cross}路口，{name}{tower}{floor}",
        "{street}与{cross}十字路口西南{name}{tower}{inside}",
        "{head}{street}近{cross}{name}{tower}{floor}",
        "{street}（{cross}口）{name}{tower}{inside}",
        "{street}与{cross}相交处往北五十米{name}{tower}{floor}",
        "在{cross}与{street}丁字路口处的{name}{tower}{inside}",
    ),
    "beside": (
        "{name}正对过",
        "{name}马路对面二楼",
        "{name}隔壁那栋楼",
        "{door}斜对过",
        "距{name}两百米",
        "紧邻{name}的一栋楼",
        "{name}北门",
        "{name}后面的小区",
        "{door}后门",
        "{name}那条街上",
        "{name}地铁站",
        "靠近{name}",
        "{name}{tower}以北一百米左右",
        "对方称在{door}{name}边上",
    ),
    "street only": (
        "{head}{street}一带",
        "{street}某写字楼",
        "对方说在{street}那边",
        "{street}路边",
        "{street}（具体不详）",
    ),
    "bare crossing": (
        "{cross}和{street}十字路口西南角",
        "{street}近{cross}",
        "{street}/{cross}路口往北一百米",
        "{street}与{cross}交界处，{name}旁边",
    ),
    "several": (
        "有时在{name}，有时在{other}",
        "{name}、{other}均有据点",
        "由{name}迁至{other}",
        "见面地点{name}，公司在{other}",
    ),
    "denied": ("曾用地址{name}，现址不明", "并非{name}", "该公司已从{name}{tower}撤离", "没有去过{name}"),
}
LAST: Wordings = {
    "plain": (
        "{head}{door}，{name}{tower}，{inside}",
        "{head}{door}【{name}{tower}】{inside}",
        "{name}{tower}/{inside}",
    ),
    "lane": (
        "{short}{street}{lane}弄{house}号{room}",
        "{street}{lane}弄{house}号（{room}室）",
        "户籍地在{street}{lane}弄{house}号",
        "{street}{lane}弄，{house}号楼",
        "居住在{street}{lane}弄{house}号{floor}",
        "{street}{lane}弄{house}号二单元{room}",
        "送货到{street}{lane}弄{house}号的快递被人取走",
        "{street}{lane}弄里面{house}号",
        "{street}{lane}弄{house}-{room}",
    ),
    "sub-lane": (
        "{street}{lane}弄{sub}支弄{house}号{room}",
        "约在{street}{lane}弄{sub}支弄{house}号",
        "{street}{lane}弄第{sub}支弄{house}号楼",
    ),
    "narrative": (
        "经侦查，团伙藏匿于{name}{tower}{inside}",
        "线上客服透露自己在{name}{tower}{floor}上班",
        "受害人称被带至{name}{tower}{floor}签合同",
        "快递单上写着{door}{name}{tower}{inside}",
        "招聘信息显示工作地点{name}{tower}{floor}",
        "反诈中心推送：{name}{tower}{inside}疑似窝点",
        "房东说{name}{tower}{inside}租给了一家公司",
        "公司注册在{door}{tower}{inside}",
        "这家公司实际在{head}{name}{tower}{floor}",
        "家住外地，自述受雇于{name}{tower}{floor}一公司",
        "{name}{tower}的{floor}",
        "资金在{name}{tower}{floor}的银行取出",
        "嫌疑人交代：作案地为{door}{tower}{floor}",
        "每天都去{name}{tower}{floor}打卡",
    ),
    "crossing": (
        "{street}{cross}交叉口往东一百米{name}{tower}{floor}",
        "{street}和{cross}交口{name}{tower}{inside}",
        "{street}与{cross}交叉处东北角，{name}{tower}",
        "{cross}、{street}路口南侧{name}{tower}{floor}",
        "{head}{street}（靠近{cross}）{name}{tower}{inside}",
        "{street}与{cross}交会处的{name}{tower}",
    ),
    "beside": (
        "{name}边上的小卖部",
        "{name}西边",
        "{door}隔壁",
        "{name}东门外",
        "{name}马路对过",
        "{name}背后那条巷子",
        "离{name}不远的一处民房",
        "{name}与{other}之间的小楼",
        "{door}楼下的面馆旁",
        "{name}公交站",
        "约在{name}附近见面",
        "{name}{tower}正对面的居民楼",
    ),
    "street only": (
        "{street}",
        "{head}{street}某小区",
        "嫌疑人在{street}出现过",
        "{street}东头",
        "{street}上的一家网吧",
    ),
    "bare crossing": ("{street}{cross}交口", "在{street}与{cross}路口等人", "{street}与{cross}交叉口西南角的商铺"),
    "several": ("{name}一次，{other}一次", "{name}和{other}", "自{name}转移到{other}", "{name}（后迁{other}）"),
    "denied": ("早已离开{name}", "公司不在{name}了", "据核实并不在{name}{tower}", "{name}已人去楼空"),
}
FRESH: Wordings = {
    "plain": (
        "{head}{door}{name}{tower}之{inside}",
        "{head}{name}{tower}第{inside}",
        "{door} - {name}{tower} - {inside}",
    ),
    "lane": (
        "{head}{street}{lane}弄{house}号楼上{room}室",
        "{street}{lane}弄{house}号丙",
        "{street}{lane}弄 {house}-{room}室",
        "我在{street}{lane}弄{house}号",
        "其父母住{street}{lane}弄{house}号{room}",
        "{street}（{lane}弄）{house}号",
        "{street}{lane}弄（{name}）{house}号",
        "{street}{lane}弄{house}号、{room}",
        "仓库设在{street}{lane}弄{house}号一楼",
    ),
    "sub-lane": (
        "{head}{street}{lane}弄{sub}支弄{house}幢",
        "藏在{street}{lane}弄{sub}支弄{house}号{floor}",
        "{street}{lane}弄内{sub}支弄{house}号",
    ),
    "narrative": (
        "中介带我看的是{name}{tower}{floor}的办公室",
        "对方让我把钱送到{name}{tower}{inside}",
        "视频背景里能看出是{name}{tower}{floor}",
        "他们在{name}{tower}租了{floor}整层",
        "去过一次，在{name}{tower}{floor}左手边",
        "名片地址：{head}{door}{name}{tower}{inside}",
        "说公司在{head}{door}，{name}{tower}{floor}",
        "保安反映{name}{tower}{floor}半夜亮灯",
        "{name}{tower}{inside}，挂某某科技的牌子",
        "服务器放在{name}{tower}{floor}机房",
        "疑似话务窝点，地址{door}{tower}{inside}",
        "面谈地点定在{name}{tower}{floor}前台",
    ),
    "crossing": (
        "{street}{cross}十字路口东北角{name}{tower}{inside}",
        "{street}与{cross}路口西行80米{name}{tower}{floor}",
        "{street}、{cross}交叉口的{name}{tower}{inside}",
        "位于{cross}和{street}路口的{name}{tower}{floor}",
        "{head}{street}与{cross}交界{name}{tower}",
    ),
    "beside": (
        "{name}对门",
        "{name}旁边{floor}小旅馆",
        "从{name}往南走两个路口",
        "{door}斜对门",
        "{name}下沉广场外",
        "{name}前面的停车场",
        "挨着{name}的写字楼",
        "{door}附近的楼",
        "{name}以西约一公里",
        "{name}后门口",
    ),
    "street only": ("{street}那一带", "{street}和别的地方", "{head}{street}上某大厦", "在{street}摆摊"),
    "bare crossing": ("{street}与{cross}相交处", "{street}/{cross}", "{street}{cross}十字路口以北"),
    "several": ("去过{name}，也去过{other}", "{name}跟{other}都行", "不是{name}就是{other}", "{name}；{other}"),
    "denied": ("已不在{name}办公", "{name}的公司已注销", "此前在{name}，现不知去向", "未到过{name}"),
}
# No right answer: only beside a building, a street, a corner, more than one place, or no longer one.
UNANSWERABLE = frozenset({"beside", "street only", "bare crossing", "several", "denied"})

# Signs that look alike and do not sound alike, the first one right.
_PAIRS = (
    "泰秦 恒桓 海悔 润闰 金全 大太 天夭 环坏 鲁鱼 龙尤 奥粤 泉皋 陆陈 申甲 万方 民氏 银根 荷何 舜瞬 国囯 新析 "
    "世也 纪记 汉仅 中申 山仙 华毕 信佶 盛盔 达迖 招拓 保俣 平乎 汇江 瑞端 丰主 永水 安妥 通诵 利刹 康庚 福幅 "
    "商啇 厦厘 广厂 和知 时吋 代伐 光先 谷各 东车 南楠 民艮 星皇 海每 花化 园圆 文支 昌冒 宝室 禄绿 生主 日曰 "
    "未末 士土 己已 证正 邦帮 都郡 联朕 科料 技枝 财材 富宫 贸贺"
)
_HELD_PAIRS = (
    "银很 舜粦 泰春 海诲 盛盟 信倍 恒恨 金釜 贸贷 商裔 华桦 联聆 合舍 通道 远达 洋样 阳旧 陆陇 船般 舶泊 瑞喘 "
    "苑范 申电 佳住 丰手 险检 投没 招绍 展屉 地池 川州 利科 新斩 梅海 盾遁 岸岩 铃玲 章彰 艇挺 潮嘲 烛浊 桨浆 "
    "柏佰 莲蓬 栏拦 螺骡 庭廷 帘帝 箭箱 象像 壶壹 霜孀 册删 笛苗 墨默 绸稠"
)
LOOK_ALIKES = {
    "dev": tuple(_PAIRS.split()),
    "held": tuple(_HELD_PAIRS.split()),
    "last": tuple(_HELD_PAIRS.split()),
    "fresh": tuple(_HELD_PAIRS.split()),
}


def numeral(number: int) -> str:
    """A number below 10,000 as it is said: 628 is 六百二十八, 12 is 十二."""
    figures, text, is_gap = "零一二三四五六七八九", "", False
    for size, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            text += ("零" if is_gap and text else "") + figures[digit] + sign
        is_gap = digit == 0
    return text.removeprefix("一") if text.startswith("一十") else text


def spelled(number: int) -> str:
    """A number sign by sign: 628 is 六二八."""
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def wide(number: int) -> str:
    """A number in full-width figures."""
    return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
