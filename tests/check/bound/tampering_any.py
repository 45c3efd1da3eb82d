"""Ways to make what shows the bound for any teams wrong, each so that what is claimed is no longer shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sweep.check.bound.bound_problem import read_bound_problem
from sweep.check.bound.route_above_price import WorkBudget
from sweep.check.bound.staff_counts import read_staff_counts
from sweep.check.bound.verify_composition_bound import CompositionBound
from sweep.records.bound_proof import CompositionProof
from tests.check.bound.proven import Json, Proven
from tests.check.bound.ways import LEAST, Way, entered, pick

WAYS: dict[str, Way] = {}
way = entered(WAYS)


def _shown(made: Proven) -> Json:
    """What shows the bound; empty where there is none."""
    shown: Json = made.proof.get("any_teams", {}) if made.plan.bound_any_teams is not None else {}
    return shown


def _people(made: Proven) -> list[tuple[str, str | None]]:
    """Prices of people, of whom there are some: (key, district)."""
    shown = _shown(made)
    if not shown:
        return []
    roster = read_staff_counts(made.problem_json(), made.plan.teams)
    n_of = {"free": roster.free, "police": roster.police, "women": roster.women}
    prices: list[tuple[str, str | None, float]] = [(key, None, n * shown[key]) for key, n in n_of.items()]
    for key, of in (("tied", roster.tied), ("officers", roster.officers)):
        prices += [(key, d, of.get(d, 0) * price) for d, price in shown[key].items()]
    return [(key, d) for key, d, price in prices if price * shown["step"] > LEAST]


def _prizes(made: Proven) -> list[tuple[str, int]]:
    """Prizes of visits that are made: (visit, slot)."""
    shown = _shown(made)
    visits = {s.visit_id for r in made.plan.routes for s in r.stops}
    prizes = [(v, s) for v, of in shown.get("prizes", {}).items() for s in range(len(of)) if v in visits]
    return [(v, s) for v, s in prizes if shown["prizes"][v][s] * shown["step"] > LEAST]


def _worth(visit: Json) -> float:
    """What it counts on its best day, with its urgency."""
    value: float = max(visit.get("values") or [visit["value"]])
    return value + float(visit.get("urgency", 0.0))


def _everything(made: Proven) -> float:
    return sum(map(_worth, made.problem["visits"]))


def _urgency(made: Proven) -> float:
    """Of the visits that are made."""
    visits = {s.visit_id for r in made.plan.routes for s in r.stops}
    return sum(v.get("urgency", 0.0) for v in made.problem["visits"] if v["visit_id"] in visits)


def _is_short(made: Proven) -> bool:
    """Whether not all can be made that each alone could, as the bound says; else prices say nothing."""
    if not (shown := _shown(made)):
        return False
    free = dict.fromkeys(("free", "police", "women", "team"), 0) | {"prizes": {}, "tied": {}, "officers": {}}
    text, teams = made.problem_json(), made.plan.teams
    no_prices = CompositionProof.model_validate(shown | free | {"with_musts": False})
    case = replace(read_bound_problem(text, teams), with_urgency=made.proof.get("with_urgency", False))
    within_reach = CompositionBound(case, read_staff_counts(text, teams), no_prices, WorkBudget()).bound()
    return (made.plan.bound_any_teams or 0.0) + _urgency(made) < 0.999 * within_reach


@way("the bound for any teams lowered")
def _bound_down(rng: np.random.Generator, made: Proven) -> bool:
    bound = made.plan.bound_any_teams or 0.0
    made.plan = replace(made.plan, bound_any_teams=bound * 0.999)
    return bound > LEAST


@way("nothing that shows the bound for any teams")
def _nothing(rng: np.random.Generator, made: Proven) -> bool:
    return bool(_shown(made) and made.proof.pop("any_teams"))


@way("somebody's price lowered")
def _person_down(rng: np.random.Generator, made: Proven) -> bool:
    at = pick(rng, _people(made))
    if at:
        of, key = (_shown(made), at[0]) if at[1] is None else (_shown(made)[at[0]], at[1])
        of[key] = int(of[key] * 0.9)
    return at is not None


@way("somebody's price below nothing")
def _person_negative(rng: np.random.Generator, made: Proven) -> bool:
    if shown := _shown(made):
        shown[str(rng.choice(["free", "police", "women", "team"]))] = -1
    return bool(shown)


@way("a district left out")
def _district_out(rng: np.random.Generator, made: Proven) -> bool:
    district = pick(rng, [d for _, d in _people(made) if d is not None])
    if district is not None:
        for key in ("tied", "officers"):
            _shown(made)[key].pop(district, None)
    return district is not None


@way("a team's price lowered")
def _team_down(rng: np.random.Generator, made: Proven) -> bool:
    """Where it pays for all, and a high bound is claimed: to a step less than a visit that is made has in prizes."""
    at, shown = pick(rng, _prizes(made)), _shown(made)
    if at:
        shown |= {"free": 0, "police": 0, "women": 0, "tied": {}, "officers": {}}
        shown["team"] = shown["prizes"][at[0]][at[1]] - 1
        made.plan = replace(made.plan, bound_any_teams=_everything(made) - _urgency(made))
    return at is not None


@way("a prize for any teams raised")
def _prize_up(rng: np.random.Generator, made: Proven) -> bool:
    at, shown = pick(rng, _prizes(made)), _shown(made)
    if at:
        n = len(made.problem["people"])
        most = n * sum(shown[key] for key in ("free", "police", "women")) + shown["team"]
        most += n * sum(sum(shown[key].values()) for key in ("tied", "officers"))
        shown["prizes"][at[0]][at[1]] = most + 1
    return at is not None


@way("a prize for any teams gone")
def _prize_gone(rng: np.random.Generator, made: Proven) -> bool:
    """Of a visit that is linked with no other and has no more prizes than it is worth."""
    shown = _shown(made)
    tied = {x for lag in made.problem["lags"] for x in (lag["before"], lag["after"])}
    value = {
        v["visit_id"]: _worth(v)
        for v in made.problem["visits"]
        if v.get("link_group") is None and v["visit_id"] not in tied and not v.get("values")
    }
    worth = {v: sum(of) * shown["step"] for v, of in shown.get("prizes", {}).items()}
    may = [(v, s) for v, s in _prizes(made) if worth[v] <= value.get(v, -1.0) + LEAST / 2]
    at = pick(rng, may if _is_short(made) else [])
    if at:
        shown["prizes"][at[0]][at[1]] = 0
    return at is not None


@way("prizes of slots that are not there")
def _slots(rng: np.random.Generator, made: Proven) -> bool:
    at = pick(rng, _prizes(made))
    if at:
        _shown(made)["prizes"][at[0]].append(0)
    return at is not None


@way("a step for any teams halved")
def _step(rng: np.random.Generator, made: Proven) -> bool:
    if _prizes(made) and _is_short(made):
        _shown(made)["step"] /= 2.0
        return True
    return False


@way("the smallest teams left out")
def _small_out(rng: np.random.Generator, made: Proven) -> bool:
    if shown := _shown(made):
        shown["sizes"] = [n + 1 for n in shown["sizes"]]
    return bool(shown)


@way("sizes that do not rise")
def _sizes(rng: np.random.Generator, made: Proven) -> bool:
    if shown := _shown(made):
        shown["sizes"].append(shown["sizes"][-1])
    return bool(shown)


@way("more people who stand by")
def _in_reserve(rng: np.random.Generator, made: Proven) -> bool:
    """The people of a team held back besides, which has a name of its own."""
    active = [t for t in made.plan.teams if not t.is_reserve]
    n_reserve = made.problem["rules"]["n_reserve"]
    if not _shown(made) or not active:
        return False
    held = [replace(active[0], team_id=f"R{k}", is_reserve=True) for k in range(n_reserve + 1)]
    made.plan = replace(made.plan, teams=(*active, *held))
    return True


@way("the people of a team who stand by as well")
def _twice(rng: np.random.Generator, made: Proven) -> bool:
    held = [t for t in made.plan.teams if t.is_reserve]
    active = [t for t in made.plan.teams if not t.is_reserve]
    if not _shown(made) or not held or not active:
        return False
    made.plan = replace(made.plan, teams=(*active, *(replace(t, member_ids=active[0].member_ids) for t in held)))
    return True


@way("must-visits served for any teams that are not")
def _musts(rng: np.random.Generator, made: Proven) -> bool:
    left_out = {u.visit_id for u in made.plan.unserved}
    if shown := _shown(made):
        shown["with_musts"] = True
    return bool(shown) and any(v["is_must"] and v["visit_id"] in left_out for v in made.problem["visits"])


@way("teams that stay as they are")
def _locked(rng: np.random.Generator, made: Proven) -> bool:
    """A stop of the plan that is locked where it is: the teams' own bound still holds."""
    stop = pick(rng, [(r.team_id, s) for r in made.plan.routes for s in r.stops])
    if stop and _shown(made):
        lock = {"visit_id": stop[1].visit_id, "slot": stop[1].slot, "team_id": stop[0]}
        made.problem["locks"].append(lock)
        made.rehash()
        return True
    return False
