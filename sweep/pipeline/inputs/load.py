"""READ, CLEAN, MATCH in one call, for the jobs that need no more than clean inputs."""

from __future__ import annotations

from sweep.pipeline.inputs.clean import clean
from sweep.pipeline.inputs.inputs import Inputs
from sweep.pipeline.inputs.match import match
from sweep.pipeline.inputs.read import read
from sweep.scenario.scenario import Scenario


def load_inputs(scenario: Scenario) -> Inputs:
    """
    A scenario's files, read, cleaned and matched.

    Raises
    ------
    InputError
        With the faults of all files.
    """
    return match(scenario, clean(scenario, read(scenario)))
