"""Spelling errors in names: one character missing, doubled, swapped, or replaced by a similar one."""

from functools import lru_cache
from typing import Literal

from pypinyin import lazy_pinyin

type SpellingError = Literal["doubled", "swapped", "alike", "lost", "wrong"]

# A change in one of these characters makes another place: 东区 is not 西区, 二期 not 一期.
DISTINCTIVE = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ一二三四五六七八九十东西南北中新老前后上下左右大小")

# An additional one of these makes another kind of place: 软件园大厦 is not 软件大厦.
_KINDS = frozenset("园城港院店厂局会馆村庄站区")

# Characters that look alike, with traditional forms next to the simplified ones.
_GROUPS = (
    "泰秦奉 恒桓垣 海悔梅侮 润闰涧 金全 大太犬 天夭无 环坏 鲁鱼 龙尤 奥粤澳 泉皋帛 陆陈 申甲由田 万方 民氏 银根 "
    "荷何菏苛 国囯國 新析 世也 纪记 汉仅叹 山仙 华毕華 信佶 盛盔 达迖達 招拓昭沼 保俣堡 平乎 汇江 瑞端 丰主 永水 "
    "安妥 诵通 利刹 康庚 福幅富 商啇 厦厘夏 广厂廣 和知 时吋時 代伐 光先 各谷 东车東 南楠喃 艮良 皇星呈 每侮 花化 "
    "园圆园園 文支交 昌冒 室宝宜 绿禄录 生主 未末 土士 已己巳 正证 邦帮 都郡 联朕職 料科 技枝肢 材财村 宫官 贺贸 "
    "泺砾烁 历厉 舜瞬 工土 千干于 王玉主 人入八 日目 石右 田由 木本 禾木 立位 齐斋 洛络珞 浦捕铺埔 港巷 桥侨 湖潮 "
    "清青请情晴 源原 凤风 阳阴 城诚域 博搏傅 景影 悦锐 铭铬 嘉喜 豪毫 鑫森 晶品 磊垒 淼森 宏宠 弘弦 鸿鸪 宁字 "
    "庆厌 建健 贝见 卓桌 越赵 远运 紫柴 微徽薇 丽而 莱菜 荣荥 莲连 萃翠 蓝篮 藏葳 虹红 诺若 赛寒 辰晨 辉晖 迎仰 "
    "邮油 鄂鳄 锦绵棉 闽闻 际标 隆降 雅雄 顺须 领颂 颐颌 驰弛 骏俊 鹏棚 麒骐 黎藜"
)


def _representatives() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for group in _GROUPS.split():
        for character in group:
            found[character] = found.get(character, frozenset()) | frozenset(group)
    return found


_LOOKS = _representatives()


@lru_cache(maxsize=1 << 16)
def _sound(character: str) -> str:
    return " ".join(lazy_pinyin(character))


def spelling_error(one: str, other: str) -> SpellingError | None:
    """
    Return the spelling error by which two names differ; None if they are equal, or differ by more than one error.

    The names are given without their form, such as 大厦 or 路. The result is also None if one character that
    distinguishes places is replaced by another (东 by 西): the names then belong to different places.
    """
    if one == other:
        return None
    if len(one) == len(other):
        return _exchanged(one, other)
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1 or not short:
        return None
    at = next((k for k, character in enumerate(short) if character != long[k]), len(short))
    if short[:at] + long[at] + short[at:] != long:
        return None
    if long[at] in (long[at - 1 : at], long[at + 1 : at + 2]):
        return "doubled"
    return None if long[at] in DISTINCTIVE or long[at] in _KINDS else "lost"


def _exchanged(one: str, other: str) -> SpellingError | None:
    different = [k for k, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(different) == 2:
        first, second = different
        is_swapped = second == first + 1 and one[first] == other[second] and one[second] == other[first]
        return "swapped" if is_swapped else None
    if len(different) != 1:
        return None
    a, b = one[different[0]], other[different[0]]
    n_distinctive = len(DISTINCTIVE.intersection((a, b)))
    if n_distinctive == 2:
        return None
    if b in _LOOKS.get(a, ()) or _sound(a) == _sound(b):
        # 鑫华 and 新华 are distinct; 冬方明珠 is 东方明珠.
        return None if n_distinctive and len(one) < 3 else "alike"
    return None if n_distinctive and len(one) < 4 else "wrong"


def blocking_keys(text: str) -> set[str]:
    """
    Return blocking keys of a name, to look up candidates: two names share a key if `spelling_error` may find an error.

    Two names of two characters that differ in one dissimilar character share none.
    """
    if len(text) < 2:
        return set()
    keys = {text, f"signs {''.join(sorted(text))}"}
    if len(text) > 2:
        return keys | {text[:k] + text[k + 1 :] for k in range(len(text))}
    # Single remaining characters of two would be shared by too many names.
    for k, character in enumerate(text):
        variants = (
            _sound(character),
            *("".join(sorted((character, variant))) for variant in _LOOKS.get(character, ())),
        )
        keys |= {f"{text[:k]} {variant} {text[k + 1 :]}" for variant in variants}
    return keys
