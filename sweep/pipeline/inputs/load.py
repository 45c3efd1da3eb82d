"""READ, CLEAN and MATCH in one call."""

from sweep.pipeline.inputs.clean import clean
from sweep.pipeline.inputs.inputs import Inputs
from sweep.pipeline.inputs.match import match
from sweep.pipeline.inputs.read import read
from sweep.scenario.scenario import Scenario


def load_inputs(scenario: Scenario, *, is_study: bool = False) -> Inputs:
    """
    Read, clean and match a scenario's files.

    Parameters
    ----------
    is_study
        Whether the inputs serve no plan: see `sweep.pipeline.inputs.read.read`. The day then need not permit visits.

    Raises
    ------
    InputError
        With the errors of all files.
    """
    tables = clean(scenario, read(scenario, is_study=is_study))
    return match(scenario, tables, is_study=is_study)
