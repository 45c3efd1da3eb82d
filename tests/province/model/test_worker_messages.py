"""What crosses between machines is JSON of a published form, and a job's key follows from no path."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from geodata.errors import Issue
from sweep.province.model.worker_messages import Job, JobResult, Reply, from_json, schema_json, to_json
from sweep.province.records import CountyCurve, CurvePoint, MobileTeam
from sweep.records.plan import Objective
from tests.paths import ROOT

JOB = Job("curve", "a", "/x/a", "/x/out", "0" * 64, "c0de", {"day": "2026-09-16"}, MobileTeam(4, 1), 2, 0.5, ("B1",))
REPLY = Reply(JOB.key, "at_fault", (Issue("G101", "leads.csv", {"rows": (1, 2)}),))
RESULT = JobResult(
    JOB.key, "a", "甲区", CountyCurve("a", (CurvePoint(0, 2, Objective(1.0), 1.5, {"B1": 50_000}),), {"B1": ((1, 2),)})
)


@pytest.mark.parametrize("message", [JOB, REPLY, RESULT], ids=["job", "reply", "result"])
def test_a_message_is_read_as_it_was_written_and_is_of_the_published_form(message: Job | Reply | JobResult) -> None:
    line = to_json(message)
    assert to_json(from_json(type(message), line)) == line
    jsonschema.validate(json.loads(line), json.loads(schema_json())["messages"][type(message).__name__])


def test_the_form_is_published() -> None:
    assert (ROOT / "docs" / "province.schema.json").read_text(encoding="utf-8") == schema_json()


def test_a_key_follows_from_what_the_result_follows_from_alone() -> None:
    assert replace(JOB, folder="/y", store="/z", before="/w").key == JOB.key
    others = [replace(JOB, n_mobile=1), replace(JOB, code="other"), replace(JOB, inputs_sha256="1" * 64)]
    others += [replace(JOB, before_sha256="2" * 64)]
    others += [replace(JOB, approved={"2026-09-15": "/w/x"})]
    assert replace(JOB, approved={"2026-09-15": "/v/x"}).key == others[-1].key
    assert len({JOB.key, *(j.key for j in others)}) == 6


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"key": 3}', to_json(JOB)[:-20]])
def test_what_is_no_message_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="is not a Reply"):
        from_json(Reply, line)
