"""
Every key of every JSON file with wrong values, and every file in other words.

    uv run python -m tests.benchmarks.audit.edited_files [--out FILE]

A small made-up city is planned, with a campaign; an edition of a province is made by hand. The keys come from the JSON
schemas (tests/edited/json_edits.py). Of each file the table says how many keys there are, how many wrong values were
refused and taken, and of which keys none was refused. Exits 1 if there is such a key, or a copy in other words is
refused. A proof alone is an exception: with other values it may still be a proof.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from typer.testing import CliRunner

from sweep.cli.main import app
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs import review_and_explain
from sweep.jobs.stages.plan_inputs_record import PlanInputs, rank_and_select
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario
from tests.benchmarks.machine import print_machine
from tests.cli.campaign_folder import campaign_folder
from tests.cli.conftest import CITY, HEAD, PEOPLE, TAIL
from tests.cli.test_campaign import ROUNDS, TOML
from tests.edited.judged_files import (
    STILL_A_PROOF,
    JudgedFile,
    Tally,
    file_of_campaign,
    file_of_province,
    files_of_edition,
    tally_of,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="the table, and each wrong value that was taken")
    arguments = parser.parse_args()
    print_machine()
    rows, is_bad = list[str](), False
    taken = list[str]()
    with tempfile.TemporaryDirectory() as folder, _read_once():
        for file in _files(Path(folder)):
            start = time.monotonic()
            tally = tally_of(file)
            name = file.name or file.path.name
            is_bad |= bool(tally.refused) or (bool(tally.unseen) and name != STILL_A_PROOF)
            rows.append(_row(name, tally))
            taken += [f"{name} {key}: {value}" for key, values in tally.passed.items() for value in values]
            print(f"{time.monotonic() - start:.0f} s {rows[-1]}", file=sys.stderr, flush=True)
    head = "| file | keys | wrong values refused | taken | keys without one refused | other words |"
    table = "\n".join([head, "|---|---|---|---|---|---|", *rows])
    print(table)
    if arguments.out:
        arguments.out.write_text(table + "\n\n" + "\n".join(taken) + "\n", encoding="utf-8")
    sys.exit(1 if is_bad else 0)


@contextmanager
def _read_once() -> Iterator[None]:
    """The inputs are the same for every plan: they are read and ranked once."""
    loaded, known = list[Inputs](), dict[str, PlanInputs]()

    def read(scenario: Scenario) -> Inputs:
        if not loaded:
            loaded.append(load_inputs(scenario))
        return loaded[0]

    def ranked(scenario: Scenario, inputs: Inputs, urgent: Sequence[Visit] = ()) -> PlanInputs:
        key = scenario.model_dump_json()
        if key not in known:
            known[key] = rank_and_select(scenario, inputs, urgent)
        return known[key]

    with mock.patch.multiple(review_and_explain, load_inputs=read, rank_and_select=ranked):
        yield


def _row(name: str, tally: Tally) -> str:
    keys, n_taken = {*tally.found, *tally.passed}, sum(map(len, tally.passed.values()))
    words = f"{len(tally.refused)} refused"
    unseen = ", ".join(tally.unseen) or "none"
    return f"| {name} | {len(keys)} | {sum(tally.found.values())} | {n_taken} | {unseen} | {words} |"


def _sweep(*arguments: object) -> object:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def _files(folder: Path) -> Iterator[JudgedFile]:
    scenario, out, alone = folder / "tiny", folder / "out", folder / "alone"
    scenario.mkdir()
    alone.mkdir()
    city = "".join(f"{k} = {v}\n" for k, v in (CITY | PEOPLE).items())
    (scenario / "city.toml").write_text(city, encoding="utf-8")
    (scenario / "scenario.toml").write_text(f"{HEAD}{TAIL}", encoding="utf-8")
    _sweep("run", scenario, "--out", out)
    (edition,) = (p for p in (out / "tiny").iterdir() if p.is_dir())
    yield file_of_province(folder / "province")
    yield from files_of_edition(scenario, edition, alone, _sweep)
    (folder / "campaigns").mkdir()
    campaign = campaign_folder(scenario, folder / "campaigns", TOML)
    _sweep("campaign", "plan", campaign, "--out", folder / "window", *ROUNDS)
    yield file_of_campaign(folder / "window" / "tiny" / "campaign")


if __name__ == "__main__":
    main()
