"""Division codes (GB/T 2260) of China with their names, including former divisions."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from geodata.message_catalogue import Texts

# Corrections of python-stdnum 2.2: two districts of Hangzhou since April 2021, and four of 大兴安岭 that it gives in
# traditional characters.
_CORRECTIONS = {
    "330113": "临平区",
    "330114": "钱塘区",
    "232761": "加格达奇区",
    "232762": "松岭区",
    "232763": "新林区",
    "232764": "呼中区",
}
# 110100 市辖区, 429000 省直辖县级行政单位: groups of divisions, meaningless without their province.
_GROUP = re.compile(r"县|市辖区|.*直辖县级行政.*")
_KIND = re.compile(r"(?:省|市|壮族|回族|维吾尔)?(?:自治区|特别行政区)?$")
_CITY = re.compile(r"\d\d(?!00)\d\d00")
_LINE = re.compile(r'( *)(\d+) \w+="(?:.*\[(\d*)-(\d*)\])?(.+)"')


def division_name(code: str, texts: Texts) -> str:
    """Return the name of a present or former division, from `texts`, else in Chinese; an unknown code is unchanged."""
    key = f"district.{code}"
    if key in texts:
        return texts(key)
    name, _ = _listed().get(code, (code, False))
    return f"{_name_of_parent(code, '0000')}{name}" if _GROUP.fullmatch(name) else name


def division_codes(name: str) -> tuple[str, ...]:
    """
    Return the present codes that a full name can mean, sorted; empty for an unknown name.

    One for 历下区, several for 市中区, one for 济南市市中区.
    """
    return _by_name().get(name, ())


def is_listed(code: str) -> bool:
    """Return whether a present or former division has the code; codes of functional zones are not listed."""
    return code in _listed()


@cache
def province_codes() -> Mapping[str, str]:
    """Return the first two digits of each province's codes, by its name without 省, 市 or 自治区 (山东, 内蒙古)."""
    of_province = {name: code[:2] for code, (name, _) in sorted(_listed().items()) if code.endswith("0000")}
    return {_KIND.sub("", name): digits for name, digits in of_province.items()}


@cache
def city_names() -> frozenset[str]:
    """Return names of present prefecture-level cities, without 市 (深圳, 苏州) and without municipalities."""
    cities = (name for code, (name, is_of_today) in _listed().items() if is_of_today and _CITY.fullmatch(code))
    return frozenset(name.removesuffix("市") for name in cities if name.endswith("市"))


@cache
def _listed() -> Mapping[str, tuple[str, bool]]:
    """
    Return the latest Chinese name by code, and whether the division exists today.

    References
    ----------
    `cn/loc.dat` of python-stdnum: codes since 1980 with the years of each name, as `[1989-1993]锦西市,[1994-]葫芦岛市`.
    """
    found: dict[str, tuple[str, bool]] = {}
    province = ""
    for line in files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8").splitlines():
        if (match := _LINE.fullmatch(line)) is None:
            continue
        indent, digits, _, end, name = match.groups()
        if not indent:
            province = digits
        else:
            found[province + digits] = name, not end
    return found | {code: (name, True) for code, name in _CORRECTIONS.items()}


@cache
def _by_name() -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, (own, is_of_today) in _listed().items():
        if is_of_today and not _GROUP.fullmatch(own):
            for name in _name_forms(code, own):
                found[name].add(code)
    return {name: tuple(sorted(codes)) for name, codes in found.items()}


def _name_forms(code: str, own: str) -> Iterator[str]:
    """Yield forms of the division's name `own`, shortest first: alone, after its city, its province, or both."""
    province, city = _name_of_parent(code, "0000"), _name_of_parent(code, "00")
    yield own
    for outer in (city, province, province + city):
        if outer:
            yield outer + own


def _name_of_parent(code: str, zeros: str) -> str:
    """
    Return the name of the higher division that has `code` with its last digits replaced by `zeros`.

    Empty if that is `code` itself, or a placeholder such as 市辖区.
    """
    outer = code[: -len(zeros)] + zeros
    name, _ = _listed().get(outer, ("", False))
    return "" if outer == code or _GROUP.fullmatch(name) else name
