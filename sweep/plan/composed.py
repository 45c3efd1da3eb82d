"""Which teams, and with what routes they begin: formed, or composed while the routes are searched."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sweep.plan.formation.form import Formed, form
from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.improve import score
from sweep.plan.kernel.people import make_people, members
from sweep.plan.kernel.state import State
from sweep.plan.run import Run, may_form
from sweep.plan.search.layout import make_arrays
from sweep.plan.search.routes import make_routes
from sweep.plan.search.warm import empty_state, with_routes
from sweep.plan.teams.manned import manned, movable_people
from sweep.records.people import Person, Team
from sweep.records.plan import Route

# Share of the limit in which the routes of all teams that could be are priced, and what the choice between them may
# take of it.
FORM_SHARE, CHOOSE_SHARE = 0.2, 0.2
# Teams that were formed are not always better than even ones, where the choice was cut short: share of the limit in
# which each are tried.
TRY_SHARE = 0.05


class _Draft(NamedTuple):
    """Teams whose people may change, and how far their routes have come."""

    teams: Sequence[Team]
    arrays: Arrays
    state: State


def compose(
    run: Run, teams: Sequence[Team], active: Sequence[Team]
) -> tuple[list[Team], tuple[Route, ...], Formed | None]:
    """
    Let people change teams while the routes are searched: the teams, their routes, and what was formed.

    Where there is time to form teams, both teams that are formed and those given are tried for a moment, and the
    search goes on with those that come to more.
    """
    people, settings = movable_people(run.problem, teams), run.settings
    is_open = len(active) > 1 and len(people) > 0 and len(run.problem.visits) > 0
    is_long = settings.form_s is not None or may_form(settings.time_limit_s, settings.n_iterations)
    draft, formed = _draft(run, people, active, ()), None
    if is_open and is_long:
        draft, formed = _tried(run, draft, people, teams)
    if is_open:
        draft = _searched(run, draft, people, run.compose_share(draft.arrays))
    inside: list[list[int]] = [[] for _ in draft.teams]
    for p, k in enumerate(draft.state.member):
        if k != NONE:
            inside[k].append(p)
    changed = [manned(run.problem, t, [people[p] for p in inside[k]]) for k, t in enumerate(draft.teams)]
    return changed, make_routes(run.problem, draft.arrays, draft.state, changed), formed


def _tried(run: Run, draft: _Draft, people: Sequence[Person], teams: Sequence[Team]) -> tuple[_Draft, Formed | None]:
    """The better of the draft and of one of teams that are formed, each after a moment, and what was formed."""
    draft = _searched(run, draft, people, run.share + TRY_SHARE)
    formed = _form(run, teams, draft.teams)
    run.go_on()
    if formed is None:
        return draft, None
    other = _draft(run, people, formed.teams, formed.routes)
    other = _searched(run, other, people, run.share + TRY_SHARE)
    return max(draft, other, key=_worth), formed


def _form(run: Run, teams: Sequence[Team], active: Sequence[Team]) -> Formed | None:
    """The active teams made of other people; None where that is no question, or no answer was found."""
    n_rounds, limit_s, form_s = run.settings.n_iterations, run.settings.time_limit_s, run.settings.form_s
    price_s, choice_s = (FORM_SHARE * limit_s, CHOOSE_SHARE * limit_s) if form_s is None else (form_s, form_s)
    began = time.monotonic()
    until = began + price_s if n_rounds is None else np.inf

    def may_go_on() -> bool:
        return time.monotonic() < until and not run.is_cut_short()

    most_s = choice_s if n_rounds is None else None
    formed = form(run.problem, teams, active, run.settings.seed, may_go_on, most_s)
    if form_s is not None:
        run.began += time.monotonic() - began
    return formed


def _worth(draft: _Draft) -> float:
    return score(draft.arrays, draft.state)


def _draft(run: Run, people: Sequence[Person], active: Sequence[Team], routes: Sequence[Route]) -> _Draft:
    arrays = make_arrays(run.problem, active, people)
    state = empty_state(arrays, members(people, active))
    with_routes(run.problem, arrays, state, active, routes)
    return _Draft(active, arrays, state)


def _searched(run: Run, draft: _Draft, people: Sequence[Person], until: float) -> _Draft:
    """The draft once so great a share of the limit is used up."""
    movers = make_people(run.problem, draft.teams, people)
    return draft._replace(state=run.search(draft.arrays, movers, draft.state, until))
