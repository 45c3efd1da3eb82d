"""Several scenarios planned, published, and set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geodata.texts import load_texts
from sweep.pipeline.run import Watch, run
from sweep.publish.compare import compare_csv, compare_page
from sweep.publish.files import write_files
from sweep.publish.summary import plan_summary
from sweep.scenario import Scenario


def compare(scenarios: Sequence[Scenario], out: Path, watch: Watch | None = None) -> tuple[Path, ...]:
    """
    Plan and publish each scenario, then write comparison.html and comparison.csv to `out`/<first scenario's name>/.

    Parameters
    ----------
    scenarios
        At least one.

    Raises
    ------
    InputError
        If the inputs of one cannot be used; the editions before it stay.
    ValueError
        If there is none.
    """
    if not scenarios:
        raise ValueError("compare needs at least one scenario")
    editions = [run(scenario, out, watch).edition for scenario in scenarios]
    summaries = [plan_summary(edition) for edition in editions]
    texts = load_texts(scenarios[0].lang)
    page = compare_page(summaries, texts, editions[0].division_names)
    pages = {"comparison.html": page, "comparison.csv": compare_csv(summaries)}
    return write_files(pages, out / scenarios[0].name)
