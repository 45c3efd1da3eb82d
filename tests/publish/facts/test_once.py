"""Facts of an edition are worked out once, and go with it."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path
from typing import Any
from weakref import ref

import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.facts import team_facts as teams
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.write_edition import write_edition
from sweep.records.people import Team
from tests.publish.small_edition import small_edition


def test_an_edition_is_written_with_the_facts_of_each_team_worked_out_once(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Counter[str] = Counter()
    team_facts_record = teams.TeamFacts

    def counted(team: Team, *others: Any) -> teams.TeamFacts:
        made[team.team_id] += 1
        return team_facts_record(team, *others)

    monkeypatch.setattr(teams, "TeamFacts", counted)
    write_edition(edition, tmp_path / "abc123", load_texts("zh_CN"))
    assert made == {"T/1": 1, "T2": 1, "T3": 1}


def test_another_edition_has_facts_of_its_own() -> None:
    first, second = small_edition(), small_edition()
    assert team_facts(first) is team_facts(first)
    assert team_facts(first) is not team_facts(second)


def test_an_edition_that_nobody_holds_is_freed_with_its_facts() -> None:
    count = once_per_edition(lambda e: len(e.visits))
    edition = small_edition()
    assert (count(edition), team_facts(edition)[0].letter) == (3, "A")
    freed = ref(edition)
    del edition
    gc.collect()
    assert freed() is None
