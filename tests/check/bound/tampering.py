"""Ways to make a proof, its problem or its plan wrong, each so that what is claimed is no longer shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sweep.records.people import Team
from tests.check.bound.proven import Json, Proven
from tests.check.bound.ways import LEAST, Way, entered, pick

WAYS: dict[str, Way] = {}
way = entered(WAYS)


def _leaves(made: Proven) -> list[tuple[Json, Json]]:
    """The highest node of each pool that is bounded by prices: (pool, node); there any lie counts."""
    return [
        (p, p["nodes"][0]) for p in made.proof["pools"] if len(p.get("nodes", ())) == 1 and "shown" in p["nodes"][0]
    ]


def _prizes(made: Proven) -> list[tuple[Json, str, int]]:
    return [
        (node["shown"], v, s)
        for pool, node in _leaves(made)
        for v, of in node["shown"].get("prizes", {}).items()
        for s, prize in enumerate(of)
        if prize * pool["step"] > LEAST
    ]


def _prices(made: Proven) -> list[tuple[Json, str]]:
    return [
        (node["shown"], t)
        for pool, node in _leaves(made)
        for t, n in node["shown"]["prices"].items()
        if n * pool["step"] > LEAST
    ]


def _pooled_teams(made: Proven) -> list[Team]:
    """Teams that can make something."""
    ids = {t for p in made.proof["pools"] for t in p["teams"]}
    return [t for t in made.plan.teams if t.team_id in ids]


def _trees(made: Proven) -> list[Json]:
    return [p for p in made.proof["pools"] if len(p.get("nodes", ())) > 1]


@way("a value up")
def _value_up(rng: np.random.Generator, made: Proven) -> bool:
    name = pick(rng, sorted({s.visit_id for r in made.plan.routes for s in r.stops}))
    for v in made.problem["visits"]:
        if v["visit_id"] == name:
            v["value"] += 1.0 + sum(w["value"] for w in made.problem["visits"])
    made.rehash()
    return name is not None


@way("another problem.json")
def _other_problem(rng: np.random.Generator, made: Proven) -> bool:
    made.problem["visits"][0]["value"] *= 1.0 - 1e-9
    return True


@way("the bound lowered")
def _bound_down(rng: np.random.Generator, made: Proven) -> bool:
    made.plan = replace(made.plan, bound=made.plan.bound * 0.999)
    return made.plan.bound > 0.0


@way("a price halved")
def _price_down(rng: np.random.Generator, made: Proven) -> bool:
    at = pick(rng, _prices(made))
    if at:
        at[0]["prices"][at[1]] //= 2
    return at is not None


@way("a price left out")
def _price_out(rng: np.random.Generator, made: Proven) -> bool:
    at = pick(rng, _prices(made))
    if at:
        del at[0]["prices"][at[1]]
    return at is not None


@way("a price below nothing")
def _price_negative(rng: np.random.Generator, made: Proven) -> bool:
    at = pick(rng, _prices(made))
    if at:
        at[0]["prices"][at[1]] = -1
    return at is not None


@way("a prize raised")
def _prize_up(rng: np.random.Generator, made: Proven) -> bool:
    """Of a visit that is made, so that a team can get there."""
    visits = {s.visit_id for r in made.plan.routes for s in r.stops}
    at = pick(rng, [x for x in _prizes(made) if x[1] in visits])
    if at:
        at[0]["prizes"][at[1]] = [1 + max(at[0]["prices"].values())] * len(at[0]["prizes"][at[1]])
    return at is not None


@way("a prize gone")
def _prize_gone(rng: np.random.Generator, made: Proven) -> bool:
    at = pick(rng, _prizes(made))
    if at:
        at[0]["prizes"][at[1]][at[2]] = 0
    return at is not None


@way("all prices of a node gone")
def _shown_gone(rng: np.random.Generator, made: Proven) -> bool:
    """Refused unless all that there is can be made."""
    at = pick(rng, [node for pool, node in _leaves(made) if any(t in node["shown"]["prices"] for t in pool["teams"])])
    everything = sum(v["value"] for v in made.problem["visits"])
    if at and made.plan.bound < everything * 0.999:
        del at["shown"]
        return True
    return False


@way("a team dropped from its pool")
def _team_out(rng: np.random.Generator, made: Proven) -> bool:
    at = pick(rng, _prices(made))
    for pool, node in _leaves(made):
        if at and node["shown"] is at[0]:
            pool["teams"].remove(at[1])
            del at[0]["prices"][at[1]]
    return at is not None


@way("a team dropped from the plan")
def _plan_team_out(rng: np.random.Generator, made: Proven) -> bool:
    team = pick(rng, _pooled_teams(made))
    made.plan = replace(made.plan, teams=tuple(t for t in made.plan.teams if t is not team))
    return team is not None


@way("a team held back")
def _in_reserve(rng: np.random.Generator, made: Proven) -> bool:
    team = pick(rng, _pooled_teams(made))
    made.plan = replace(
        made.plan, teams=tuple(replace(t, is_reserve=t.is_reserve or t is team) for t in made.plan.teams)
    )
    return team is not None


@way("a visit dropped from its pool")
def _visit_out(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, made.proof["pools"])
    if pool:
        pool["visits"].pop()
    return pool is not None


@way("a visit in its pool twice")
def _visit_twice(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, made.proof["pools"])
    if pool:
        pool["visits"].append(pool["visits"][0])
    return pool is not None


@way("a pool dropped")
def _pool_out(rng: np.random.Generator, made: Proven) -> bool:
    if made.proof["pools"]:
        made.proof["pools"].pop(int(rng.integers(len(made.proof["pools"]))))
        return True
    return False


@way("a pool that is not its own")
def _pools_apart(rng: np.random.Generator, made: Proven) -> bool:
    """The teams of a pool dealt to two, the visits to one."""
    pool = pick(rng, [pool for pool, node in _leaves(made) if len(pool["teams"]) > 1])
    if pool is None:
        return False
    first = pool["teams"].pop(0)
    for node in pool["nodes"]:
        node["shown"]["prices"].pop(first)
    made.proof["pools"].append({"teams": [first], "visits": [], "with_musts": False, "step": 1.0, "rate": 0.0})
    return True


@way("a leaf dropped")
def _leaf_out(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, _trees(made))
    if pool:
        pool["nodes"].pop()
    return pool is not None


@way("a leaf emptied")
def _leaf_emptied(rng: np.random.Generator, made: Proven) -> bool:
    """The highest leaf of a tree; refused unless all its visits can be made."""
    pool = pick(rng, _trees(made))
    everything = sum(v["value"] for v in made.problem["visits"])
    if pool and made.plan.bound < everything * 0.999:
        for node in pool["nodes"]:
            node.pop("shown", None)
        return True
    return False


@way("a leaf in place of another")
def _leaf_twice(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, _trees(made))
    for node in pool["nodes"] if pool else ():
        if "taken" in node:
            node["taken"]["parts"][1] = node["taken"]["parts"][0]
    return pool is not None


@way("a node that leads back")
def _loop(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, _trees(made))
    if pool:
        pool["nodes"][0]["taken"]["parts"][0] = 0
    return pool is not None


@way("a visit taken apart that is not there")
def _unknown(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, _trees(made))
    if pool:
        pool["nodes"][0]["taken"]["visit"] = "V?"
    return pool is not None


@way("a rate halved")
def _rate_down(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, [p for p in made.proof["pools"] if p.get("rate", 0.0) > 0.0])
    if pool:
        pool["rate"] /= 2.0
    return pool is not None


@way("a pool with neither nodes nor rate")
def _nothing(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, made.proof["pools"])
    if pool:
        pool.pop("rate", None)
        pool.pop("nodes", None)
    return pool is not None


@way("a visit that can be made declared short")
def _short(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, made.proof["pools"])
    if pool:
        made.proof.setdefault("short", []).append({"slots": [[pool["visits"][0], 0]]})
    return pool is not None


@way("a short visit by one slot twice")
def _short_twice(rng: np.random.Generator, made: Proven) -> bool:
    pool = pick(rng, made.proof["pools"])
    if pool:
        slots = [[pool["visits"].pop(), 0] for _ in range(1)] * 99
        made.proof.setdefault("short", []).append({"slots": slots})
    return pool is not None


@way("must-visits served that are not")
def _musts(rng: np.random.Generator, made: Proven) -> bool:
    musts = {v["visit_id"] for v in made.problem["visits"] if v.get("is_must")} & {
        u.visit_id for u in made.plan.unserved
    }
    pool = pick(rng, [p for p in made.proof["pools"] if musts & set(p["visits"])])
    if pool:
        pool["with_musts"] = True
    return pool is not None


@way("all travel at once")
def _no_travel(rng: np.random.Generator, made: Proven) -> bool:
    """And all windows open, all visits short: refused unless everything was made before."""
    everything = sum(
        v["value"] for p in made.proof["pools"] for v in made.problem["visits"] if v["visit_id"] in p["visits"]
    )
    made.problem["travel_s"] = [[0] * len(row) for row in made.problem["travel_s"]]
    for v in made.problem["visits"]:
        v["windows_s"], v["service_s"] = [[0, 100_000]], 1
        for slot in v["slots"]:
            slot["service_s"] = 1
    made.rehash()
    return made.plan.bound < everything * 0.999


@way("a step halved")
def _step(rng: np.random.Generator, made: Proven) -> bool:
    at = pick(rng, [p for p, node in _leaves(made) if _prices(made)])
    if at:
        at["step"] /= 2.0
    return at is not None
