"""Teams that live through a day of their own: late, locked, refused, held, with finds, slips, phones offline."""

from __future__ import annotations

import hashlib
import heapq
import itertools
import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.board.played.client import Client, Server

type Way = Iterator[int]

_COUNTED = frozenset({"headcount_claimed", "headcount_seen", "phones_seen", "pcs_seen", "remark", "recheck_on"})


@dataclass
class World:
    """The true time, what is to happen next, and what is written down for the judge."""

    server: Server
    chance: random.Random
    now_s: int
    notes: list[dict[str, Any]] = field(default_factory=list)
    clock_error_s: int = 0
    """How far the server's clock is ahead of the true time."""
    is_clock_ahead: bool = False
    """Whether the server's clock was ahead, and the desk has not confirmed it since."""
    _queue: list[tuple[int, int, Callable[[], object]]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=itertools.count)

    def at(self, at_s: float, act: Callable[[], object]) -> None:
        heapq.heappush(self._queue, (max(self.now_s, round(at_s)), next(self._number), act))

    def live(self, way: Way) -> None:
        """Go on with a life: each number is a wait, in seconds."""
        for wait_s in way:
            self.at(self.now_s + wait_s, lambda: self.live(way))
            return

    def run(self, until_s: int) -> None:
        while self._queue and self._queue[0][0] <= until_s:
            self.now_s, _, act = heapq.heappop(self._queue)
            self.server.set(self.now_s + self.clock_error_s)
            act()

    def turn_clock(self, error_s: int) -> None:
        """Let the server's clock be wrong by so many seconds, or right again."""
        self.is_clock_ahead |= error_s > 0
        self.clock_error_s = error_s
        self.server.set(self.now_s + error_s)
        self.note("clock", error_s=error_s)

    @property
    def is_clock_wrong(self) -> bool:
        """Whether reports of now may have another time than the true one."""
        return self.clock_error_s != 0 or self.is_clock_ahead

    def note(self, kind: str, **facts: Any) -> None:
        self.notes.append({"kind": kind, "at_s": self.now_s, **facts})


class Phone:
    """It keeps what is typed until the server names it by its hash; its clock is wrong, and jumps."""

    def __init__(self, world: World, client: Client, team_id: str) -> None:
        self.world, self.client, self.team_id = world, client, team_id
        self.device = f"{world.chance.getrandbits(64):016x}"
        self.order: dict[str, Any] = {}
        self.is_reachable, self.is_lost, self.is_silent, self.is_disordered = True, False, False, False
        self.last_batch: dict[str, Any] | None = None
        self.clock_ms, self.n_jumps, self.seq = world.chance.randint(-7_200, 7_200) * 1_000, 0, 0
        self.waiting: dict[int, str] = {}

    def type(self, kind: str, **body: Any) -> None:
        if self.is_silent:
            return
        self.seq += 1
        text = json.dumps({"kind": kind, "body": body, "t": self._now_ms()})
        self.waiting[self.seq] = text
        self.world.note("typed", team=self.team_id, device=self.device, seq=self.seq, text=text, jumps=self.n_jumps)
        self.send()

    def jump(self) -> None:
        """Another time, as if set by hand; what waits was typed by the old one."""
        self.clock_ms += self.world.chance.choice((-1, 1)) * self.world.chance.randint(60, 20_000) * 1_000
        self.n_jumps += 1

    def reach(self, *, is_reachable: bool) -> None:
        self.is_reachable = is_reachable
        self.send()
        self.look()

    def batch(self, numbers: Iterable[int]) -> dict[str, Any]:
        """Return what the phone sends for some of its waiting reports."""
        reports = [{"seq": k, "text": self.waiting[k]} for k in numbers]
        first = min(self.waiting, default=self.seq + 1)
        return {"device": self.device, "sent": self._now_ms(), "first": first, "reports": reports}

    def send(self) -> None:
        chance = self.world.chance
        while self.is_reachable and not self.is_lost and self.waiting:
            chosen = sorted(self.waiting)[: chance.choice((1, 5, 50))]
            if self.is_disordered:
                # In any order, and with gaps: what follows a gap waits for another batch.
                chosen = chance.sample(sorted(self.waiting), chance.randint(1, len(self.waiting)))
            batch = self.last_batch = self.batch(chosen)
            try:
                status, told = self.client.send("/phone/reports", batch)
            except OSError:
                return
            if status != 200:
                self.world.note("refused", team=self.team_id, status=status, told=told, batch=batch)
                return
            if chance.random() < 0.1:
                continue  # the answer is lost, and all is sent again
            for ack in told["acks"]:
                text = self.waiting.get(ack["seq"])
                if (
                    text is not None
                    and hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == ack["sha256"]
                ):
                    del self.waiting[ack["seq"]]
                    jumps = -1 if self.world.is_clock_wrong else self.n_jumps
                    self.world.note("kept", device=self.device, seq=ack["seq"], jumps=jumps)
            if told["plan_id"] != self.order.get("plan_id"):
                self.look()

    def look(self) -> None:
        """Take the order that is in force, if the server can be reached."""
        if not self.is_reachable or self.is_lost:
            return
        try:
            status, text = self.client.ask("GET", "/phone/orders")
        except OSError:
            return
        if status == 200:
            self.order = json.loads(text)

    def _now_ms(self) -> int:
        return self.world.now_s * 1_000 + self.clock_ms + 10**12


class Crew:
    """A team: what it does in truth, and what it types of it."""

    def __init__(self, world: World, phone: Phone, other: Phone | None) -> None:
        self.world, self.phone, self.other, self.chance = world, phone, other, world.chance
        self.over: set[str] = set()
        self.pace, self.haste = self.chance.lognormvariate(0, 0.25), self.chance.lognormvariate(0, 0.3)
        self.forgets = self.chance.choice((0.0, 0.05, 0.3))

    def stops(self) -> list[dict[str, Any]]:
        own = self.phone.order.get("stops", [])
        return [s for s in own if not s["is_attempt"] and s["visit"] not in self.over]

    def day(self) -> Way:
        self.phone.look()
        yield max(0, int(self.phone.order.get("depart", 50_000)) - self.world.now_s + self.chance.randint(-300, 900))
        while True:
            self.phone.look()
            if own := self.stops():
                # One in twelve goes first to what it has last.
                yield from self.visit(own[-1] if self.chance.random() < 0.08 else own[0])
                continue
            if self.phone.order and self.chance.random() < 0.5 and self.world.now_s > 62_000:
                yield self.chance.randint(300, 2_400)
                self.phone.look()
                if not self.stops():
                    self.phone.type("home")
                    # It may be called once more.
                    yield 9_000
            yield 600

    def visit(self, stop: dict[str, Any]) -> Way:
        visit, chance = {"visit_id": stop["visit"]}, self.chance
        self.press("left", visit)
        yield int(self.haste * chance.lognormvariate(0, 0.3) * 900)
        if stop["visit"] not in {s["visit"] for s in self.stops()} and chance.random() < 0.8:
            return  # it was sent elsewhere on its way
        self.press("arrived", visit)
        if chance.random() < 0.06:
            self.phone.type("held", **visit, until=clock(self.world.now_s + chance.randint(600, 3_000)))
        early_s = chance.randint(0, 1_200) if chance.random() < 0.4 else 0
        yield max(30, stop["start"] - early_s - self.world.now_s)
        if stop["visit"] not in {s["visit"] for s in self.stops()} and chance.random() < 0.8:
            return
        fate = chance.choices(("inside", "locked", "again", "refused", "slip"), (84, 5, 4, 4, 3))[0]
        if fate in ("locked", "refused"):
            self.over.add(stop["visit"])
            return self.phone.type(fate, **visit, **({"note": "没人 <b>"} if chance.random() < 0.5 else {}))
        if fate == "again":
            # Its next order says when.
            self.phone.type("locked", **visit, until=clock(self.world.now_s + chance.randint(900, 5_000)))
            yield 1_200
            return None
        if fate == "slip":
            self.phone.type("locked", **visit)
            yield 20
        self.phone.type("inside", **visit)
        yield from self.inside(stop, visit)
        return None

    def inside(self, stop: dict[str, Any], visit: dict[str, str]) -> Way:
        chance, planned_s = self.chance, stop["end"] - stop["start"]
        rows = [r["row"] for r in stop["rows"]] + [f"+{k}" for k in range(1, chance.choice((1, 1, 3)))]
        parts = max(1, len(rows))
        for k in range(parts):
            yield max(20, int(self.pace * chance.lognormvariate(0, 0.2) * planned_s / parts))
            if rows:
                self.fill_in(rows[k], stop, visit)
            if chance.random() < 0.08:
                self.phone.type("found", **visit)
                if chance.random() < 0.3:
                    yield 30
                    self.phone.type("corrected", **visit, report="found")
            if chance.random() < 0.05:
                rest_s = chance.randint(900, 7_000)
                self.phone.type("held", **visit, until=clock(self.world.now_s + rest_s))
                if chance.random() < 0.3:
                    yield 60
                    self.phone.type("corrected", **visit, report="held")
                else:
                    yield int(rest_s * chance.uniform(0.3, 1.3))
        if chance.random() < 0.03:
            # Somebody presses the wrong button, and then the right one.
            self.press("left", visit)
            yield 15
            self.phone.type("inside", **visit)
            yield 60
        self.over.add(stop["visit"])
        self.press("done", visit)
        yield chance.randint(60, 600)

    def fill_in(self, row: str, stop: dict[str, Any], visit: dict[str, str]) -> None:
        chance, is_listed = self.chance, not row.startswith("+")
        state = chance.choice(("open", "open", "open", "locked", "vacant", "refused"))
        answers = {"unit_state": state}
        if state == "open":
            ticked = (a for a in stop["items" if is_listed else "unlisted"] if a not in _COUNTED and a[:3] != "is_")
            answers |= {a: chance.choice(("yes", "no", "")) for a in ticked if not a.startswith("n_")}
            answers |= {"remark": '说 "x",=1+1', "n_dens": chance.choice(("", "", "1")), "recheck_on": ""}
        phone = self.other if self.other is not None and chance.random() < 0.5 else self.phone
        phone.type("form", **visit, row=row, unit="" if is_listed else f"{row[1:]}01", answers=answers)

    def press(self, kind: str, visit: dict[str, str]) -> None:
        """A step, which some teams forget to report."""
        if self.chance.random() >= self.forgets or kind == "done":
            self.phone.type(kind, **visit)


def clock(at_s: int) -> str:
    return f"{at_s // 3_600:02d}:{at_s // 60 % 60:02d}"


def weather(world: World, phone: Phone) -> Way:
    """Networks that come and go, and clocks that are set."""
    share = world.chance.choice((0.0, 0.1, 0.5))
    while True:
        yield world.chance.randint(600, 5_400)
        if world.chance.random() < share:
            phone.reach(is_reachable=False)
            yield world.chance.choice((120, 1_200, 7_200))
            phone.reach(is_reachable=True)
        if world.chance.random() < 0.07:
            phone.jump()
        phone.send()
