"""One day played on a real board: server, teams and desk, and what every page said at some moments of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.benchmarks.board.played.client import Client, Server, sweep
from tests.benchmarks.board.played.crews import Crew, Phone, World, weather
from tests.benchmarks.board.played.desk import Desk
from tests.benchmarks.board.played.mishaps import Mishaps


@dataclass(frozen=True, slots=True)
class Played:
    """A day that is over."""

    notes: list[dict[str, Any]]
    """What phones typed, what the desk did, and pages at some moments, in order."""
    journal: Path
    editions: Path
    """Folder of all editions of the scenario."""
    kept: Path
    """Folder of the results that were accepted."""


def play(
    out: Path,
    scenario: Path,
    day: str,
    seed: int,
    *,
    n_looks: int = 6,
    n_kills: int = 1,
    has_mishaps: bool = False,
    acts: Mapping[int, Callable[[World], None]] = MappingProxyType({}),
) -> Played:
    """
    Play the day of the newest approved edition below a folder, from the release of its orders to the evening.

    Parameters
    ----------
    seed
        The same seed plays the same day, but for the planner's own time limit.
    has_mishaps
        Whether what `mishaps` has befalls the day too.
    acts
        What else happens, by seconds after midnight.
    """
    chance = random.Random(seed)
    plan = newest_plan(out / scenario.name)
    first_s = min(t["shift_s"][0] for t in plan["teams"])
    server = Server(out, scenario, day, first_s - 3_600)
    world = World(server, chance, first_s - 3_600)
    try:
        planner = server.planner()
        teams = [t["team_id"] for t in plan["teams"]]
        phones = {t: Phone(world, server.phone(planner, t), t) for t in teams}
        others = {t: Phone(world, server.phone(planner, t), t) for t in chance.sample(teams, max(1, len(teams) // 4))}
        crews = {t: Crew(world, phones[t], others.get(t)) for t in teams}
        everyone = [*phones.values(), *others.values()]
        desk = Desk(world, planner, crews, everyone)
        if has_mishaps:
            Mishaps(world, desk, everyone).plan(first_s)
        for team_id in teams:
            world.live(crews[team_id].day())
        for phone in everyone:
            world.live(weather(world, phone))
        world.at(first_s + 600, lambda: world.live(desk.day()))
        for at_s in chance.sample(range(first_s, 69_000), n_looks):
            world.at(at_s, lambda: look(world, planner, phones.values()))
        for at_s in chance.sample(range(first_s + 1_800, 64_000), n_kills):
            world.at(at_s, lambda: restart(world, planner))
        for at_s, act in acts.items():
            world.at(at_s, partial(act, world))
        world.run(70_000)
        for phone in everyone:
            phone.reach(is_reachable=True)
            phone.send()
        look(world, planner, phones.values())
        planner.page("/evening")
        status, text = planner.form("/evening/accept")
        world.note("accept", status=status, text=text)
        look(world, planner, phones.values())
        server.stop()
    finally:
        server.kill()
    folder = out / scenario.name
    plan_id = newest_plan(folder)["plan_id"]
    world.note("check", plan_id=plan_id, told=sweep("check", str(scenario), str(folder / plan_id)))
    world.note("audit", told=sweep("audit", scenario.name, out=out))
    return Played(world.notes, out / "_board" / scenario.name / f"{day}.jsonl", folder, scenario / "follow_up")


def newest_plan(folder: Path) -> dict[str, Any]:
    newest = max(folder.glob("*/plan.json"), key=lambda p: p.stat().st_mtime_ns)
    return dict(json.loads(newest.read_text(encoding="utf-8")))


def restart(world: World, planner: Client) -> None:
    """Kill the server, start it again, and put down what the board said before and after."""
    before = planner.ask("GET", "/desk/stream")[1]
    world.server.kill()
    world.server.start()
    world.note("restarted", before=json.loads(before), after=json.loads(planner.ask("GET", "/desk/stream")[1]))


def look(world: World, planner: Client, phones: Sequence[Phone] | Any) -> None:
    """Every page as it is now."""
    orders = {}
    for phone in phones:
        status, text = phone.client.ask("GET", "/phone/orders")
        orders[phone.team_id] = json.loads(text) if status == 200 else {"status": status}
    pages = {name: planner.page(f"/{name}") for name in ("brief", "evening", "editions", "journal")}
    csv = planner.ask("GET", "/evening/results.csv")[1]
    board = json.loads(planner.ask("GET", "/desk/stream")[1])
    world.note("looked", board=board, orders=orders, pages=pages, csv=csv)
