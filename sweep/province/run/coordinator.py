"""Coordinator of a province run: value curves, allocation, counties' editions, province's edition."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from geodata.errors import InputError, Issue
from sweep.province.engines.executors import Engine
from sweep.province.model.allocate_mobile_teams import allocate, allocated_value, with_bound
from sweep.province.model.common_starts import common_starts, impossible_links, unserved_links
from sweep.province.model.load_province import Province
from sweep.province.model.worker_messages import Job, JobResult, Reply
from sweep.province.records import (
    Allocation,
    CommonStart,
    County,
    CountyCurve,
    CountyOutcome,
    CountyState,
    ProvinceEdition,
)
from sweep.province.run.program_and_folder_hashes import code_sha256, folder_sha256
from sweep.province.run.published_windows import PreviousWindow, n_mobile_out
from sweep.province.run.result_cache import ResultStore

Step = Literal["curves", "allocation", "plans", "publish"]
STEPS: tuple[Step, ...] = ("curves", "allocation", "plans", "publish")


@dataclass(frozen=True, slots=True)
class ProvinceProgress:
    """Progress of one step of a province run: completed and all parts, and the county of the latest result."""

    step: Step
    n_done: int
    """Completed parts of the step: counties, or 1 for a step without counties."""
    n_all: int
    county_id: str = ""
    """County of the latest result."""
    is_cached: bool = False
    """Whether the result was stored already."""


ProgressCallback = Callable[[ProvinceProgress], None]


@dataclass
class Coordinator:
    """Schedules the jobs of a province; its state is in the result store, so it may be killed any time."""

    province: Province
    store: ResultStore
    engine: Engine
    on_progress: ProgressCallback
    is_campaign: bool = False
    """Whether windows of the counties' campaigns are planned instead of single days."""
    before: Mapping[str, PreviousWindow] = field(default_factory=dict)
    """Windows of an earlier day, whose published days are fixed, by county id."""
    failures: dict[str, tuple[CountyState, tuple[Issue, ...]]] = field(default_factory=dict)
    """Counties without a plan, with the reason, by id."""
    hashes: dict[str, str] = field(default_factory=dict)
    """Hash of each county's files, by county id."""
    known: dict[str, JobResult] = field(default_factory=dict)
    """Results of this run, by job key."""

    def run(self) -> tuple[ProvinceEdition, dict[str, JobResult]]:
        """
        Share the mobile teams among the counties, plan each county, and assemble the province's edition.

        Returns
        -------
        tuple
            Edition to publish, and the job result that holds each county's edition, by county id.

        Raises
        ------
        InputError
            If the engine fails or has another version; S996 if published days bind more mobile teams than exist.
        """
        self.store.recover()
        drawn, cancelled = self._curves(), dict[str, CommonStart]()
        while True:
            curves = self._without_impossible_links(drawn, cancelled)
            self.on_progress(ProvinceProgress("allocation", 0, 1))
            own, bound_elsewhere = [r.curve for r in curves.values() if r.curve], self._bound_elsewhere(curves)
            self._refuse_too_few_teams({c.county_id: c.n_held for c in own} | bound_elsewhere)
            n_free = self.province.settings.mobile.teams - sum(bound_elsewhere.values())
            allocation = allocate(own, n_free)
            starts = self._starts({c.county_id: c for c in own}, allocation)
            starts = tuple(cancelled.get(s.link_id, s) for s in starts)
            self.on_progress(ProvinceProgress("allocation", 1, 1))
            plans = self._plans(curves, allocation, starts)
            failed = unserved_links(self.province.links, starts, {i: r.plan for i, r in plans.items() if r.plan})
            if not failed:
                return self._edition(curves, plans, allocation, starts, n_free), plans
            # A link that one county cannot serve is cancelled for all, and receives no mobile team.
            cancelled |= failed

    def _starts(self, curves: Mapping[str, CountyCurve], allocation: Allocation) -> tuple[CommonStart, ...]:
        if self.is_campaign:
            return tuple(CommonStart(link.link_id, None, "of_one_day") for link in self.province.links)
        return common_starts(self.province.links, curves, allocation)

    def _bound_elsewhere(self, curves: Mapping[str, JobResult]) -> dict[str, int]:
        """Return the number of mobile teams on published days, by id of each county without a value curve."""
        day = self.province.settings.day
        return {i: n_mobile_out(before, day) for i, before in self.before.items() if i not in curves}

    def _refuse_too_few_teams(self, bound: Mapping[str, int]) -> None:
        n_bound, teams = sum(bound.values()), self.province.settings.mobile.teams
        if n_bound > teams:
            at = ", ".join(f"{county_id} {n}" for county_id, n in bound.items() if n)
            raise InputError([Issue("S996", "mobile.teams", {"n": n_bound, "got": teams, "counties": at})])

    def _curves(self) -> dict[str, JobResult]:
        for county in self.province.counties:
            self.hashes[county.county_id] = folder_sha256(self.province.place(county))
        return self._results("curves", {c.county_id: self._curve_job(c) for c in self.province.counties})

    def _curve_job(self, county: County) -> Job:
        set_ = self.province.settings
        most = min(set_.mobile.teams, set_.mobile.most_per_county)
        return self._job(county, "curve", most, set_.limits.curve_share)

    def _without_impossible_links(
        self, curves: Mapping[str, JobResult], cancelled: Collection[str]
    ) -> dict[str, JobResult]:
        """
        Return the value curves, computed again for counties with sites of links that are cancelled or impossible.

        A link is impossible if its sites have no common start. The new curves have no visits to these sites, but keep
        their start windows: a site with such a window, but without a common start, is barred from the county's plan.
        """
        if self.is_campaign:
            return dict(curves)
        known = {i: r.curve for i, r in curves.items() if r.curve}
        impossible = impossible_links(self.province.links, known).union(cancelled)
        sites = [s for link in self.province.links if link.link_id in impossible for s in link.sites]
        jobs: dict[str, Job] = {}
        for county in self.province.counties:
            curve = known.get(county.county_id)
            own = {s.building_id for s in sites if s.county_id == county.county_id}
            if curve is not None and (never := sorted(own & curve.windows_s.keys())):
                jobs[county.county_id] = replace(self._curve_job(county), never=tuple(never))
        again = self._results("curves", jobs, may_fail=jobs) if jobs else {}
        return {**curves} | {
            i: replace(r, curve=replace(r.curve, windows_s=known[i].windows_s)) for i, r in again.items() if r.curve
        }

    def _plans(
        self, curves: Mapping[str, JobResult], allocation: Allocation, starts: tuple[CommonStart, ...]
    ) -> dict[str, JobResult]:
        """Return edition results by county id, without counties that cannot keep the start of a linked site."""
        jobs = {i: self._edition_job(i, curves[i], allocation, starts) for i in curves if i not in self.failures}
        plans = self._results("plans", jobs, may_fail={i for i, job in jobs.items() if job.windows_s})
        return {i: r for i, r in plans.items() if i not in self.failures}

    def _edition_job(
        self, county_id: str, curve: JobResult, allocation: Allocation, starts: Sequence[CommonStart]
    ) -> Job:
        county = next(c for c in self.province.counties if c.county_id == county_id)
        on_offer = curve.curve.windows_s if curve.curve else {}
        at = {
            link.link_id: s.building_id for link in self.province.links for s in link.sites if s.county_id == county_id
        }
        made = {at[s.link_id]: s.window_s for s in starts if s.link_id in at and s.window_s}
        never = sorted({at[s.link_id] for s in starts if s.link_id in at and not s.window_s} - set(made))
        job = self._job(
            county, "edition", allocation.n_mobile[county_id], 1.0 - self.province.settings.limits.curve_share
        )
        return replace(job, windows_s=made, never=tuple(b for b in never if b in on_offer), curve_key=curve.key)

    def _job(self, county: County, kind: Literal["curve", "edition"], n_mobile: int, share: float) -> Job:
        before = self.before.get(county.county_id, PreviousWindow())
        return Job(
            kind=kind,
            county_id=county.county_id,
            folder=str(self.province.place(county)),
            store=str(self.store.folder),
            inputs_sha256=self.hashes[county.county_id],
            code=code_sha256(),
            overrides=self.province.settings.overrides,
            mobile=self.province.mobile,
            n_mobile=n_mobile,
            share=share,
            sites=self.province.sites_of(county.county_id),
            is_campaign=self.is_campaign,
            before=before.folder,
            before_sha256=before.sha256,
            approved=before.approved,
        )

    def _results(self, step: Step, jobs: Mapping[str, Job], may_fail: Iterable[str] = ()) -> dict[str, JobResult]:
        """
        Return results by county id: known in this run, stored by an earlier run, or of jobs that are run now.

        A county whose job fails has no result. It is added to `self.failures`, unless it is in `may_fail` and the fault
        lies in its inputs.
        """
        new_jobs = {i: job for i, job in jobs.items() if job.key not in self.known}
        self.known |= {job.key: r for job in new_jobs.values() if (r := self.store.read_result(job.key)) is not None}
        county_of = {job.key: i for i, job in new_jobs.items()}
        jobs_to_run = [job for job in new_jobs.values() if job.key not in self.known]
        n_cached, may_fail_ids = len(new_jobs) - len(jobs_to_run), set(may_fail)
        self.on_progress(ProvinceProgress(step, n_cached, len(new_jobs), is_cached=True))
        for n, reply in enumerate(self.engine.replies(jobs_to_run), start=n_cached + 1):
            county_id = county_of[reply.key]
            result = self.store.read_result(reply.key) if reply.state == "done" else None
            if result is not None:
                self.known[reply.key] = result
            elif reply.state != "at_fault" or county_id not in may_fail_ids:
                self.failures[county_id] = failure_of(reply, county_id)
            self.on_progress(ProvinceProgress(step, n, len(new_jobs), county_id))
        return {i: self.known[job.key] for i, job in jobs.items() if job.key in self.known}

    def _edition(
        self,
        curves: Mapping[str, JobResult],
        plans: Mapping[str, JobResult],
        allocation: Allocation,
        starts: tuple[CommonStart, ...],
        n_free: int,
    ) -> ProvinceEdition:
        """Return the province's edition; `n_free`: mobile teams not on published days of counties without a curve."""
        set_ = self.province.settings
        outcomes = []
        for county in self.province.counties:
            curve, plan = curves.get(county.county_id), plans.get(county.county_id)
            state, issues = ("planned", ()) if plan else self.failures[county.county_id]
            name = curve.name if curve else county.county_id
            shown = curve.curve if curve else None
            if shown and plan and plan.plan:
                shown = with_bound(shown, allocation.n_mobile[county.county_id], plan.plan.bound)
            outcomes.append(CountyOutcome(county, state, name, shown, plan.plan if plan else None, issues))
        curves_planned = [o.curve for o in outcomes if o.curve and o.plan]
        bound = allocate(curves_planned, n_free).bound
        value = allocated_value(curves_planned, allocation.n_mobile)
        return ProvinceEdition(
            name=set_.name,
            day=set_.day.isoformat(),
            lang=set_.lang,
            cities={c.id: c.name or c.id for c in set_.cities},
            n_mobile=set_.mobile.teams,
            counties=tuple(outcomes),
            allocation=replace(allocation, value=value, bound=bound),
            links=self.province.links,
            starts=starts,
            code=code_sha256(),
            is_campaign=self.is_campaign,
        )


def failure_of(reply: Reply, county_id: str) -> tuple[CountyState, tuple[Issue, ...]]:
    """
    Return state and issues of a county whose job replied without a result.

    InputError S962 if the worker has another program version: that concerns every county.
    """
    if reply.state == "other_code":
        raise InputError([Issue("S962", f"counties {county_id}", {"own": code_sha256(), "found": reply.detail})])
    if reply.state == "at_fault":
        return "at_fault", reply.issues
    if reply.state == "other_inputs":
        return "at_fault", (Issue("S964", f"counties {county_id}"),)
    return "set_aside", (Issue("S963", f"counties {county_id}", {"detail": reply.detail or "-"}),)
