"""The desk of a played day: it changes the plan, or looks at a change and leaves it, and notes what happens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.benchmarks.board.played.client import Client
from tests.benchmarks.board.played.crews import Crew, Phone, Way, World, clock


class Desk:
    """The planner at the board."""

    def __init__(self, world: World, client: Client, crews: Mapping[str, Crew], phones: list[Phone]) -> None:
        self.world, self.client, self.crews, self.phones, self.chance = world, client, crews, phones, world.chance
        self.n_sent = self.n_urgent = 0

    def board(self) -> dict[str, Any]:
        """What the board's page draws."""
        return dict(json.loads(self.client.ask("GET", "/desk/stream")[1]))

    def day(self) -> Way:
        while self.world.now_s < 64_000:
            yield self.chance.randint(60, 1_200)
            acts = (self.replan, self.event, self.withdraw, self.telephone, self.message)
            act = self.chance.choices(acts, (8, 5, 1, 2, 1))[0]
            yield from act()

    def replan(self) -> Way:
        status, diff = self.client.send("/desk/diff", {"reserve": self.chance.random() < 0.3})
        self.world.note("diff", status=status, told=diff)
        for _ in range(3):
            if status != 200 or "shown" not in diff or self.chance.random() < 0.15:
                return
            yield self.chance.choice((3, 30, 200, 900))
            status, answer = self.client.send("/desk/apply", {"shown": diff["shown"]})
            self.world.note("apply", status=status, told=answer)
            if "gone" not in answer:
                for phone in self.phones:
                    self.world.at(self.world.now_s + self.chance.randint(1, 90), phone.look)
                return
            status, diff = self.client.send("/desk/diff", {})
            self.world.note("diff", status=status, told=diff)

    def event(self) -> Way:
        plan, chance = self.board()["plan"], self.chance
        stops = [(t, s) for t in plan["teams"] for s in t["stops"]]
        team, stop = chance.choice(stops) if stops else (plan["teams"][0], None)
        kind = chance.choice(("ill", "locked", "urgent", "closed", "held"))
        event: dict[str, Any] = {"type": kind}
        if kind == "ill":
            event["person_id"] = chance.choice(team["people"])
        elif kind == "urgent":
            place = chance.choice([*plan["unserved"], *(s for _, s in stops)])
            self.n_urgent += 1
            event |= {"visit_id": f"U{self.n_urgent}-{place['building']}", "building_id": place["building"]}
            event |= {"is_must": chance.random() < 0.5, "n_teams": chance.choice((1, 2))}
        elif stop is None:
            return
        elif kind == "locked":
            event["visit_id"] = stop["visit"]
            if chance.random() < 0.5:
                event["until"] = clock(self.world.now_s + chance.randint(900, 5_000))
        elif kind == "closed":
            event |= {"from_id": team["base"]["id"], "to_id": stop["building"], "minutes": chance.choice((20, 40))}
        else:
            event |= {"team_id": team["id"], "until": clock(self.world.now_s + chance.randint(900, 7_000))}
        self.report("event", {"event": event})
        yield 10

    def withdraw(self) -> Way:
        open_events = [e["n"] for e in self.board()["events"] if not e["is_answered"]]
        if open_events:
            self.report("withdrawn", {"n": self.chance.choice(open_events)})
        yield 5

    def telephone(self) -> Way:
        """A team that cannot be reached by its phone is rung, and its step put down for it."""
        for team_id, crew in self.crews.items():
            stops = crew.stops()
            if not crew.phone.is_reachable and stops and self.chance.random() < 0.5:
                self.report(
                    self.chance.choice(("left", "arrived")), {"team_id": team_id, "visit_id": stops[0]["visit"]}
                )
                break
        yield 5

    def message(self) -> Way:
        to = self.chance.choice(["all", *self.crews])
        self.report("message", {"to": to, "text": f"{self.world.now_s} <i>&"})
        yield 5

    def report(self, kind: str, body: dict[str, Any]) -> None:
        self.n_sent += 1
        content = {"id": f"desk-{self.n_sent:06d}", "kind": kind, "body": body}
        for _ in range(self.chance.choice((1, 1, 2))):
            status, answer = self.client.send("/desk/reports", content)
        self.world.note("desk", id=content["id"], sent=content, status=status, told=answer)
