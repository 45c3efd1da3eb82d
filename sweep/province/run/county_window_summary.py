"""Summary of a county's window for the province."""

import hashlib
from collections.abc import Sequence

from sweep.campaign.records import CampaignRecord, campaign_json
from sweep.campaign.window.plan_campaign import CampaignOutcome
from sweep.campaign.window.plan_window import PlannedWindow
from sweep.check.coverage_counts import measure_coverage
from sweep.province.records import CountyPlan, CountyWindow, PublishedDay
from sweep.province.run.county_window import most_teams
from sweep.province.run.county_with_mobile_teams import MOBILE_ID
from sweep.publish.archive.edition_hash import Facts
from sweep.publish.facts.find_count_distribution import finds_distribution


def window_plan(
    planned: PlannedWindow,
    made: CampaignOutcome,
    logged: Sequence[Facts],
    at_most: float,
    outline: tuple[tuple[tuple[float, float], ...], ...],
) -> CountyPlan:
    """
    Return the summary of a county's window for the province, with a bound of at most `at_most` on its expected finds.

    `made`: record of the window; `logged`: facts of the editions for the audit log; `at_most`: bound from the county's
    value curve; `outline`: rings of (lon, lat) around the county.
    """
    record, first = made.record, planned.rankings[planned.window.days[0]]
    day_of = {t.team_id: t.day for t in planned.plan.teams}
    versions = planned.window.versions
    visits = {s.visit_id: versions[s.visit_id][day_of[r.team_id]] for r in planned.plan.routes for s in r.stops}
    total = measure_coverage(planned.loaded.buildings, first.table, (), visits, planned.plan)[0]
    n_made = sum(len(d.visits) for d in record.days)
    people = {i for d in record.days for t in d.teams for i in t.member_ids}
    chances = [v.value for d in record.days for v in d.visits]
    return CountyPlan(
        plan_id="",
        scenario=record.scenario,
        value=record.value,
        bound=max(min(record.bound, at_most), record.value),
        odds=finds_distribution(chances, [0.0] * len(chances), first.common_uncertainty).shares,
        n_teams=most_teams(planned.plan),
        n_reserve=max(sum(t.is_reserve for t in d.teams) for d in record.days),
        n_visits=n_made + len(record.left),
        n_served=n_made,
        n_leads=total.n_leads,
        n_leads_reached=total.n_leads_reached,
        n_buildings=total.n_buildings,
        n_buildings_reached=total.n_buildings_reached,
        finds_possible=total.expected_finds,
        finds_reached=total.expected_finds_reached,
        starts={},
        unmade=(),
        mobile_ids=tuple(sorted(i for i in people if i.startswith(MOBILE_ID))),
        n_violations=len(made.violations),
        edition_sha256=hashlib.sha256(campaign_json(record).encode()).hexdigest(),
        outline=outline,
        window=_window(record, logged),
    )


def _window(record: CampaignRecord, logged: Sequence[Facts]) -> CountyWindow:
    n_violations = [len(v) if isinstance(v := facts["violations"], list) else 0 for facts in logged]
    return CountyWindow(
        first_day=record.planned_on.isoformat(),
        last_day=record.window_end.isoformat(),
        n_days=len(record.days),
        out=tuple(
            PublishedDay(str(facts["day"]), str(facts["plan_id"]), str(facts["edition_sha256"]), n)
            for facts, n in zip(logged, n_violations, strict=True)
        ),
        unreported={day.isoformat(): n for day, n in record.n_unreported.items()},
    )
