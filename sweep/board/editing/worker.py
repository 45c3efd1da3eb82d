"""The process that judges plans which are edited by hand: it keeps the days of those last asked about ready."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata.child import answering
from geodata.errors import InputError
from geodata.texts import load_texts
from sweep.audit.actor import Actor
from sweep.audit.log import log_of_edition
from sweep.board.child import fault_answer
from sweep.board.editing.view import edited_view, offer_view
from sweep.day.journal.entry import Entry
from sweep.pipeline.replan.by_hand import Draft, change_by_hand, judged, publish_by_hand
from sweep.pipeline.replan.publish import PlannedChange
from sweep.pipeline.replan.today import Today, read_today
from sweep.plan.replan.by_hand import Layout, Placed, layout_of
from sweep.publish.archive.facts import edition_facts
from sweep.publish.edition import Edition

# Days that are kept ready, each some ten megabytes.
_MOST_KEPT = 4

type Asked = Mapping[str, Any]


@dataclass(slots=True)
class Worker:
    """What is kept between two questions."""

    _kept: dict[str, Today] = field(default_factory=dict)
    """The day of each edition, by its folder; the one asked about last is at the end."""

    def answer(self, asked: Asked) -> dict[str, Any]:
        """The answer to one question, faults as JSON, too."""
        acts: dict[str, Callable[[Asked], dict[str, Any]]] = {"open": self._open, "judge": self._judge}
        try:
            return acts.get(asked["do"], self._save)(asked)
        except (InputError, OSError) as error:
            return fault_answer(error, asked["lang"])

    def _open(self, asked: Asked) -> dict[str, Any]:
        """The plan as it stands, and what is on offer."""
        today = self._today(asked["folder"])
        texts = load_texts(asked["lang"])
        layout = layout_of(today.plan)
        made = _changed(today, layout, asked)
        return {**offer_view(today.edition, texts), "shown": edited_view(made, judged(made), texts)}

    def _judge(self, asked: Asked) -> dict[str, Any]:
        """The plan as it was laid out, with times, verdict and price."""
        made = self._made(asked)
        return edited_view(made, judged(made), load_texts(asked["lang"]))

    def _save(self, asked: Asked) -> dict[str, Any]:
        """The plan as it was laid out, published as a draft and known to the log."""
        made, actor = self._made(asked), Actor(asked["who"], asked["at"])
        draft = Draft(asked["name"], made.today.edition.plan_id, actor.who, actor.at)

        def enter(edition: Edition, folder: Path) -> None:
            facts = {**edition_facts(edition, folder), "of": draft.of}
            actor.log(log_of_edition(made.today.folder), "edit", facts)

        return {"plan_id": publish_by_hand(made, draft, enter)}

    def _made(self, asked: Asked) -> PlannedChange:
        layout: Layout = {t: [Placed(*p) for p in placed] for t, placed in asked["layout"].items()}
        return _changed(self._today(asked["folder"]), layout, asked)

    def _today(self, folder: str) -> Today:
        today = self._kept.pop(folder, None) or read_today(Path(folder))
        while len(self._kept) >= _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[folder] = today
        return today


def _changed(today: Today, layout: Layout, asked: Asked) -> PlannedChange:
    begun = [(team_id, visit_id) for team_id, visit_id in asked["begun"]]
    return change_by_hand(today, layout, asked["at_s"], begun, tuple(Entry(**entry) for entry in asked["reports"]))


def main() -> None:
    """Answer until the board asks no more."""
    with answering() as say:
        worker = Worker()
        say({"ready": True})
        for line in sys.stdin:
            say(worker.answer(json.loads(line)))


if __name__ == "__main__":
    main()
