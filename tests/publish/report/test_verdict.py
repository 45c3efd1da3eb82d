from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.edition import Edition
from sweep.publish.report.report import report_of
from sweep.records.plan import Violation
from tests.publish.small_edition import PLAN_SHA256, small_edition


def off(edition: Edition) -> Edition:
    rules = edition.scenario.rules.model_copy(update={"off": {"C13": "no women on duty"}})
    return replace(edition, scenario=edition.scenario.model_copy(update={"rules": rules}))


def broken(edition: Edition) -> Edition:
    return replace(
        edition, violations=tuple(Violation(i, "V1", MappingProxyType({"detail": "-"})) for i in ("C01", "C01", "C02"))
    )


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        # 0.7 of a bound of 0.8 is an eighth short; the chance of none in V1 and V2 is (1 - 0.5)(1 - 0.2) = 0.4.
        (
            lambda e: e,
            "Keeps every rule. 2 teams, 2 buildings, 0.7 finds expected "
            "(0 to 2 nine times in ten, none 40%), 12.5% (rough bound) below the bound.",
        ),
        (off, "Keeps every rule except 1 switched off. 2 teams"),
        (broken, "Breaks 2 rules: not to be carried out."),
    ],
    ids=["kept", "one off", "broken"],
)
def test_the_verdict_says_whether_the_plan_stands(changed: Callable[[Edition], Edition], verdict: str) -> None:
    report = report_of(changed(small_edition()), load_texts("en"), PLAN_SHA256)
    assert report["verdict"].startswith(verdict)
