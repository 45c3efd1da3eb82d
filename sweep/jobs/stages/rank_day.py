"""RANK: records of buildings and people, ranking of the buildings, and clusters."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from geodata.errors import Issue
from sweep.inputs.make_records import make_bases, make_buildings, make_persons
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.stages.prepared_ranking import frozen_at, make_ranker
from sweep.rank.clusters.clusters import captured_share, form_clusters
from sweep.rank.rank_buildings import Ranking
from sweep.records.buildings import Building
from sweep.records.people import MARKET_REGULATION, POLICE, Base, Person
from sweep.records.ranking import Cluster, RankingFacts
from sweep.scenario.scenario import Scenario
from sweep.select.frequency_limits import with_blocked_firms
from sweep.select.make_visits import TeamSize

# People per team in past sweeps: 7 to 23 (domain figures D and E), mostly 12.
USUAL_MEMBERS = 12


@dataclass(frozen=True, slots=True)
class Ranked:
    """Result of the ranking stage: records by id, ranking, clusters, expected team size, facts about the ranking."""

    buildings: Mapping[str, Building]
    bases: Mapping[str, Base]
    persons: Mapping[str, Person]
    ranking: Ranking
    clusters: tuple[Cluster, ...]
    team_size: TeamSize
    facts: RankingFacts
    notes: tuple[Issue, ...]
    """Warnings on limits of the ranking, with fixes."""


def rank(scenario: Scenario, inputs: Inputs) -> Ranked:
    """Return records of buildings and people, the ranking of the buildings, and clusters."""
    buildings = make_buildings(inputs)
    persons = with_blocked_firms(make_persons(inputs), inputs.history, scenario.day, scenario.codes, scenario.rules.off)
    size = team_size(scenario, persons)
    ranker = make_ranker(scenario, inputs, buildings, size)
    ranking = ranker.rank(frozen_at(scenario))
    labels, notes = ranker.labels(ranking)
    ranking = replace(ranking, table=pd.concat([ranking.table, labels], axis=1))
    settings = scenario.rank
    limits = (settings.cluster_radius_m, settings.cluster_team_hours, settings.n_clusters)
    clusters = form_clusters(ranking, *limits)
    verdict = ranking.verdict
    return Ranked(
        buildings=buildings,
        bases=make_bases(inputs),
        persons=persons,
        ranking=ranking,
        clusters=clusters,
        team_size=size,
        facts=RankingFacts(
            scored_by=verdict.scored_by,
            n_checks=verdict.n_checks,
            n_finds=verdict.n_finds,
            data_on=ranking.data_on,
            captured_share=captured_share(ranking, clusters, settings.cluster_team_hours * settings.n_clusters),
            verdict=verdict,
            doubt=ranking.common_uncertainty,
            level=ranking.level,
            is_memory_fitted=ranking.is_memory_fitted,
        ),
        notes=(*inputs.warnings, *notes),
    )


def team_size(scenario: Scenario, persons: Mapping[str, Person]) -> TeamSize:
    """
    Return the expected teams before teams are composed: the number of active ones, and the police and people in each.

    `persons`: people on the roster, by id; those whose shift does not cover the scenario's are not on duty.
    """
    on_duty, officers = _on_duty(scenario, persons)
    n, needs = n_teams(scenario, persons), scenario.teams.min_certified
    n_helpers = sum(p.agency != MARKET_REGULATION and not p.is_officer for p in on_duty)
    most = (scenario.teams.members_max or len(on_duty)) - needs[MARKET_REGULATION]
    police = min(officers[POLICE] // n, most)
    return TeamSize(
        n_active=n - n_reserve(scenario, n),
        police=police,
        members=min(police + n_helpers // n, most) + needs[MARKET_REGULATION],
        min_police=needs[POLICE],
        min_market_regulation=needs[MARKET_REGULATION],
        is_split=scenario.teams.mode == "squads",
    )


def n_teams(scenario: Scenario, persons: Mapping[str, Person]) -> int:
    """Return the scenario's number of teams; if none, how many teams of `USUAL_MEMBERS` the people on duty can form."""
    if scenario.teams.n_teams is not None:
        return scenario.teams.n_teams
    on_duty, officers = _on_duty(scenario, persons)
    most = [officers[agency] // needed for agency, needed in scenario.teams.min_certified.items()]
    return max(1, min(len(on_duty) // USUAL_MEMBERS, *most))


def _on_duty(scenario: Scenario, persons: Mapping[str, Person]) -> tuple[list[Person], Counter[str]]:
    shift = (scenario.plan.shift_start_s, scenario.plan.shift_end_s)
    on_duty = [p for p in persons.values() if p.covers(shift)]
    return on_duty, Counter(p.agency for p in on_duty if p.is_certified(scenario.day))


def n_reserve(scenario: Scenario, n: int) -> int:
    """Return the number of teams among `n` that stay on standby (C18): the required share, rounded up."""
    if "C18" in scenario.rules.off:
        return 0
    return min(n, math.ceil(scenario.teams.reserve_share * n - 1e-9))
