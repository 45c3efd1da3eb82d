"""Settings with other values of the constants that no key of the file sets."""

from __future__ import annotations

from typing import cast

from sweep.scenario.base_section import Section
from sweep.scenario.scenario import Scenario


def varied[S: Section](settings: S, **constants: object) -> S:
    """
    The same settings with some of their constants changed.

    Raises
    ------
    ValueError
        If one of them is no constant of the section.
    """
    kind = type(settings)
    if unknown := set(constants) - kind.__class_vars__:
        raise ValueError(f"{kind.__name__} has no constants {sorted(unknown)}")
    other = type(kind)(kind.__name__, (kind,), {"__module__": __name__, **constants})
    return cast("S", other.model_construct(**{name: getattr(settings, name) for name in kind.model_fields}))


def without_labels(scenario: Scenario, **constants: object) -> Scenario:
    """Return the scenario without the labels of a ranking, which cost time and change no rank."""
    rank = varied(scenario.rank, scan_simulations=0, bootstrap_draws=1, **constants)
    return scenario.model_copy(update={"rank": rank})
