"""Check that a plan complies with pins, the planners' wishes about teams, times and buildings (P10)."""

from collections.abc import Iterator, Mapping, Sequence

from geodata.clock_times import exact_clock
from sweep.check.checker_inputs import CheckInputs, is_urgent, stops_by_visit
from sweep.records.pins import Pin
from sweep.records.plan import Plan, Violation


def check_p10_pins(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    P10: every pin of a planner holds.

    After a re-plan the events of the day take precedence: pins on the team and on whether a visit is made do not apply.
    Pins do not apply to urgent visits.
    """
    starts: dict[str, list[tuple[str, int]]] = {}
    for visit_id, found in stops_by_visit(plan).items():
        visit = inputs.visits.get(visit_id)
        if visit is not None and not is_urgent(inputs, visit):
            starts.setdefault(visit.building_id, []).extend((team_id, s.start_s) for team_id, s in found)
    for pin in inputs.pins:
        if (
            pin.holds_on(inputs.day)
            and (detail := pin_detail(pin, starts, is_changed=inputs.log is not None)) is not None
        ):
            yield pin_violation(pin, detail)


def pin_violation(pin: Pin, detail: str = "") -> Violation:
    """Return the P10 violation of a pin; its text is the pin's kind and source, and then `detail`."""
    return Violation("P10", pin.building_id, {"detail": f"{pin.kind} ({pin.where}){detail}"})


def pin_detail(pin: Pin, starts: Mapping[str, Sequence[tuple[str, int]]], *, is_changed: bool) -> str | None:
    """
    Return the detail text (may be empty) of a pin that a plan breaks; None if the pin holds.

    `starts` has (team id, start in seconds after midnight) of each building's visits, by building id. If `is_changed`
    (after a re-plan), only pins `never`, `not_together` and `not_before` apply.
    """
    here = starts.get(pin.building_id, ())
    if pin.kind == "never":
        return "" if here else None
    if pin.kind == "not_together":
        return f": {pin.other_id}" if here and starts.get(pin.other_id) else None
    if pin.kind == "not_before":
        early = [start_s for _, start_s in here if start_s < pin.earliest_s]
        return f": {exact_clock(min(early))}" if early else None
    if is_changed:
        return None
    if pin.kind == "must":
        return None if here else ""
    teams = [team_id for team_id, _ in here]
    return None if pin.team_id in teams else f": {', '.join(teams) or '-'}"
