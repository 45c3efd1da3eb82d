"""Drawings of the documentation as SVG: the floors from the import contracts, and sequences of calls."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from itertools import count

from markupsafe import Markup

from docs.tools.markdown import ROOT
from sweep.publish.charts.svg_shapes import INK, LINE, QUIET, line, picture, rect, text_at

type Message = tuple[str, str, str]
"""Sender, receiver and what is sent; a message to the sender itself is work."""

_PALE = "#eef3f8"
_WIDTH, _MARGIN = 960, 20
_FLOORS = {
    "sweep.cli": "commands",
    "sweep.board": "wings",
    "sweep.campaign": "a wing that the other three may use",
    "sweep.terminal": "arguments, output, exit codes",
    "sweep.jobs": "each combines two stages or more",
    "sweep.inputs": "files to clean, matched tables",
    "sweep.rank": "stages",
    "sweep.made_up": "the made-up city; events of a day",
    "sweep.scenario": "settings, files, audit log",
    "sweep.records": "records and the rule book",
    "geodata": "places",
}
SEQUENCES: dict[str, Sequence[Message]] = {
    "run": (
        ("command", "jobs", "run SCENARIO"),
        ("jobs", "inputs", "read, clean, match"),
        ("jobs", "rank", "buildings and clusters"),
        ("jobs", "select", "visits on offer, the draw"),
        ("jobs", "plan", "teams, routes, bound"),
        ("plan", "plan", "search and proof in two threads"),
        ("jobs", "check", "plan and bound, from the inputs alone"),
        ("jobs", "publish", "maps, orders, tables, report"),
        ("publish", "audit log", "hash of the edition, before it appears"),
    ),
    "search": (
        ("teams", "two chains", "first plan: people and slots of each team"),
        ("two chains", "two chains", "remove stops, insert visits, accept by temperature"),
        ("two chains", "route pool", "routes of each new best plan"),
        ("route pool", "set packing", "one route for each team, each visit once"),
        ("set packing", "two chains", "a better plan, if there is one"),
        ("two chains", "teams", "exchange members for an unserved slot"),
        ("bound", "two chains", "stop when plan and bound are equal"),
        ("two chains", "plan", "the best plan, decoded to clock times"),
    ),
    "bound": (
        ("search", "master problem", "known routes as columns"),
        ("master problem", "pricing", "a price for each visit and start"),
        ("pricing", "master problem", "routes worth more than their price"),
        ("pricing", "bound", "Lagrangian bound of this round"),
        ("pricing", "pricing", "larger ng-neighbourhoods while routes repeat a visit"),
        ("master problem", "branching", "fractional visits and starts"),
        ("branching", "master problem", "served or not; earlier or later"),
        ("bound", "search", "stop when plan and bound are equal"),
        ("bound", "checker", "certificate in plan.proof.json"),
    ),
    "changed_day": (
        ("phone", "board", "inside, held, done"),
        ("board", "journal", "append one entry"),
        ("desk", "board", "Re-plan"),
        ("board", "worker", "events and reports so far"),
        ("worker", "plan.replan", "fix the executed prefix, plan the rest"),
        ("worker", "desk", "changes, with their price"),
        ("desk", "board", "Activate"),
        ("worker", "check", "the changed day and the reports"),
        ("worker", "audit log", "new edition, approved"),
        ("board", "phone", "new orders, by server-sent events"),
    ),
    "campaign_morning": (
        ("command", "campaign", "advance CAMPAIGN"),
        ("campaign", "inputs", "tables and yesterday's results"),
        ("campaign", "record", "compare with campaign.json: what changed"),
        ("campaign", "rank", "buildings, as known this morning"),
        ("campaign", "plan", "all days of the window in one model"),
        ("campaign", "check", "rules of each day and over all days"),
        ("campaign", "publish", "days inside the freeze"),
        ("campaign", "record", "campaign.json, campaign.html"),
        ("campaign", "audit log", "hashes of both"),
    ),
    "province_night": (
        ("command", "coordinator", "run PROVINCE"),
        ("coordinator", "workers", "one county each: rank, plan, curve"),
        ("workers", "result cache", "plan and value by number of teams"),
        ("coordinator", "allocation", "mobile teams to counties"),
        ("coordinator", "workers", "plan reinforced counties again"),
        ("coordinator", "check", "each county, and between counties"),
        ("coordinator", "publish", "the province and its counties"),
        ("coordinator", "audit log", "hash of the edition"),
    ),
}


def floors() -> Markup:
    """Return the packages on their floors; a package may import from lower floors only."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (house,) = (c["layers"] for c in contracts if c["type"] == "layers" and "sweep.cli" in c["layers"])
    parts: list[Markup] = []
    for y, floor in zip(count(_MARGIN, 46), house, strict=False):
        names = [name.strip() for name in floor.split("|")]
        width = (_WIDTH - 300 - 10 * (len(names) - 1)) / len(names)
        for k, name in enumerate(names):
            x = _MARGIN + k * (width + 10)
            parts += [rect(x, y, width, 34, _PALE), text_at(x + width / 2, y + 22, _short(name), anchor="middle")]
        parts.append(text_at(_WIDTH - 260, y + 22, _FLOORS[names[0]], fill=QUIET))
    return _drawing(_WIDTH, _MARGIN + 46 * len(house), "Packages by floor", parts)


def sequence(name: str) -> Markup:
    """Return one of `SEQUENCES` with a lane for each sender or receiver, time running down."""
    messages = SEQUENCES[name]
    lanes = list(dict.fromkeys(x for sender, receiver, _ in messages for x in (sender, receiver)))
    step = (_WIDTH - 2 * _MARGIN) / len(lanes)
    at = {lane: _MARGIN + step * (k + 0.5) for k, lane in enumerate(lanes)}
    height = 80 + 38 * len(messages)
    parts: list[Markup] = []
    for lane, x in at.items():
        parts += [line(x, 44, x, height - 10), rect(x - step / 2 + 6, 16, step - 12, 28, _PALE)]
        parts.append(text_at(x, 35, lane, anchor="middle", bold=True))
    for y, (sender, receiver, text) in zip(count(82, 38), messages, strict=False):
        x1, x2 = at[sender], at[receiver]
        if sender == receiver:
            parts += [line(x1, y, x1 + 24, y, INK), line(x1 + 24, y, x1 + 24, y + 12, INK)]
            x2 = x1 + 1
            parts.append(line(x1 + 24, y + 12, x1, y + 12, INK))
        else:
            parts.append(line(x1, y, x2, y, INK))
        side, tip = (1 if x2 > x1 else -1), y + (12 if sender == receiver else 0)
        side = -1 if sender == receiver else side
        parts += [line(x2 - 7 * side, tip + d, x2, tip, INK) for d in (-4, 4)]
        left, right = min(x1, x2), max(x1, x2)
        anchor, x = ("start", left + 6) if right < _WIDTH * 0.62 else ("end", right - 6)
        parts.append(text_at(x, y - 6, text, anchor=anchor))
    return _drawing(_WIDTH, height, name.replace("_", " "), parts)


def _short(name: str) -> str:
    return name.removeprefix("sweep.")


def _drawing(width: float, height: float, caption: str, parts: Sequence[Markup]) -> Markup:
    """Return an SVG file on white, in the fonts that pages use."""
    own = str(picture(width, height, caption, [rect(0, 0, width, height, "#fff"), *parts]))
    head = '<svg xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" stroke-linecap="round" '
    return Markup(head + own.removeprefix("<svg ").replace(LINE, "#b7c1ca") + "\n")  # noqa: S704 - made by `picture`


def drawings() -> dict[str, Markup]:
    """Return every drawing by the name of its file."""
    return {"architecture.svg": floors(), **{f"sequence_{name}.svg": sequence(name) for name in SEQUENCES}}
