"""Names that belong to nobody: invented syllables, put together at random."""

from __future__ import annotations

import numpy as np

# Three sets with no sign in common, so that no street shares its name with a building or a firm. All signs are in
# GB 2312, so that any font and any old encoding has them; few are used in the names of real streets and towers.
STREET_SYLLABLES = "旌珙璜琰瑁峤琚皎皑曜晖缃缥缈绫缦绾葳蕖藜蘅岫峋崦嵯嶙帙幔廪霁"
BUILDING_SYLLABLES = "粲翮谌溟灏玢琮瑭瓒缙绡翎翦焱鹞鹬鹂鸾鹫麝黛龠罡羲羿翥耘耜熠烨"
FIRM_SYLLABLES = "芊芷苒荇莘菡蓁蕤薇藿岚嵘巍彦彤忻恺惬懋扬挚昀昕晗晔暄杼桓梓榉楸檀毓淇淳湛"

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
    Different words of two syllables, of three where two do not give enough.

    Parameters
    ----------
    rng
        Source of chance.
    n
        How many, at most the cube of the number of syllables.
    syllables
        One sign each, all different.
    """
    base = len(syllables)
    length = 2 if n <= base**2 // 2 else 3
    numbers = rng.choice(base**length, size=n, replace=False)
    return ["".join(syllables[number // base**k % base] for k in range(length)) for number in numbers]
