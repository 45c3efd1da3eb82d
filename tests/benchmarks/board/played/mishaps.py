"""Mishaps that no earlier played day had: server clocks, lost phones, kills in mid-request, a desk that corrects."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from typing import Any

from tests.benchmarks.board.played.client import Client
from tests.benchmarks.board.played.crews import Phone, Way, World, clock
from tests.benchmarks.board.played.desk import Desk

NOON_S = 54_000
_GARBAGE = (
    "",
    "null",
    "{",
    "[" * 5_000,
    '{"kind":"inside","body":{"visit_id":"nowhere"},"t":1}',
    '{"kind":"edition","body":{"plan_id":"x"},"t":1}',
    '{"kind":"done","body":{},"t":1}',
    '{"kind":"held","body":{"visit_id":"V1","until":"99:99"},"t":NaN}',
    '{"kind":"message","body":{"to":"T01","text":"x"},"t":-1}',
    '{"kind":"found","body":[],"t":"1"}',
    '\ud800{"kind":"home","body":{"team_id":"T01","more":1},"t":1}',
)


class Mishaps:
    """What befalls a day beyond its ordinary errors; each kind comes at times of its own."""

    def __init__(self, world: World, desk: Desk, phones: list[Phone]) -> None:
        self.world, self.desk, self.phones, self.chance = world, desk, phones, world.chance

    def plan(self, first_s: int) -> None:
        """Put mishaps into the day, from its first shift on."""
        often: Mapping[Callable[[], Way], int] = {
            self.clock_jumps: 1,
            self.phone_replaced: 2,
            self.killed_in_request: 2,
            self.garbage: 3,
            self.same_number: 2,
            self.sent_twice: 4,
            self.desk_for_team: 5,
            self.desk_undoes: 4,
            self.two_desks: 3,
            self.lead: 3,
            self.ill_inside: 1,
            self.accepted_early: 1,
        }
        for act, n in often.items():
            for _ in range(self.chance.randint(0, n)):
                low, high = (NOON_S - 1_800, NOON_S + 3_600) if act == self.phone_replaced else (first_s, 66_000)
                self.world.at(self.chance.randint(low, high), lambda act=act: self.world.live(act()))  # type: ignore[misc]
        # Some teams report nothing but their forms from a second phone.
        crews = list(self.desk.crews.values())
        for crew in self.chance.sample(crews, self.chance.randint(0, 2)):
            crew.phone.is_silent = True
        for phone in self.phones:
            phone.is_disordered = self.chance.random() < 0.3

    def clock_jumps(self) -> Way:
        """The server's clock shows another time for a while; the desk confirms it once it is right, or earlier."""
        world, error_s = self.world, self.chance.choice((-1, 1)) * self.chance.choice((70, 600, 5_400))
        world.turn_clock(error_s)
        yield self.chance.choice((60, 900, 3_600))
        if self.chance.random() < 0.3:
            self._confirm_clock()
        world.turn_clock(0)
        yield self.chance.choice((5, 300))
        self._confirm_clock()

    def _confirm_clock(self) -> None:
        if self.desk.board()["clock_ahead"] is not None:
            self.desk.report("clock", {})
        if self.world.clock_error_s == 0:
            self.world.is_clock_ahead = False

    def phone_replaced(self) -> Way:
        """A phone breaks or is lost; another takes its place, and the old one may come back."""
        crew = self.chance.choice(list(self.desk.crews.values()))
        old, is_revoked = crew.phone, self.chance.random() < 0.5
        if old.is_lost:
            return
        old.is_lost = True
        yield self.chance.choice((60, 900))
        if is_revoked:
            status, _ = self.desk.client.form("/phones", team_id=old.team_id, shut="1")
            self.world.note("revoked", team=old.team_id, status=status)
            probe = copy(old)
            for method, path in (("GET", "/phone/orders"), ("GET", "/phone/"), ("POST", "/phone/reports")):
                status, text = probe.client.ask(method, path, b"{}", Content_Type="application/json")
                self.world.note("probed", path=path, status=status, text=text[:80])
        new = Phone(self.world, self._enrolled(old.team_id), old.team_id)
        self.phones.append(new)
        crew.phone = new
        if crew.other is not None and is_revoked:
            crew.other.client = self._enrolled(old.team_id)
        new.look()
        if self.chance.random() < 0.5:
            self.phones.remove(old)
            self.world.note("lost", device=old.device, seqs=sorted(old.waiting))
            return
        yield self.chance.choice((1_800, 6_000))
        if is_revoked:
            old.client = self._enrolled(old.team_id)
        old.is_lost = False
        old.reach(is_reachable=True)

    def _enrolled(self, team_id: str) -> Client:
        return self.world.server.phone(self.desk.client, team_id)

    def killed_in_request(self) -> Way:
        """The server dies while it answers: a change is asked for or activated, and reports come."""
        world, client = self.world, self.desk.client
        status, diff = client.send("/desk/diff", {})
        world.note("diff", status=status, told=diff)
        phone = self.chance.choice(self.phones)
        asks: list[Callable[[], object]] = [lambda: copy(client).send("/desk/diff", {})]
        if "shown" in diff:
            asks.append(lambda: copy(client).send("/desk/apply", {"shown": diff["shown"]}))
        if phone.waiting:
            asks.append(lambda: phone.client.send("/phone/reports", phone.batch(sorted(phone.waiting)[:50])))
        threads = [threading.Thread(target=_suppressed, args=(ask,)) for ask in asks]
        for thread in threads:
            thread.start()
        time.sleep(self.chance.choice((0.0, 0.02, 0.2, 1.2)))
        world.server.kill()
        world.server.start()
        for thread in threads:
            thread.join()
        world.note("killed")
        for other in self.phones:
            other.look()
        yield 5

    def garbage(self) -> Way:
        """A report that cannot be read has the next number; those after it count."""
        phone = self.chance.choice(self.phones)
        if not phone.is_reachable or phone.is_lost:
            return
        phone.seq += 1
        text = self.chance.choice(_GARBAGE)
        phone.waiting[phone.seq] = text
        self.world.note("garbage", device=phone.device, seq=phone.seq, text=text, jumps=-2)
        phone.send()
        yield 5

    def same_number(self) -> Way:
        """A phone that was set back from a backup sends another text under a number that the journal has."""
        phone = self.chance.choice(self.phones)
        if not phone.is_reachable or phone.is_lost or phone.seq < 2 or phone.waiting:
            return
        seq = self.chance.randint(1, phone.seq)
        text = json.dumps({"kind": "home", "body": {}, "t": 1, "other": self.world.now_s})
        batch = phone.batch(()) | {"first": 1, "reports": [{"seq": seq, "text": text}]}
        status, told = phone.client.send("/phone/reports", batch)
        self.world.note("same number", device=phone.device, seq=seq, status=status, told=told)
        yield 5

    def sent_twice(self) -> Way:
        """Two copies of a batch arrive at the same moment, and a third one minutes later."""
        phone = self.chance.choice(self.phones)
        if phone.last_batch is None or phone.is_lost:
            return
        batch = phone.batch(sorted(phone.waiting)[:50]) if phone.waiting else phone.last_batch
        ask = (lambda: copy(phone.client).send("/phone/reports", batch),)
        threads = [threading.Thread(target=_suppressed, args=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        yield self.chance.randint(30, 900)
        _suppressed(lambda: phone.client.send("/phone/reports", batch))

    def desk_for_team(self) -> Way:
        """The desk puts down a step of a team, wrongly in part, and corrects it."""
        stops = [(t["id"], s) for t in self.desk.board()["plan"]["teams"] for s in t["stops"]]
        if not stops:
            return
        team_id, stop = self.chance.choice(stops)
        body: dict[str, Any] = {"team_id": team_id, "visit_id": stop["visit"]}
        wrong = self.chance.choice(("inside", "done", "found", "held", "locked", "refused", "home"))
        if wrong == "home":
            self.desk.report("home", {"team_id": team_id})
        elif wrong == "held":
            self.desk.report("held", body | {"until": clock(self.world.now_s + self.chance.randint(300, 7_000))})
        else:
            self.desk.report(wrong, body)
        yield self.chance.choice((0, 20, 400))
        if wrong in ("found", "held"):
            self.desk.report("corrected", body | {"report": wrong})
        elif self.chance.random() < 0.8:
            self.desk.report(self.chance.choice(("left", "arrived")), body)

    def desk_undoes(self) -> Way:
        """Holds of one team by phone and by desk, logged, logged again, and taken back in any order."""
        crew = self.chance.choice(list(self.desk.crews.values()))
        stops, numbers = crew.stops(), list[int]()
        for _ in range(self.chance.randint(1, 3)):
            until = clock(self.world.now_s + self.chance.choice((1_800, 1_800, 5_400)))
            if stops and self.chance.random() < 0.4 and crew.phone.is_reachable:
                crew.phone.type("held", visit_id=stops[0]["visit"], until=until)
            else:
                before = {e["n"] for e in self.desk.board()["events"]}
                self.desk.report("event", {"event": {"type": "held", "team_id": crew.phone.team_id, "until": until}})
                numbers += {e["n"] for e in self.desk.board()["events"]} - before
            yield self.chance.choice((0, 60))
        self.chance.shuffle(numbers)
        for n in numbers[: self.chance.randint(0, 3)]:
            if not {e["n"]: e["is_answered"] for e in self.desk.board()["events"]}.get(n, True):
                self.desk.report("withdrawn", {"n": n})
            yield self.chance.choice((0, 60))

    def two_desks(self) -> Way:
        """Two desks ask for changes and press Activate at the same moment, one of them twice."""
        world, client = self.world, self.desk.client
        shown = []
        for _ in range(2):
            status, diff = client.send("/desk/diff", {})
            world.note("diff", status=status, told=diff)
            shown.append(diff.get("shown", ""))
        answers: list[tuple[int, dict[str, Any]]] = []
        keys = [shown[1], shown[1], shown[0]]
        self.chance.shuffle(keys)
        threads = [
            threading.Thread(target=lambda k=key: answers.append(copy(client).send("/desk/apply", {"shown": k})))  # type: ignore[misc]
            for key in keys
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for status, told in answers:
            world.note("apply", status=status, told=told)
        world.note("raced", n=sum("plan_id" in told for _, told in answers))
        yield 5

    def lead(self) -> Way:
        """A lead comes in, twice under one number; the second names another building in part."""
        plan = self.desk.board()["plan"]
        places = [*plan["unserved"], *(s for t in plan["teams"] for s in t["stops"])]
        if not places:
            return
        own = {"lead_id": f"L-{self.world.now_s}", "lead_type": "call_trace"}
        for place in self.chance.sample(places, min(2, len(places))):
            self.desk.report("lead", own | {"building_id": place["building"]})
            yield 5

    def ill_inside(self) -> Way:
        """Two people of one team fall ill while it is inside."""
        board = self.desk.board()
        inside = [t["id"] for t in board["teams"] if t["state"] == "inside"]
        own = [t for t in board["plan"]["teams"] if t["id"] in inside]
        if own:
            for person in self.chance.choice(own)["people"][:2]:
                self.desk.report("event", {"event": {"type": "ill", "person_id": person}})
                yield 1
            yield from self.desk.replan()

    def accepted_early(self) -> Way:
        """The results are accepted in the middle of the day; the evening's replace them."""
        self.desk.client.page("/evening")
        status, text = self.desk.client.form("/evening/accept")
        n_rows = len(self.desk.client.ask("GET", "/evening/results.csv")[1].splitlines()) - 1
        self.world.note("accept", status=status if n_rows else 303, text=text)
        yield 5


def _suppressed(ask: Callable[[], object]) -> None:
    with suppress(OSError, ValueError):
        ask()
