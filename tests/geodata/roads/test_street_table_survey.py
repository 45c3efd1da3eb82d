"""What a table of streets holds."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.roads.street_table_survey import survey_streets

# Two streets that share a vertex, 0.02 degrees of the meridian at 117 E (2,219 m in all), and one of half a hundredth
# (555 m) 0.1 degrees to the east, which no other meets. The parallel at 36.6 N: 0.001 degrees are 89 m.
STREETS = gpd.GeoDataFrame(
    geometry=[
        shapely.LineString([(117.0, 36.60), (117.0, 36.61)]),
        shapely.LineString([(117.0, 36.61), (117.0, 36.62)]),
        shapely.LineString([(117.1, 36.600), (117.1, 36.605)]),
    ],
    crs=4326,
)


def test_the_survey_gives_length_connection_and_reach():
    lon, lat = np.array([117.001, 117.1, 117.01]), np.array([36.605, 36.601, 36.605])
    survey = survey_streets(STREETS, lon, lat)
    assert survey.length_km == pytest.approx(2.774, abs=0.01)
    assert survey.main_share == pytest.approx(0.8, abs=0.001)
    assert survey.is_far.tolist() == [False, False, True]
    assert survey.is_cut_off.tolist() == [False, True, False]
