"""READ, CLEAN, MATCH in one call, for the jobs that need no more than clean inputs."""

from sweep.inputs.clean_tables import clean
from sweep.inputs.inputs import Inputs
from sweep.inputs.read_tables import read
from sweep.inputs.tie_to_buildings import match
from sweep.scenario.scenario import Scenario


def load_inputs(scenario: Scenario, *, is_study: bool = False) -> Inputs:
    """
    A scenario's files, read, cleaned and matched.

    Parameters
    ----------
    is_study
        Whether nothing is planned from them: see `sweep.inputs.read_tables.read`. The day need not be one on which
        a visit may be made.

    Raises
    ------
    InputError
        With the faults of all files.
    """
    tables = clean(scenario, read(scenario, is_study=is_study))
    return match(scenario, tables, is_study=is_study)
