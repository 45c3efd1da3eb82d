"""The example of docs/campaign.md: a window of a real history, from the page's own files and a few made-up rows."""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

PAGES = [Path("docs/campaign.md"), Path("docs/zh/campaign.md")]
FIRST = date(2018, 7, 2)


def blocks(page: Path) -> dict[str, str]:
    """The settings files that a page shows, by name."""
    return dict(
        re.findall(r"^`(\w+\.toml)`:\n\n```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    )


def columns(page: Path) -> dict[str, list[str]]:
    """The columns of each table that a page names."""
    found = re.findall(r"^\| `(\w+\.csv)` \| `(.*?)` \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: of.split(", ") for name, of in found}


def history(ids: Sequence[str], chance: random.Random) -> Iterator[tuple[object, ...]]:
    """A look each hundred days or so, of which a place's own share finds something."""
    for place in ids:
        share, day = chance.choice((0.1, 0.3, 0.6, 0.8)), FIRST - timedelta(days=chance.randrange(640, 730))
        while day < FIRST:
            yield f"V{place}{day:%y%m%d}", place, day, "find" if chance.random() < share else "nothing"
            day += timedelta(days=chance.randrange(70, 130))


def write_tables(folder: Path, page: Path) -> None:
    chance, ids = random.Random(5), [f"P{k:02d}" for k in range(40)]
    rows: dict[str, list[tuple[object, ...]]] = {
        "places.csv": [
            (i, f"House {i}", -83.05 + chance.random() * 0.06, 42.33 + chance.random() * 0.04, 990101, "restaurant")
            for i in ids
        ],
        "history.csv": list(history(ids, chance)),
        "roster.csv": [
            (f"Q{k:02d}", ("police", "market_regulation")[k % 2], "officer", "2030-12-31", k % 3 > 0, "H1", 990101,
             32_400, 64_800, "recorder")
            for k in range(24)
        ],
        "bases.csv": [("H1", "Station", 990101, -83.03, 42.35)],
    }  # fmt: skip
    for name, names in columns(page).items():
        if name in rows:
            text = "\n".join(",".join(map(str, row)) for row in (names, *rows[name]))
            (folder / name).write_text(text + "\n", encoding="utf-8")


def test_the_page_has_one_example_of_a_real_history_in_both_languages() -> None:
    english, chinese = ({name: tomllib.loads(text) for name, text in blocks(page).items()} for page in PAGES)
    chinese["scenario.toml"]["lang"] = english["scenario.toml"]["lang"]
    chinese["campaign.toml"]["draw_seed"] = english["campaign.toml"]["draw_seed"]
    assert chinese == english
    assert columns(PAGES[1]) == columns(PAGES[0])


@pytest.mark.slow
def test_the_example_of_a_real_history_runs_as_the_page_says(sweep: Any, tmp_path: Path) -> None:
    folder, out, page = tmp_path / "mycity", tmp_path / "out", PAGES[0]
    folder.mkdir()
    for name, text in blocks(page).items():
        (folder / name).write_text(text, encoding="utf-8")
    write_tables(folder, page)
    planned = sweep("campaign", "plan", folder, "--from", FIRST, "--out", out, "--iterations", "20", "--json")
    assert planned.exit_code == 0, planned.output
    told = json.loads(planned.stdout)
    # Places of .1, .3, .6 and .8 finds a look.
    assert 0.3 < told["finds"]["mean"] / told["n_visits"] < 0.7
    assert all(part["is_calibrated"] for part in told["level"])
    assert sweep("check", folder, out / "mycity" / "campaign").exit_code == 0


def test_a_real_history_without_a_roster_says_once_what_is_missing(sweep: Any, tmp_path: Path) -> None:
    for name, text in blocks(PAGES[0]).items():
        (tmp_path / name).write_text(text.replace('roster = "roster.csv"\n', ""), encoding="utf-8")
    write_tables(tmp_path, PAGES[0])
    (tmp_path / "roster.csv").unlink()
    refused = sweep("campaign", "plan", tmp_path, "--from", FIRST, "--out", tmp_path / "out")
    assert (refused.exit_code, refused.stderr.count("S659"), "S912" in refused.stderr) == (2, 1, False)
