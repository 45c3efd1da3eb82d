"""READ, CLEAN and MATCH in one call."""

from sweep.inputs.buildings_far_from_streets import with_unreachable
from sweep.inputs.clean_tables import clean
from sweep.inputs.match_to_buildings import match
from sweep.inputs.matched_inputs import Inputs
from sweep.inputs.read_tables import read
from sweep.scenario.scenario import Scenario


def load_inputs(scenario: Scenario, *, is_study: bool = False) -> Inputs:
    """
    Return a scenario's inputs: its files, read, cleaned and matched to buildings.

    Parameters
    ----------
    is_study
        Whether the inputs serve no plan: see `sweep.inputs.read_tables.read`. The day then need not permit visits.

    Raises
    ------
    InputError
        With the errors of all files; S676 if every building is too far from the streets.
    """
    tables = clean(scenario, read(scenario, is_study=is_study), is_study=is_study)
    return with_unreachable(scenario, match(scenario, tables, is_study=is_study))
