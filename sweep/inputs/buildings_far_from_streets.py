"""Buildings too far from every street for cars, which therefore get no visit."""

from dataclasses import replace
from pathlib import Path

from geodata.errors import Code, InputError, Issue, MessageValue, first_items
from geodata.roads.travel_modes import FAR_M, RoadNetwork, build_network
from sweep.inputs.make_records import place_names
from sweep.inputs.matched_inputs import Inputs
from sweep.scenario.scenario import Scenario


def car_network(scenario: Scenario, street_file: Path) -> RoadNetwork:
    """Return the network of streets for cars, with travel times at the mean traffic of the scenario's shift."""
    shift_s = (scenario.plan.shift_start_s, scenario.plan.shift_end_s)
    return build_network(street_file, slower=scenario.roads.factors(shift_s))


def with_unreachable(scenario: Scenario, inputs: Inputs) -> Inputs:
    """Return the inputs with `unreachable`: buildings far from every street (warning S676; InputError if all are)."""
    table = inputs.buildings
    if inputs.street_file is None or table.empty:
        return inputs
    snap_m = car_network(scenario, inputs.street_file).snap_m(table["lon"].to_numpy(), table["lat"].to_numpy())
    is_far = snap_m > FAR_M
    if not is_far.any():
        return inputs
    far = zip(place_names(table, inputs.streets)[is_far], table["building_id"][is_far], snap_m[is_far], strict=True)
    places = first_items([f"{name} ({i}, {m:.0f} m)" for name, i, m in far], 20)
    values: dict[str, MessageValue] = {
        "n": int(is_far.sum()),
        "n_all": len(table),
        "far_m": round(FAR_M),
        "places": places,
    }
    issue = Issue(Code.FAR_FROM_STREETS, scenario.data.label("buildings"), values)
    if is_far.all():
        raise InputError([issue])
    return replace(inputs, unreachable=frozenset(table["building_id"][is_far]), warnings=(*inputs.warnings, issue))
