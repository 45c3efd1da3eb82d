"""What is never done (C25, C31)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sweep.check.inputs import CheckInputs
from sweep.records.plan import Plan, Violation

# Words of a goal in fines or counts, and of what a person is, in the names of settings and terms.
QUOTA = re.compile(r"(?:^|[._])(?:quota|kpi|fine|fines|penalt\w*|seizure\w*|n_found|finds_min|target_finds)(?:$|[._])")
PERSON = re.compile(r"(?:^|[._])(?:ethnic\w*|religio\w*|hukou|nationality|gender|sex|age|surname)(?:$|[._])")
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def check_c25_no_quota(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """No setting and no term of a value is a goal in fines or finds, or goes by what a person is."""
    del plan
    names = {key for key, _ in _leaves("", inputs.scenario.model_dump(mode="json"))}
    for key in sorted(k for k in names if QUOTA.search(k)):
        yield Violation("C25", key, {"detail": "scenario.toml"})
    for key in sorted(k for k in inputs.term_keys if QUOTA.search(k) or PERSON.search(k)):
        yield Violation("C25", key, {"detail": "value"})


def check_c31_offline(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Nothing is read from an address outside."""
    del plan
    for key, value in _leaves("data", inputs.scenario.data.model_dump(mode="json")):
        if isinstance(value, str) and ADDRESS.match(value):
            yield Violation("C31", key, {"detail": value})


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    """(dotted key, value) of everything in nested mappings."""
    if not isinstance(value, Mapping):
        yield path, value
        return
    for key, inner in value.items():
        yield from _leaves(f"{path}.{key}" if path else str(key), inner)
