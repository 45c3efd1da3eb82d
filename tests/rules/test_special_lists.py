"""Special lists that name too many firms are refused before anything is ranked (C08)."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

from geodata.schema import HISTORY
from sweep.inputs.rules_against_tables import law_faults
from sweep.scenario.law_and_form_settings import Law, Special
from sweep.scenario.scenario import Scenario
from tests.select.conftest import firms_table

REASON = "all are of one chain that was found to sell cards"


def refused_lists(*lists):
    """(where, lists, firms, most) of every S615 in a register of 20 firms, five in each of B0 to B3."""
    firms = firms_table([{"uscc": f"F{k:02d}", "building_id": f"B{k // 5}"} for k in range(20)])
    special = tuple(
        Special(number=f"A-{k}", firms=tuple(f"F{i:02d}" for i in firms_of_list), blanket_reason=reason)
        for k, (firms_of_list, reason) in enumerate(lists)
    )
    scenario = Scenario(name="paper", day=date(2026, 9, 16), law=Law(special=special))
    buildings = gpd.GeoDataFrame(
        {c: pd.Series(dtype=str) for c in ("building_id", "property_company_id", "landlord_id")}
    )
    roster = pd.DataFrame({"person_id": pd.Series(dtype=str), "recusals": pd.Series(dtype=str)})
    history = HISTORY.validate(pd.DataFrame([], columns=list(HISTORY.columns)))
    none_aside = pd.DataFrame({"content": pd.Series(dtype=str)})
    faults = law_faults(scenario, buildings, firms, roster, history, none_aside)
    return [(i.where, i.values["number"], i.values["n"], i.values["most"]) for i in faults if i.code == "S615"]


@pytest.mark.parametrize(
    ("lists", "refused"),
    [
        # A fifth of a building's five firms is one, of the register's 20 four.
        pytest.param([((0, 5, 10, 15), None)], [], id="one in each building"),
        pytest.param([((0, 1), None)], [("law.special B0", "A-0", 2, 1)], id="two in one building"),
        pytest.param([((0, 5, 10, 15), None), ((1,), None)], [("law.special", ("A-0", "A-1"), 5, 4)], id="two lists"),
        pytest.param([((0, 5, 10, 15), None), ((0,), None)], [], id="two lists that name one firm"),
        pytest.param([((0, 5, 10, 15), None), ((1,), REASON)], [], id="a reason for the second"),
        pytest.param([(range(20), REASON)], [], id="a reason for all"),
    ],
)
def test_lists_that_name_too_many_firms_are_refused(lists, refused):
    assert refused_lists(*lists) == refused
