"""What a plan's teams are called."""

from __future__ import annotations

from dataclasses import replace

from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import team_facts, team_letters
from sweep.records.people import Team


def of_teams(edition: Edition, *teams: Team) -> Edition:
    return replace(edition, plan=replace(edition.plan, teams=teams))


def test_a_team_called_out_of_reserve_leaves_all_letters_and_colours_as_they_were(edition: Edition) -> None:
    first, second, third = edition.plan.teams
    fourth = replace(third, team_id="T4")
    morning = of_teams(edition, first, second, third, fourth)
    later = of_teams(edition, first, second, third, replace(fourth, is_reserve=False, called_s=50_000))
    assert team_letters(morning) == team_letters(later) == {"T/1": "A", "T2": "B", "T3": "C", "T4": "D"}
    colours = [{t.letter: t.colour for t in team_facts(e)} for e in (morning, later)]
    assert colours[0] == colours[1]
