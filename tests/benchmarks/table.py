"""The page "By version": what the plan benchmarks gave by commit, and what became worse.

    uv run python -m tests.benchmarks.table [LINES.jsonl ...]

LINES are what scripts of `tests/benchmarks/plan` print. They are added to `runs/plan.jsonl`, a line for each set,
commit and machine, with the gaps by instance and seed; then tests/benchmarks/plan/by_version.md is written from it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from pathlib import Path
from statistics import fmean

from docs.tools.markdown import code, table
from tests.benchmarks.plan_runs import Run, added, read_runs, write_runs
from tests.paths import ROOT

RUNS = ROOT / "tests" / "benchmarks" / "runs" / "plan.jsonl"
PAGE = ROOT / "tests" / "benchmarks" / "plan" / "by_version.md"
HEAD = ("date", "commit", "machine", "set", "peers", "seeds", "mean gap, %", "best, %", "worse than before")
# A change counts as worse from so many standard errors on.
SURE = 2.0
MOST_NAMED = 6
NOT_NOTED = "not noted"
TEXT = f"""# By version

What the planner gave on each set of instances, by commit; behind the set how many of its instances. A gap is the per
cent by which a plan is worse than the best known one; below 0 it is better. *Best* is the lowest of any instance;
*peers* have their mean gap in the same run.

*Worse than before*: each instance is set beside the last run of the same set that has it, and what became worse by
more than {SURE:g} standard errors is named, by points of the gap; the noise is that of the seeds of one instance,
pooled over both runs. Where both have one seed it is not known, and all that became worse is named. Sets noted as a
whole are compared as a whole.

Add a run with `uv run python -m tests.benchmarks.table LINES.jsonl`, given what a script of `tests/benchmarks/plan`
printed. The first rows are figures of RESULTS.md, with the commit where
one was noted. Sets without best known values have no row.
"""


def versions_page(runs: Sequence[Run]) -> str:
    """The page: the runs of each set one after the other."""
    rows = [_row(run, runs[:n]) for n, run in enumerate(runs)]
    order = sorted(range(len(runs)), key=lambda n: (runs[n].name, runs[n].on, n))
    return f"{TEXT}\n{table(HEAD, [rows[n] for n in order])}\n"


def _row(run: Run, earlier: Sequence[Run]) -> list[str]:
    n, mean, best = _figures(run)
    known = {s for by_seed in run.gaps.values() for s in by_seed}
    seeds = run.seeds or ", ".join(sorted(known, key=lambda s: int(s or 0)))
    peers = ", ".join(f"{name}: {gap:.2f}" for name, gap in run.peers.items())
    before = [r for r in earlier if r.name == run.name]
    commit = code(run.commit) if run.commit else NOT_NOTED
    return [
        run.on, commit, run.machine, f"{run.name} ({n})", peers, seeds,
        _shown(mean), _shown(best), worse(run, before),
    ]  # fmt: skip


def worse(run: Run, earlier: Sequence[Run]) -> str:
    """What became worse against earlier runs of the set, in the order in which they were made."""
    last = {i: gaps for old in earlier for i, gaps in old.gaps.items()}
    pairs = {i: (last[i], now) for i, now in run.gaps.items() if i in last}
    if not pairs:
        return _worse_as_a_whole(run, earlier)
    means = {i: (_mean(old), _mean(now)) for i, (old, now) in pairs.items()}
    lost = [i for i, (old, now) in means.items() if old is not None and now is None]
    rises = {i: now - old for i, (old, now) in means.items() if old is not None and now is not None}
    noise = _noise(by_seed for pair in pairs.values() for by_seed in pair)
    spread = {i: sum(1 / len(by_seed) for by_seed in pairs[i]) for i in rises}
    least = SURE * (noise or 0.0)
    told = [f"no plan: {i}" for i in lost]
    if len(rises) > 1 and fmean(rises.values()) > least * sqrt(sum(spread.values())) / len(rises):
        told.append(f"mean {fmean(rises.values()):+.2f}")
    worst = sorted((i for i in rises if rises[i] > least * sqrt(spread[i])), key=lambda i: -rises[i])
    told += [f"{i} {rises[i]:+.2f}" for i in worst[:MOST_NAMED]]
    told += [f"{len(worst) - MOST_NAMED} more"] if len(worst) > MOST_NAMED else []
    return (", ".join(told) + (" (noise not known)" if noise is None else "")) if told else "nothing"


def _worse_as_a_whole(run: Run, earlier: Sequence[Run]) -> str:
    """The rise of the mean, where one of the two was noted as a whole."""
    n, mean, _ = _figures(run)
    others = [_figures(r)[1] for r in earlier if _figures(r)[0] == n and not (r.gaps and run.gaps)]
    if not others or others[-1] is None or mean is None:
        return ""
    rise = mean - others[-1]
    return f"mean {rise:+.2f} (noise not known)" if rise > 0 else "nothing"


def _figures(run: Run) -> tuple[int | None, float | None, float | None]:
    """How many instances, the mean gap and the lowest."""
    means = [m for by_seed in run.gaps.values() if (m := _mean(by_seed)) is not None]
    whole = (run.n, run.mean, run.best)
    return (len(run.gaps), fmean(means) if means else None, min(means, default=None)) if run.gaps else whole


def _noise(by_seeds: Iterable[Mapping[str, float | None]]) -> float | None:
    """Standard deviation of one instance's gap over seeds, pooled; None if none has two."""
    squares, n_free = 0.0, 0
    for by_seed in by_seeds:
        gaps = [gap for gap in by_seed.values() if gap is not None]
        if len(gaps) > 1:
            squares += sum((gap - fmean(gaps)) ** 2 for gap in gaps)
            n_free += len(gaps) - 1
    return sqrt(squares / n_free) if n_free else None


def _mean(by_seed: Mapping[str, float | None]) -> float | None:
    """Mean gap of an instance; None if any seed has no plan."""
    gaps = [gap for gap in by_seed.values() if gap is not None]
    return fmean(gaps) if gaps and len(gaps) == len(by_seed) else None


def _shown(gap: float | None) -> str:
    return "" if gap is None else f"{gap:.2f}"


def main() -> None:
    """Add runs, if any are given, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path, nargs="*")
    runs = read_runs(RUNS.read_text(encoding="utf-8"))
    for path in parser.parse_args().lines:
        runs = added(runs, path.read_text(encoding="utf-8").splitlines())
    RUNS.write_text(write_runs(runs), encoding="utf-8")
    PAGE.write_text(versions_page(runs), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
