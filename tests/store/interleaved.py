"""Two planners who read and write one scenario in any order: what each knows, what must come of it, and what came."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import NO_REV, Conflict, ConflictError, Key, LogEntry, PendingWrite

DAY = date(2026, 9, 16)
PLAN = "0123456789ab"
DRAFT, SETTINGS = Key("drafts", "drafts/a.toml"), Key("settings", "scenario.toml")
EDITION, MANIFEST = Key("editions", f"{PLAN}/plan.json"), Key("editions", f"{PLAN}/manifest.json")
APPROVAL, APPROVED = Key("editions", f"{PLAN}/approval.json"), Key("approvals", DAY.isoformat())
RESULTS = Key("results", f"follow_up/results-{PLAN}.csv")
KEYS = (DRAFT, SETTINGS, EDITION, RESULTS, APPROVED)


@dataclass
class Planner:
    """Somebody with a store, and what they read of it last."""

    name: str
    store: PostgresStore
    revs: dict[Key, str] = field(default_factory=dict)
    content: dict[Key, bytes] = field(default_factory=dict)

    def read(self) -> None:
        with self.store.locked():
            self.revs = {key: entry.rev for key, entry in self.store.listing().items()}
            self.content = {key: self.store.read(key) for key in self.revs}

    def write(self, key: Key, sign: str) -> list[Conflict]:
        """Add a sign to what was read last; the conflicts that are told."""
        line = LogEntry("2026-09-16T08:00:00+08:00", self.name, "edit", {"sign": sign})
        try:
            made = self.store.commit(writes := self._writes(key, sign), [line], self.revs)
        except ConflictError as error:
            return list(error.conflicts)
        self.revs |= made
        self.content |= {w.key: w.content or b"" for w in writes}
        self.revs = {k: rev for k, rev in self.revs.items() if rev != NO_REV}
        if key is EDITION:
            self.revs.pop(APPROVED, None)
        return []

    def _writes(self, key: Key, sign: str) -> list[PendingWrite]:
        if key.kind == "editions":
            manifest = json.dumps({"plan_id": PLAN, "day": DAY.isoformat(), "outputs": {}, "sign": sign}).encode()
            plan = self.content.get(EDITION, b"") + f"{sign}\n".encode()
            # A plan that is made again is approved no more.
            withdrawn = [PendingWrite(APPROVAL, None, day=DAY)] if APPROVAL in self.revs else []
            return [PendingWrite(EDITION, plan, day=DAY), PendingWrite(MANIFEST, manifest, day=DAY), *withdrawn]
        if key.kind == "approvals":
            sha256 = hashlib.sha256(self.content.get(EDITION, b"")).hexdigest()
            told = {"plan_id": PLAN, "plan_sha256": sha256, "by": self.name, "at": sign, "audit_head": "1:0"}
            manifest = json.dumps({"plan_id": PLAN, "day": DAY.isoformat(), "outputs": {}, "sign": sign}).encode()
            return [
                PendingWrite(APPROVAL, json.dumps(told).encode(), day=DAY),
                PendingWrite(MANIFEST, manifest, day=DAY),
            ]
        return [PendingWrite(key, self.content.get(key, b"") + f"{sign}\n".encode())]


def play(planners: Sequence[Planner], n: int, chance: random.Random) -> list[str]:
    """Do so many things in random order; whatever was lost or not told."""
    problems: list[str] = []
    now: dict[str, str] = {}
    kept: dict[Key, list[str]] = {key: [] for key in KEYS}
    n_lines = planners[0].store.chain().count(b"\n")
    for step in range(n):
        planner, key = chance.choice(planners), chance.choice(KEYS)
        if chance.random() < 0.4:
            planner.read()
            continue
        if key is APPROVED and not kept[EDITION]:
            continue
        # An approval rests on the edition, too: both must be as they were read.
        rests = {_room(key)} | ({_room(EDITION)} if key is APPROVED else set())
        is_fresh = all(planner.revs.get(_key(room), NO_REV) == now.get(room, NO_REV) for room in rests)
        sign = f"{step:06d}"
        told = planner.write(key, sign)
        if bool(told) == is_fresh:
            problems.append(f"{step} {key}: fresh {is_fresh}, told {told}")
        if not told:
            kept[key].append(sign)
            n_lines += 1
            if key is EDITION:
                kept[APPROVED].clear()
                now.pop(str(APPROVED), None)
            now |= {room: planner.revs[_key(room)] for room in rests}
        elif any(c.now == c.read for c in told):
            problems.append(f"{step} {key}: {told}")
    return problems + _lost(planners[0], kept, n_lines)


def _lost(planner: Planner, kept: dict[Key, list[str]], n_lines: int) -> list[str]:
    planner.read()
    lost = [
        f"{key}: {signs}"
        for key, signs in kept.items()
        if key is not APPROVED and planner.content.get(key, b"").decode().split() != signs
    ]
    if kept[APPROVED] and json.loads(planner.content[APPROVED])["at"] != kept[APPROVED][-1]:
        lost.append("approval")
    if planner.store.chain().count(b"\n") != n_lines:
        lost.append("lines of the log")
    return lost


def _room(key: Key) -> str:
    return PLAN if key.kind == "editions" else str(key)


def _key(room: str) -> Key:
    return EDITION if room == PLAN else next(k for k in KEYS if str(k) == room)
