from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.message_catalogue import load_texts
from sweep.publish.archive.edition_json_file import edition_json, parse_edition, read_edition
from sweep.publish.edition import Edition
from sweep.publish.write_edition import write_edition
from sweep.records.buildings import Lead
from tests.publish.hostile import hostile_edition
from tests.publish.small_edition import small_edition

ZH = load_texts("zh_CN")


@pytest.mark.parametrize("make", [small_edition, hostile_edition])
def test_what_is_read_back_is_what_was_written(make: object) -> None:
    edition = make()  # type: ignore[operator]
    again = parse_edition(edition_json(edition))
    for field in dataclasses.fields(Edition):
        a, b = getattr(edition, field.name), getattr(again, field.name)
        if isinstance(a, pd.DataFrame):
            assert isinstance(b, gpd.GeoDataFrame) == isinstance(a, gpd.GeoDataFrame)
            pd.testing.assert_frame_equal(pd.DataFrame(a), pd.DataFrame(b))
        else:
            assert a == b, field.name
    assert edition_json(again) == edition_json(edition)


def test_a_lead_that_falls_due_is_read_back_with_its_moment(edition: Edition) -> None:
    received = datetime(2026, 9, 15, 15, tzinfo=timezone(timedelta(hours=8)))
    lead = Lead("L1", "B1", "goip", received, received + timedelta(days=1))
    with_lead = dataclasses.replace(edition, due_leads=(lead,))
    assert parse_edition(edition_json(with_lead)).due_leads == (lead,)


def test_a_published_folder_is_read(edition: Edition, tmp_path: Path) -> None:
    write_edition(edition, tmp_path / "abc123", ZH)
    for path in (tmp_path / "abc123", tmp_path / "abc123" / "plan.json"):
        assert read_edition(path).plan == edition.plan


def code_of(path: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        read_edition(path)
    return [issue.code for issue in error.value.issues]


def test_a_folder_without_an_edition_is_refused(edition: Edition, tmp_path: Path) -> None:
    assert code_of(tmp_path) == ["S711"]
    write_edition(edition, tmp_path / "abc123", ZH)
    (tmp_path / "abc123" / "manifest.json").write_text("[]", encoding="utf-8")
    assert code_of(tmp_path / "abc123") == ["S711"]


def test_a_plan_edited_after_it_was_published_is_refused(edition: Edition, tmp_path: Path) -> None:
    write_edition(edition, tmp_path / "abc123", ZH)
    plan = tmp_path / "abc123" / "plan.json"
    plan.write_text(plan.read_text(encoding="utf-8").replace("49200", "49201"), encoding="utf-8")
    assert code_of(tmp_path / "abc123") == ["S712"]


@pytest.mark.parametrize("text", ["", "{}", '{"version": 0, "edition": {}}', '{"version": 1, "edition": {"plan": 1}}'])
def test_what_is_no_edition_is_refused(text: str) -> None:
    with pytest.raises(InputError) as error:
        parse_edition(text)
    assert [i.code for i in error.value.issues] == ["S713"]


def test_a_key_that_the_record_does_not_know_is_refused(edition: Edition) -> None:
    content = json.loads(edition_json(edition))
    content["edition"]["surprise"] = 1
    with pytest.raises(InputError):
        parse_edition(json.dumps(content))
