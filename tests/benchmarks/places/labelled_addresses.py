"""
500 addresses with their right answer, by kind of wording: how many are placed right, wrong, and left.

`uv run python -m tests.benchmarks.places.labelled_addresses [dev|held|last|fresh] [seed] [--show KIND]`.
Wordings are those of `wordings.py`, buildings those of `grounds.py`. An address is answerable if one who knows every
building of the city can say which one it is, and it is in the table; a slip only where no other name of the city is as
near to what is written.
"""

from __future__ import annotations

import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from pypinyin import lazy_pinyin
from rapidfuzz.distance import OSA

from geodata.match.match_rows import match_firms
from geodata.schema import FIRMS
from tests.benchmarks.places.grounds import Ground, Site, all_grounds
from tests.benchmarks.places.wordings import (
    DEV,
    FRESH,
    HELD,
    LAST,
    LOOK_ALIKES,
    PLAIN,
    UNANSWERABLE,
    numeral,
    spelled,
    wide,
)

N_TEXTS = 500
# Of 500; `absent` is any wording about a building that is not in the table, `which` a tower or a namesake left open.
SHARES = {
    "plain": 50,
    "lane": 75,
    "sub-lane": 25,
    "narrative": 85,
    "slip": 85,
    "street slip": 25,
    "crossing": 45,
    "beside": 35,
    "street only": 10,
    "bare crossing": 12,
    "several": 8,
    "denied": 8,
    "absent": 30,
    "which": 7,
}
WORDINGS = {"dev": DEV, "held": HELD, "last": LAST, "fresh": FRESH}
SLIPS = ("lost", "doubled", "swapped", "homophone", "look-alike", "wrong")
_FLOORS = ("{n}楼", "{n}层", "{cn}楼", "{n}F")


@dataclass(frozen=True, slots=True)
class Text:
    """One address and what is right."""

    kind: str
    text: str
    building_id: str
    """Empty where no answer is right."""


class Writer:
    """Writes texts about one ground."""

    def __init__(self, ground: Ground, wordings: str, chance: np.random.Generator) -> None:
        self.ground, self.wordings, self.chance = ground, WORDINGS[wordings], chance
        self.look_alikes = LOOK_ALIKES[wordings]
        self.named = [s for s in ground.sites if s.name]
        self.names = sorted({s.name for s in self.named})
        self.lanes = [s for s in ground.sites if s.lane]
        n_of_name = Counter((s.name, s.tower) for s in self.named)
        n_towers = Counter(s.name for s in self.named)
        self.single = [s for s in self.named if n_of_name[s.name, s.tower] == 1]
        self.towered = [s for s in self.named if n_towers[s.name] > 1 and s.building_id]
        self.doors = Counter((s.street, s.number) for s in self.named if s.number)

    def write(self, kind: str) -> Text | None:
        """A text of a kind; None if the building drawn cannot be written so."""
        if kind in ("lane", "sub-lane"):
            site = self._pick([s for s in self.lanes if s.building_id and bool(s.sub) == (kind == "sub-lane")])
            return self._text(kind, site, self._one(self.wordings[kind]))
        if kind == "slip":
            return self._slip(self._pick([s for s in self.single if s.building_id]))
        if kind == "street slip":
            return self._street_slip(self._pick([s for s in self.named if s.building_id and s.number]))
        if kind == "absent":
            return self._absent()
        if kind == "which":
            site = self._pick(self.towered) if self.towered else None
            return site and replace(self._text(kind, site, "{name}{floor}"), building_id="")
        places = self.single if kind in UNANSWERABLE else [s for s in self.single if s.building_id]
        text = self._text(kind, self._pick(places), self._one(self.wordings[kind]))
        return text and (replace(text, building_id="") if kind in UNANSWERABLE else text)

    def _absent(self) -> Text | None:
        kind = self._one(("plain", "lane", "narrative", "crossing", "slip"))
        pool = [s for s in (self.lanes if kind == "lane" else self.single) if not s.building_id]
        wording = self._one(self.wordings["plain" if kind == "slip" else kind])
        site = self._pick(pool)
        if kind == "slip":
            # Another building whose name is one sign off one of the table.
            known = self._pick([s for s in self.single if s.building_id and len(s.name) < 6])
            at = int(self.chance.integers(0, 2))
            sign = self._one("".join(self.names))
            site = Site("", "", known.name[:at] + sign + known.name[at + 1 :])
            if site.name in self.names or site.name == known.name:
                return None
            return None if _same_sound(site.name, known.name) else self._text("absent", site, "{name}{inside}")
        return self._text("absent", site, wording)

    def _text(self, kind: str, site: Site, wording: str) -> Text | None:
        """The wording filled in; None where the site lacks a part of it."""
        has_door = bool(site.street and site.number)
        if "{door}" in wording and (
            not has_door or ("{name}" not in wording and self.doors[site.street, site.number] > 1 and not site.tower)
        ):
            return None
        if (
            "{door}" in wording
            and "{name}" not in wording
            and not site.building_id
            and self.doors[site.street, site.number] > 1
        ):
            return None
        floor = int(self.chance.integers(2, 33))
        room = f"{floor}{int(self.chance.integers(1, 20)):02}"
        floor_text = self._one(_FLOORS).format(n=floor, cn=numeral(floor))
        street = site.street or self._one(self.ground.streets)
        head = self._one(("", site.district, self.ground.city, self.ground.city + site.district))
        figure = self._one((str,) * 5 + (wide, numeral, spelled))
        others = [n for n in self.names if not site.name or (n not in site.name and site.name not in n)]
        return Text(
            kind,
            wording.format(
                head=head,
                short=self.ground.city.removesuffix("市"),
                street=street,
                cross=self._one([s for s in self.ground.streets if s != street]),
                door=f"{site.street}{site.number}",
                name=site.name,
                tower=site.tower,
                other=self._one(others),
                floor=floor_text,
                room=room,
                inside=self._one(("", floor_text, f"{room}室", f"{floor}层{room}室", room)),
                lane=figure(site.lane),
                sub=figure(site.sub),
                house=figure(site.house) if "#" not in wording else site.house,
            ),
            site.building_id,
        )

    def _slip(self, site: Site) -> Text | None:
        slip = self._one(SLIPS)
        written = _slipped(site.name, slip, self.look_alikes, self.chance)
        distance = sorted((OSA.distance(written, name), name) for name in self.names) if written else []
        own = len(site.name) - 2
        if not written or distance[0] != (1, site.name) or (len(distance) > 1 and distance[1][0] < 2):
            return None
        if slip in ("lost", "wrong") and own < 4:
            return None
        text = self._text("slip", replace(site, name=written), self._one((*PLAIN[:2], *self.wordings["narrative"][:3])))
        return text if text is None or site.name not in text.text else None

    def _street_slip(self, site: Site) -> Text | None:
        slip = self._one(SLIPS[1:5])
        written = _slipped(site.street, slip, self.look_alikes, self.chance, n_form=1)
        if not written or self.doors[site.street, site.number] > 1:
            return None
        if (
            min(
                OSA.distance(written, s)
                for s in {*self.ground.streets, *(x.street for x in self.named)} - {site.street}
            )
            < 2
        ):
            return None
        return self._text("street slip", replace(site, street=written), "{head}{door}{inside}")

    def _pick(self, sites: list[Site]) -> Site:
        return sites[int(self.chance.integers(len(sites)))]

    def _one[T](self, of: tuple[T, ...] | list[T] | str) -> T:
        return of[int(self.chance.integers(len(of)))]


def _slipped(
    name: str, slip: str, look_alikes: Sequence[str], chance: np.random.Generator, n_form: int = 2
) -> str | None:
    """A name with one slip in its own part; None where it has no sign to slip on."""
    at = int(chance.integers(0, len(name) - n_form))
    sign = name[at]
    make: dict[str, Callable[[], str | None]] = {
        "lost": lambda: name[:at] + name[at + 1 :],
        "doubled": lambda: name[:at] + sign + name[at:],
        "swapped": lambda: name[:at] + name[at + 1] + sign + name[at + 2 :] if at + 1 < len(name) - n_form else None,
        "homophone": lambda: _replaced(name, at, [s for s in _sounds().get(_sound(sign), "") if s != sign], chance),
        "look-alike": lambda: _replaced(name, at, [p.replace(sign, "") for p in look_alikes if sign in p], chance),
        "wrong": lambda: _replaced(name, at, list("泉湖江海明德永正康达远兴"), chance),
    }
    written = make[slip]()
    return written if written != name else None


def _replaced(name: str, at: int, signs: list[str], chance: np.random.Generator) -> str | None:
    return name[:at] + signs[int(chance.integers(len(signs)))] + name[at + 1 :] if signs else None


def _sound(text: str) -> str:
    return " ".join(lazy_pinyin(text))


def _same_sound(one: str, other: str) -> bool:
    return _sound(one) == _sound(other)


@cache
def _sounds() -> dict[str, str]:
    """The common signs (level 1 of GB 2312) by sound."""
    found: dict[str, str] = {}
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            sign = bytes((row, cell)).decode("gb2312", "ignore")
            if sign:
                found[_sound(sign)] = found.get(_sound(sign), "") + sign
    return found


def write_texts(grounds: list[Ground], wordings: str, seed: int) -> list[tuple[Ground, list[Text]]]:
    """The texts of every ground, `N_TEXTS` in all, no two the same."""
    chance = np.random.default_rng(seed)
    written: list[tuple[Ground, list[Text]]] = []
    for k, ground in enumerate(grounds):
        writer, texts = Writer(ground, wordings, chance), dict[str, Text]()
        for kind, share in SHARES.items():
            n = share // len(grounds) + (k < share % len(grounds))
            wanted, tries = len(texts) + n, 0
            while len(texts) < wanted and tries < 4_000:
                tries += 1
                text = writer.write(kind)
                if text is not None:
                    texts.setdefault(text.text, text)
        written.append((ground, list(texts.values())))
    return written


def place(ground: Ground, texts: list[str]) -> pd.DataFrame:
    """The table of `match_firms` for some addresses."""
    columns = {"uscc": [f"F{k:07}" for k in range(len(texts))], "firm_name": "某", "reg_address": texts}
    firms = pd.DataFrame(columns).reindex(columns=list(FIRMS.columns))
    firms = firms.astype({c: "float64" if c in {"lon", "lat", "n_staff"} else "str" for c in firms})
    return match_firms(firms, ground.table, 60.0).table


def score(written: list[tuple[Ground, list[Text]]]) -> pd.DataFrame:
    """One row a text: `ground`, `kind`, `text`, `truth`, `got`, both empty where there is none, and `way`."""
    rows = []
    for ground, texts in written:
        table = place(ground, [text.text for text in texts])
        for text, got, way in zip(texts, table["building_id"], table["matched_by"], strict=True):
            rows.append((ground.name, text.kind, text.text, text.building_id, got if isinstance(got, str) else "", way))
    return pd.DataFrame(rows, columns=["ground", "kind", "text", "truth", "got", "way"])


def table_of_kinds(scored: pd.DataFrame) -> str:
    """A row a kind: answerable, right, wrong, left; those without an answer, and how many of them got one."""
    lines = ["| kind | answerable | right | wrong | left | no answer exists | wrong |", "|---|---|---|---|---|---|---|"]
    for kind in [*SHARES, "all"]:
        own = scored if kind == "all" else scored[scored["kind"].eq(kind)]
        can = own[own["truth"].ne("")]
        right, left = int(can["got"].eq(can["truth"]).sum()), int(can["got"].eq("").sum())
        cannot = own[own["truth"].eq("")]
        wrong = int(cannot["got"].ne("").sum())
        lines.append(
            f"| {kind} | {len(can)} | {right} | {len(can) - right - left} | {left} | {len(cannot)} | {wrong} |"
        )
    return "\n".join(lines)


def main() -> None:
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    show = sys.argv[sys.argv.index("--show") + 1] if "--show" in sys.argv else None
    words = [word for word in words if word != show]
    which, seed = (words[:1] or ["dev"])[0], int((words[1:2] or ["1"])[0])
    grounds, skipped = all_grounds(seed)
    for reason in skipped:
        print("skipped", reason)
    written = write_texts(grounds, which, seed)
    wall = time.perf_counter()
    scored = score(written)
    wall = time.perf_counter() - wall
    print(f"Python {platform.python_version()}, wordings {which}, seed {seed}: {len(scored)} texts in {wall:.2f} s")
    print(table_of_kinds(scored))
    can, wrong = scored["truth"].ne(""), scored["got"].ne("") & scored["got"].ne(scored["truth"])
    right = scored["got"].eq(scored["truth"]) & can
    print(f"right {right.sum() / can.sum():.3f} of answerable, wrong {wrong.sum() / len(scored):.4f} of all")
    if show:
        bad = scored[(scored["kind"].eq(show) | (show == "all")) & scored["got"].ne(scored["truth"])]
        print(bad.to_string(index=False))


if __name__ == "__main__":
    main()
