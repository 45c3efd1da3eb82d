"""Invented names: random combinations of common characters that no real name uses."""

import numpy as np

# Three sets without a common character, so that no street shares its name with a building or a firm. Every character is
# one of the 2,500 most common (现代汉语常用字表, 1988) and in the first level of GB 2312, so fonts have it. No two
# characters of a set follow each other in a dictionary word or in a name of the shared data; a test checks both.
STREET_SYLLABLES = "栗桑渡槐樱屿榴溪禾桐桂芽葵菊穗蝶舟雁雾鸽鹊塘夕崖晴暮杏枣柳鹿"
BUILDING_SYLLABLES = "柏箭莲册墨庭廊弦枝桨栏盾笛岸象途螺虹贝铃霜鹰潮烛璃章绸艇帘壶"
FIRM_SYLLABLES = "致衡览访谊赏跃迎递颂举伴允勉凝协咏径悦惠择映暖沿毅添灿畅盟筹礼素绘继耀耕"

STREET_FORMS = ("路", "路", "路", "街", "大街")
LANE_FORMS = ("巷", "街", "小街", "里街")
BUILDING_FORMS = ("大厦", "中心", "广场", "商务大厦", "国际大厦", "金融中心", "科技大厦", "商务中心")
TRADES = (
    "商贸",
    "信息科技",
    "网络技术",
    "企业管理",
    "文化传媒",
    "电子商务",
    "咨询服务",
    "投资管理",
    "教育科技",
    "供应链管理",
)
FIRM_FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")
INDIVIDUAL_FORMS = ("经营部", "工作室", "商行", "服务部")


def invent(rng: np.random.Generator, n: int, syllables: str) -> list[str]:
    """
    Draw `n` distinct words of two syllables, or of three if two give too few; n is at most `len(syllables)` ** 3.

    Each character of `syllables` is one syllable.
    """
    base = len(syllables)
    length = 2 if n <= base**2 // 2 else 3
    numbers = rng.choice(base**length, size=n, replace=False)
    return ["".join(syllables[number // base**k % base] for k in range(length)) for number in numbers]
