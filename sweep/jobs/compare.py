"""Comparison of several scenarios, each planned and published."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from geodata.message_catalogue import Texts, load_texts
from sweep.audit.approval import Approval
from sweep.disk.atomic_files import write_files
from sweep.jobs.run_scenario import run
from sweep.jobs.stages.progress_steps import ProgressCallback
from sweep.publish.edition import Edition
from sweep.publish.facts.summary import plan_summary
from sweep.publish.studies.compare_page import compare_page
from sweep.publish.studies.plan_differences import compare_csv
from sweep.scenario.scenario import Scenario


def compare(scenarios: Sequence[Scenario], out: Path, on_progress: ProgressCallback | None = None) -> tuple[Path, ...]:
    """
    Plan and publish each scenario, write their comparison to `out`/<first scenario's name>/; return its files.

    Raises
    ------
    InputError
        If the inputs of a scenario are invalid; editions already written stay.
    ValueError
        If `scenarios` is empty.
    """
    if not scenarios:
        raise ValueError("compare needs at least one scenario")
    editions = [run(scenario, out, on_progress).edition for scenario in scenarios]
    return write_comparison(editions, out, load_texts(scenarios[0].lang))


def write_comparison(
    editions: Sequence[Edition], out: Path, texts: Texts, approvals: Mapping[str, Approval] | None = None
) -> tuple[Path, ...]:
    """
    Write comparison.html and comparison.csv of existing plans to `out`/<first plan's scenario>/; return both.

    Parameters
    ----------
    editions
        At least one; the others are compared with the first.
    """
    page = compare_page(editions, texts, approvals)
    pages = {"comparison.html": page, "comparison.csv": compare_csv([plan_summary(edition) for edition in editions])}
    return write_files(pages, out / editions[0].scenario.name)
