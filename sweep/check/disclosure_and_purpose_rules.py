"""Checks of confidentiality, re-checks, purpose, reasons and offline operation (C25-C27, C29, C31)."""

import re
from collections.abc import Iterator, Mapping

from sweep.check.checker_inputs import CheckInputs, stops_by_visit
from sweep.records.plan import Plan, Violation

# Names of settings or terms that express a target in fines or counts, or a personal attribute.
QUOTA = re.compile(r"(?:^|[._])(?:quota|kpi|fine|fines|penalt\w*|seizure\w*|n_found|finds_min|target_finds)(?:$|[._])")
PERSON = re.compile(r"(?:^|[._])(?:ethnic\w*|religio\w*|hukou|nationality|gender|sex|age|surname)(?:$|[._])")
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def check_c26_compartments(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C26: no joint visit is offered or made at a place under investigation, as it would reveal the investigation."""
    for visit in inputs.visits.values():
        if visit.track == "investigation" or visit.building_id in inputs.withheld:
            yield Violation("C26", visit.visit_id, {"detail": visit.building_id})
    for visit_id, stops in sorted(stops_by_visit(plan).items()):
        for team_id, stop in stops:
            if stop.building_id in inputs.withheld:
                yield Violation("C26", f"{team_id} {visit_id}", {"detail": stop.building_id})


def check_c27_rechecks(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    C27: every due re-check is part of a case visit that must be made.

    Exempt are re-checks in dwellings without a certificate (C15) and in buildings under investigation (C26).
    """
    del plan  # P04 checks whether the visit is made or listed as unserved.
    shut = inputs.dwellings - set(inputs.settings.law.dwelling_certificates)
    for recheck_id, item in inputs.rechecks.items():
        if item.building_id in inputs.withheld or item.building_id not in inputs.buildings or item.uscc in shut:
            continue
        visits = [v for v in inputs.visits.values() if recheck_id in v.basis]
        detail = f"{item.building_id} {item.uscc or item.unit} {item.due_on}"
        if not visits:
            yield Violation("C27", recheck_id, {"detail": detail})
        for visit in visits:
            if visit.track != "case" or not visit.is_must or (item.uscc and item.uscc not in visit.targets):
                yield Violation("C27", f"{visit.visit_id} {recheck_id}", {"detail": detail})


def check_c29_reasons(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C29: every visit made has a readable reason for its building and for each firm to be inspected."""
    for visit_id in sorted(stops_by_visit(plan)):
        visit = inputs.visits.get(visit_id)
        if visit is None:
            continue
        explained = {reason.uscc for reason in inputs.reasons.get(visit_id, ())}
        for uscc in ("", *visit.targets):
            if uscc not in explained:
                yield Violation("C29", f"{visit_id} {uscc}".strip(), {"detail": visit.building_id})


def check_c25_no_quota(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C25: no setting or value term is a quota of fines or finds, and no value term uses a personal attribute."""
    del plan
    names = {key for key, _ in _leaves("", inputs.settings.every)}
    for key in sorted(k for k in names if QUOTA.search(k)):
        yield Violation("C25", key, {"detail": "scenario.toml"})
    for key in sorted(k for k in inputs.term_keys if QUOTA.search(k) or PERSON.search(k)):
        yield Violation("C25", key, {"detail": "value"})


def check_c31_offline(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C31: no input is read from a network address."""
    del plan
    for key, value in _leaves("data", inputs.settings.every["data"]):
        if isinstance(value, str) and ADDRESS.match(value):
            yield Violation("C31", key, {"detail": value})


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    if not isinstance(value, Mapping):
        yield path, value
        return
    for key, inner in value.items():
        yield from _leaves(f"{path}.{key}" if path else str(key), inner)
