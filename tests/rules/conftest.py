"""The small problems, districts and editions of the other folders, for tests that go through several stages."""

from tests.check.conftest import world
from tests.plan.conftest import make_problem, make_team, make_visit
from tests.publish.conftest import edition, texts
from tests.select.conftest import make_building, make_history, make_offer

__all__ = (
    "edition",
    "make_building",
    "make_history",
    "make_offer",
    "make_problem",
    "make_team",
    "make_visit",
    "texts",
    "world",
)
