"""Random small days through the real select, plan and check stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.errors import InputError
from geodata.schema import INVESTIGATIONS
from sweep.check.checker_inputs import CheckInputs
from sweep.inputs.matched_inputs import Inputs
from sweep.inputs.rules_against_tables import law_faults
from sweep.jobs.stages.check_day import check_inputs
from sweep.jobs.stages.plan_day import make_problem
from sweep.jobs.stages.plan_inputs_record import prepare
from sweep.jobs.stages.rank_day import Ranked, team_size
from sweep.jobs.stages.select_day import select
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, solve
from sweep.rank.rank_buildings import Ranking
from sweep.rank.rate.rate_posterior import Prior
from sweep.records.buildings import Building
from sweep.records.plan import Plan
from sweep.records.ranking import FindLevel, ModelChoice, RankingFacts, Term
from sweep.scenario.inspection_hours import AfterHoursApproval, Hours
from sweep.scenario.law_and_form_settings import Law, Special
from sweep.scenario.plan_settings import PlanSettings, Teams
from sweep.scenario.rank_settings import HALF_LIFE_DAYS
from sweep.scenario.scenario import Scenario
from sweep.scenario.selection_settings import Select
from tests.rules import random_tables

# A Wednesday, a Saturday, a make-up working Sunday and a public holiday of 2026.
DAYS = (date(2026, 9, 16), date(2026, 9, 17), date(2026, 9, 12), date(2026, 9, 20), date(2026, 10, 1))
DAYS_OFF = (date(2026, 9, 12), date(2026, 10, 1))
ROUNDS = Settings(seed=1, n_iterations=40, is_proof_wanted=False)


@dataclass(frozen=True)
class RandomDay:
    """A plan and all that it is judged against."""

    inputs: CheckInputs
    problem: Problem
    plan: Plan
    scenario: Scenario


def random_day(seed: int, n_lists: int = 1) -> RandomDay | None:
    """
    The day of a seed; None where its inputs are refused or no team can be made of its people.

    Where there is a special list, there are as many as `n_lists`.
    """
    rng = np.random.default_rng((seed, 7))
    day = DAYS[int(rng.choice(len(DAYS), p=[0.4, 0.3, 0.1, 0.1, 0.1]))]
    n_teams = int(rng.integers(2, 5))
    buildings, persons = random_tables.random_buildings(rng), random_tables.random_people(rng, n_teams, day)
    firms = random_tables.random_firms(rng, buildings)
    scenario = _scenario(rng, day, n_teams, firms, n_lists)
    inputs = _district(rng, buildings, firms, list(persons), day)
    roster = pd.DataFrame({"person_id": [], "recusals": []})
    try:
        if law_faults(scenario, _known(buildings), firms, roster, inputs.history, inputs.quarantine):
            return None
        ground = _ground(rng, scenario, buildings, persons)
        prepared = prepare(scenario, inputs, ground, select(scenario, inputs, ground))
        problem = make_problem(prepared)
        if contradictions(problem):
            return None
        plan = solve(problem, ROUNDS)
    except InputError:
        return None
    return RandomDay(check_inputs(prepared), problem, plan, scenario)


def _scenario(rng: np.random.Generator, day: date, n_teams: int, firms: pd.DataFrame, n_lists: int) -> Scenario:
    is_long = rng.random() < 0.25
    dwellings = firms["uscc"][firms["unit_use"].eq("dwelling")]
    return Scenario(
        name="random",
        day=day,
        select=Select(
            draw_seed=f"seed {rng.integers(0, 1_000_000)}",
            draw_share=float(rng.choice([0.0, 0.1, 0.3])),
            n_stocktake_max=int(rng.choice([0, 3])),
            cooldown_days=int(rng.choice([10, 30])),
        ),
        law=Law(
            special=_specials(rng, firms, day, n_lists),
            certificate="W-1" if rng.random() < 0.6 else None,
            dwelling_certificates={str(u): "D-1" for u in dwellings if rng.random() < 0.3},
        ),
        hours=Hours(
            approval=AfterHoursApproval(number="N-1", approved_on=day - timedelta(days=1))
            if day in DAYS_OFF or rng.random() < 0.3
            else None
        ),
        teams=Teams(n_teams=n_teams, assist_letter=bool(rng.random() < 0.2)),
        plan=PlanSettings(
            shift_start_s=34_200 if is_long else 48_600,
            window_start_s=34_200 if is_long else 48_600,
            window_end_s=int(rng.choice([55_800, 60_300])),
            inspection_minutes=float(rng.choice([5.0, 20.0])),
        ),
    )


def _specials(rng: np.random.Generator, firms: pd.DataFrame, day: date, n_lists: int) -> tuple[Special, ...]:
    if rng.random() > 0.5:
        return ()
    one_each = firms.drop_duplicates("building_id").sample(min(3, firms["building_id"].nunique()), random_state=rng)
    on = {name: day - timedelta(days=5) for name in ("approved_on", "filed_on", "published_on")}
    listed = tuple(one_each["uscc"])
    first = Special(number="A-1", level="county", yearly_no=1, firms=listed, is_must=bool(rng.random() < 0.2), **on)
    others = firms[firms["building_id"].isin(one_each["building_id"]) & ~firms["uscc"].isin(listed)]
    # Drawn apart, so that the day is the same but for them; each names a firm where the first list names one.
    more = others.drop_duplicates("building_id").sample(frac=1.0, random_state=rng.spawn(1)[0])["uscc"][: n_lists - 1]
    return first, *(
        Special(number=f"B-{k}", level="city", yearly_no=2, firms=(str(u),), is_must=True, **on)
        for k, u in enumerate(more)
    )


def _district(
    rng: np.random.Generator, buildings: dict[str, Building], firms: pd.DataFrame, people: list[str], day: date
) -> Inputs:
    nothing, shapes = pd.DataFrame(), gpd.GeoDataFrame()
    return Inputs(
        buildings=random_tables.outlines(buildings),
        firms=firms,
        leads=random_tables.random_leads(rng, buildings, day),
        roster=nothing,
        bases=nothing,
        history=random_tables.random_history(rng, buildings, people, day),
        streets=shapes,
        water=shapes,
        borders=shapes,
        street_file=None,
        files=(),
        repairs={},
        matches={},
        quarantine=pd.DataFrame({"content": []}),
        unmatched=nothing,
        division_names={},
        rechecks=random_tables.random_rechecks(rng, buildings, day),
        investigations=_investigations(rng, buildings, day),
    )


def _investigations(rng: np.random.Generator, buildings: dict[str, Building], day: date) -> pd.DataFrame:
    if rng.random() > 0.2:
        return pd.DataFrame()
    opened = pd.Timestamp(datetime.combine(day, datetime.min.time()), tz=random_tables.TIMEZONE) - pd.Timedelta(days=3)
    row = {"investigation_id": "I-1", "building_id": str(rng.choice(list(buildings))), "uscc": None}
    return INVESTIGATIONS.validate(pd.DataFrame([row | {"opened_on": opened, "closed_on": None}]))


def _known(buildings: dict[str, Building]) -> gpd.GeoDataFrame:
    rows = [{"building_id": b, "property_company_id": None, "landlord_id": None} for b in buildings]
    return gpd.GeoDataFrame(rows)


def _ground(
    rng: np.random.Generator, scenario: Scenario, buildings: dict[str, Building], persons: dict[str, object]
) -> Ranked:
    values = rng.random(len(buildings)).round(3) + 0.01
    order = np.argsort(-values)
    ids = np.array(list(buildings))[order]
    table = pd.DataFrame({"building_id": ids, "value": values[order]})
    none, no_rows = np.zeros(0), np.zeros(0, np.int64)
    terms = {b: (Term("leads.tip", 1.0),) for b in buildings}
    verdict = ModelChoice("rule", "few", 0, 0)
    ranking = Ranking(
        table,
        terms,
        hit_share={},
        half_life_days=HALF_LIFE_DAYS,
        prior=Prior(1.0, 1.0, 1.0),
        event_rows=no_rows,
        event_weights=none,
        event_age_days=none,
        proneness=none,
        common_uncertainty=0.0,
        is_memory_fitted=False,
        verdict=verdict,
        level=FindLevel(0, 0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0),
        reach=1.0,
        data_on=None,
    )
    size = team_size(scenario, persons)
    return Ranked(
        buildings, random_tables.random_bases(), persons, ranking, (), size, RankingFacts("rule", 0, 0, None, 0.0), ()
    )
