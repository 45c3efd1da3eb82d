"""The example in each command's help works as it stands: all are run in one folder, in the order of a day."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from docs.tools.commands import commands, example
from geodata.message_catalogue import load_texts
from tests.cli.conftest import CITY, HEAD
from tests.cli.platform import answer

Run = Any  # this is of conftest.py
# Enough people for the twelve teams of an example.
PEOPLE = {"n_police": 48, "n_market_regulation": 48, "n_auxiliary": 6}
EXAMPLES = {name: example(one, load_texts("en")) for name, one in commands()}


class Day:
    """A folder in which the examples are typed one after another, and what their capitals stand for in it."""

    def __init__(self, sweep: Run) -> None:
        self.sweep = sweep
        self.typed: list[str] = []
        (self.plan_id,) = self._made()

    @staticmethod
    def _made() -> set[str]:
        return {p.parent.name for p in Path("out/quancheng").glob("*/plan.json")}

    def values(self) -> dict[str, str]:
        """What stands for each word in capitals; empty where it is not there yet."""
        ledger = Path("scenarios/quancheng/follow_up/ledger.xlsx")
        other = min(self._made() - {self.plan_id}, default="")
        return {"OTHER_PLAN_ID": other, "PLAN_ID": self.plan_id, "ITEM": _item(ledger) if ledger.exists() else ""}

    def type(self, name: str) -> None:
        """Run the example of a command; each word is what stands in the help, but for the capitals."""
        line = EXAMPLES[name]
        for word, value in self.values().items():
            line = line.replace(word, value)
        program, *arguments = shlex.split(line)
        result = self.sweep(*arguments)
        assert (program, result.exit_code) == ("sweep", 0), f"{line}\n{result.output}"
        self.typed.append(name)


# What is typed elsewhere, with what it needs: tests/store/test_examples.py, and the tests of each wing.
WINGS = ("store ", "campaign ", "province ", "serve", "day ")


def _item(ledger: Path) -> str:
    """The id of an open item, from any cell of the ledger."""
    cells = (
        str(c) for sheet in openpyxl.load_workbook(ledger) for row in sheet.iter_rows(values_only=True) for c in row
    )
    return next(cell for cell in cells if cell.startswith("R-"))


def _fill_in(book: Path, file: Path) -> None:
    """The exported ledger with one firm that must put something right."""
    filled = openpyxl.load_workbook(book)
    sheet = filled["Ledger"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, heads["State of unit"], "open")
    sheet.cell(2, heads["Address matches"], "no")
    filled.save(file)


@pytest.fixture
def day(sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """A folder with a small city of the name that the examples use, planned once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWEEP_BY", "P01")
    folder = Path("scenarios/quancheng")
    folder.mkdir(parents=True)
    city = "".join(f"{k} = {v}\n" for k, v in (CITY | PEOPLE).items())
    text = f"{HEAD.replace('tiny', 'quancheng')}[teams]\nn_teams = 4\n[solver]\niterations = 100\n"
    (folder / "city.toml").write_text(city, encoding="utf-8")
    (folder / "scenario.toml").write_text(text, encoding="utf-8")
    assert sweep("run", folder).exit_code == 0
    yield Day(sweep)


@pytest.mark.slow
def test_every_example_runs(day: Day) -> None:
    before = ("init", "validate", "rank", "backtest", "run", "whatif")
    judged = ("check", "explain", "compare", "rules", "codes file")
    for name in before + judged:
        day.type(name)
    filed = Path(f"out/quancheng/{day.plan_id}.filing/filing.csv")
    pd.read_csv(answer(filed, Path("codes.csv")), dtype=str).to_excel("codes.xlsx", index=False)
    for name in ("codes import", "approve", "orders", "release", "export"):
        day.type(name)
    Path("events.json").write_text(json.dumps({"events": []}), encoding="utf-8")
    day.type("replan")
    book = next(Path("out/quancheng/exports").glob(f"*{day.plan_id}*.xlsx"))
    _fill_in(book, Path("results.xlsx"))
    for name in ("results", "close", "audit", "purge", "backup", "restore"):
        day.type(name)
    assert sorted(day.typed) == sorted(name for name in EXAMPLES if not name.startswith(WINGS))


def test_the_example_is_in_the_language_of_the_reader() -> None:
    texts = {lang: load_texts(lang)("command.help.close_reason_example") for lang in ("en", "zh_CN")}
    lines = {lang: example(dict(commands())["close"], load_texts(lang)) for lang in texts}
    assert {lang: text in lines[lang] for lang, text in texts.items()} == {"en": True, "zh_CN": True}
