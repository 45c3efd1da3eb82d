"""What stands for the processes that plan and judge."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sweep.publish.edition import Edition

CHANGED = "c" * 12


type Place = tuple[str, int] | None


def change(visit_id: str, kind: str, before: Place, after: Place, cause: dict[str, Any]) -> dict[str, Any]:
    """A changed stop as the planner's process gives it; team and start before and after."""
    (team_before, start_before_s), (team_after, start_after_s) = (p or (None, None) for p in (before, after))
    return {
        "visit_id": visit_id,
        "slot": 0,
        "kind": kind,
        "team_before": team_before,
        "start_before_s": start_before_s,
        "team_after": team_after,
        "start_after_s": start_after_s,
        "why": "",
        "cause": cause,
    }


class Planner:
    """Stands for the process that plans: it has one change, and that is published already."""

    arguments: tuple[str, ...] = ()
    is_ready, n_waiting = True, 0
    value = 1.0
    kept = 1.0

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        held = {"code": "TEAM_HELD", "team": "T2", "until_s": 52_200}
        self.changes = [change("V2", "retimed", ("T2", 49_260), ("T2", 52_200), held)]

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        # The process that plans gets a line of JSON.
        self.asked.append(json.loads(json.dumps(question)))
        if question["do"] == "apply":
            seen = [q["answers_to"] for q in self.asked if q["do"] == "diff"]
            return {"plan_id": CHANGED, "carried": 1, "answers_to": seen[-1]}
        return {
            "shown": "aa",
            "at_s": 1,
            "n_changed": len(self.changes),
            "value": self.value,
            "kept": self.kept,
            "before": 0.7,
            "price": 0.1,
            "n_events": 1,
            "changes": self.changes,
        }


def changed(edition: Edition) -> Edition:
    """V2 begins later."""
    stop = replace(edition.plan.routes[1].stops[0], arrive_s=52_200, start_s=52_200, end_s=54_000)
    route = replace(edition.plan.routes[1], stops=(stop,), return_s=54_420)
    return replace(edition, plan_id=CHANGED, plan=replace(edition.plan, routes=(edition.plan.routes[0], route)))


def tried_again(edition: Edition) -> Edition:
    """V2 was found locked at 13:46, and begins later."""
    late = changed(edition)
    tried = replace(edition.plan.routes[1].stops[0], end_s=49_560, is_attempt=True)
    route = replace(late.plan.routes[1], stops=(tried, *late.plan.routes[1].stops))
    return replace(late, plan=replace(late.plan, routes=(late.plan.routes[0], route)))


def with_a_pause(edition: Edition) -> Edition:
    """T2 is at rest from 14:00 to 14:30."""
    first, second = edition.plan.routes
    return replace(edition, plan=replace(edition.plan, routes=(first, replace(second, break_s=(50_400, 52_200)))))


class Editor:
    """Stands for the process that judges: it gives back what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(question)
        return {"plan_id": CHANGED}

    async def close(self) -> None: ...
