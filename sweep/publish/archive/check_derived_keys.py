"""Check of the derived keys of plan.json: names, ISO times and others that must follow from the plan."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from geodata.errors import InputError, Issue
from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.publish.archive.plan_json import FILE_NAME, PlanWithPlaces, plan_content, plan_json
from sweep.publish.edition import Edition

# Lists without a meaningful order.
_UNORDERED_LISTS = frozenset({"division_codes", "recusals"})
# Catalogue sentences, which differ between versions of the program.
_SENTENCE_KEYS = frozenset({"sentence", "action"})
_SCENARIO_KEYS = frozenset({"plan_id", "scenario", "day_log"})


@dataclass(frozen=True, slots=True)
class InconsistentKey:
    """Key of plan.json whose value contradicts the value that follows from the plan and its inputs."""

    key: str
    """Path of the key, such as `routes[0].stops[2].start_at`."""
    got: str
    """Value in the file; `expected`: value that follows from the plan; both as JSON of at most 60 characters."""
    expected: str


def inconsistent_keys(text: str, edition: Edition, *, has_sentences: bool = True) -> list[InconsistentKey]:
    """
    Return the keys of a plan.json (`text`) whose values differ from the edition's; absent keys are no difference.

    `has_sentences`: whether to compare sentences of reasons too. They may be in any language of the program: the result
    is that of the language with the fewest differences.
    """

    def written(lang: str) -> dict[str, Any]:
        return dict(json.loads(plan_json(edition, load_texts(lang))))

    if not has_sentences:
        return _differences(text, lambda: written(edition.scenario.lang), _SENTENCE_KEYS)
    return min((_differences(text, partial(written, lang), frozenset()) for lang in LANGUAGES), key=len)


def inconsistent_keys_without_scenario(
    text: str, plan: PlanWithPlaces, day: date, problem_sha256: str
) -> list[InconsistentKey]:
    """
    Return the keys of a plan.json whose values differ from what this program writes for a plan.

    For a problem that is solved alone, without a scenario. `text`: content of plan.json; `day`: day of the plan;
    `problem_sha256`: hash of the problem, which the file must state.
    """

    def written() -> dict[str, Any]:
        content = plan_content(plan, day, load_texts(LANGUAGES[0])) | {"problem_sha256": problem_sha256}
        return dict(json.loads(json.dumps(content)))

    return _differences(text, written, _SENTENCE_KEYS | _SCENARIO_KEYS)


def refuse_inconsistent_keys(text: str, edition: Edition) -> None:
    """Raise InputError with an S720 for each key of a plan.json, except sentences, that contradicts the edition."""
    if wrong := inconsistent_keys(text, edition, has_sentences=False):
        raise InputError(Issue("S720", f"{FILE_NAME} {w.key}", {"got": w.got, "want": w.expected}) for w in wrong)


def _differences(text: str, written: Callable[[], dict[str, Any]], skipped: frozenset[str]) -> list[InconsistentKey]:
    try:
        wanted = written()
    except OverflowError:
        # The file has a time beyond the calendar, so no value can be computed for comparison.
        wanted = {}
    return list(_inconsistencies(json.loads(text.removeprefix("\ufeff")), wanted, "", skipped))


def _inconsistencies(given: Any, wanted: Any, key: str, skipped: frozenset[str]) -> Iterator[InconsistentKey]:
    if isinstance(given, dict) and isinstance(wanted, dict):
        for name, value in given.items():
            inner = f"{key}.{name}".lstrip(".")
            # A key that is written only for other values may be given with its default.
            if name in skipped or (name not in wanted and not value):
                continue
            own = wanted.get(name)
            if name in _UNORDERED_LISTS and isinstance(own, list):
                value = sorted(value)
            yield from _inconsistencies(value, own, inner, skipped)
    elif isinstance(given, list) and isinstance(wanted, list) and len(given) == len(wanted):
        for n, (value, own) in enumerate(zip(given, wanted, strict=True)):
            yield from _inconsistencies(value, own, f"{key}[{n}]", skipped)
    elif not _is_same(given, wanted):
        yield InconsistentKey(key, _short(given), _short(wanted))


def _is_same(given: Any, wanted: Any) -> bool:
    numbers = [v for v in (given, wanted) if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == 2:
        # A plan file keeps six decimals of a value.
        return math.isclose(given, wanted, rel_tol=1e-9, abs_tol=1e-6)
    return bool(given == wanted)


def _short(value: Any) -> str:
    return f"{json.dumps(value, ensure_ascii=False):.60}"
