"""
Counties that are planned by nobody: their results are made up at once, so that what carries them can be looked at.

Little is imported here, and so not the store: a child of stub counties must be there at once.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from geodata.atomic_writes import change, fresh_folder
from geodata.errors import Issue
from sweep.province.model.worker_messages import Job, JobResult, Reply, from_json, to_json
from sweep.province.records import CountyCurve, CountyPlan, CurvePoint
from sweep.records.plan import Objective


def write_province(folder: Path, n_counties: int, more: str = "", lang: str = "en") -> Path:
    """A province whose counties hold one file, which says how the stub shall behave."""
    for k in range(1, n_counties + 1):
        county = folder / "counties" / f"c{k:04d}"
        county.mkdir(parents=True)
        (county / "how.json").write_text(json.dumps({"seed": k}), encoding="utf-8")
    text = f'name = "{folder.name}"\nday = 2026-09-16\nlang = "{lang}"\n[[cities]]\nid = "one"\ncounties = ["c*"]\n'
    (folder / "province.toml").write_text(text + "[mobile]\nteams = 2\n" + more, encoding="utf-8")
    return folder


def tell(folder: Path, county_id: str, **how: object) -> None:
    """
    Change how the stub does a county.

    Parameters
    ----------
    how
        `sleep_s`, `hold_s`, `timeout_s`, `kill`, `fault`, `unmade`, `n_held`, `link_worth`.
    """
    file = folder / "counties" / county_id / "how.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **how}), encoding="utf-8")


def stub_reply(job: Job) -> Reply:
    """The job done as its county's file says; `calls.log` beside the store counts what was computed."""
    place = Path(job.store) / job.key
    with change(place):
        is_open = not (place / "result.json").exists()
        reply = _made(job, place) if is_open else Reply(job.key, "done")
    if is_open and reply.state == "done":
        with (Path(job.store).parent / "calls.log").open("a") as log:
            log.write(f"{job.kind} {job.county_id} {job.key}\n")
    return reply


def stub_timeout_s(job: Job) -> float:
    """As long as the county's file says."""
    return float(_how(job).get("timeout_s", 600.0))


def _how(job: Job) -> dict[str, Any]:
    how: dict[str, Any] = json.loads((Path(job.folder) / "how.json").read_text(encoding="utf-8"))
    return how


def _made(job: Job, place: Path) -> Reply:
    how = _how(job)
    time.sleep(how.get("sleep_s", 0.0))
    if how.get("hold_s"):
        # Python's lock is held: no other thread of this process comes to its turn.
        ctypes.PyDLL(None).usleep(int(1e6 * how["hold_s"]))
    if how.get("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if how.get("fault"):
        return Reply(job.key, "at_fault", (Issue("G101", "leads.csv"),))
    chance = int(hashlib.sha256(f"{how['seed']}".encode()).hexdigest()[:4], 16) / 65_536
    if job.kind == "curve":
        # What a linked site is worth on top, for each mobile team.
        more = float(how.get("link_worth", 0.0)) if job.sites and not job.never else 0.0
        points = tuple(
            CurvePoint(
                n,
                2 + n,
                Objective(1 + (chance + more) * n),
                1.05 + (chance + more) * n,
                dict.fromkeys(job.sites, 50_000 + 600 * how["seed"]),
            )
            for n in range(job.n_mobile + 1)
        )
        windows = {} if how.get("not_on_offer") else dict.fromkeys(job.sites, ((48600, 60300),))
        result = JobResult(
            job.key,
            job.county_id,
            f"County {how['seed']}",
            CountyCurve(job.county_id, points, windows, how.get("n_held", 0)),
        )
    else:
        result = JobResult(
            job.key, job.county_id, f"County {how['seed']}", plan=_plan(job, how, 1 + chance * job.n_mobile)
        )
        with fresh_folder(place / "edition") as edition:
            (edition / "report.html").write_text(f"<h1>{job.county_id}</h1>" * 50, encoding="utf-8")
            (edition / "manifest.json").write_text(json.dumps({"county": job.county_id}), encoding="utf-8")
    with change(place) as made:
        made.at(place / "result.json").write_text(to_json(result), encoding="utf-8")
    return Reply(job.key, "done")


def _plan(job: Job, how: dict[str, object], value: float) -> CountyPlan:
    starts = {} if how.get("unmade") else {b: lo for b, (lo, _) in job.windows_s.items()}
    k = int(str(how["seed"]))
    west, south = 116 + 0.2 * (k % 12), 35 + 0.1 * (k // 12)
    ring = ((west, south), (west + 0.2, south), (west + 0.2, south + 0.1), (west, south + 0.1))
    return CountyPlan(
        plan_id=hashlib.sha256(job.key.encode()).hexdigest()[:12],
        scenario=job.county_id,
        value=value,
        bound=value * 1.02,
        odds=(0.4, 0.4, 0.2),
        n_teams=2 + job.n_mobile,
        n_reserve=1,
        n_visits=20,
        n_served=12,
        n_leads=50,
        n_leads_reached=20,
        n_buildings=40,
        n_buildings_reached=12,
        finds_possible=3.0 + k % 3,
        finds_reached=value,
        starts=starts,
        unmade=tuple(b for b in sorted(job.windows_s) if b not in starts),
        mobile_ids=(),
        n_violations=0,
        edition_sha256="0" * 64,
        outline=(ring,),
    )


def stub_work(job: str) -> str:
    """As `sweep.province.engines.worker_pool.work`, without a child."""
    return to_json(stub_reply(from_json(Job, job)))
