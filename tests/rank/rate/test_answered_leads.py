"""Leads that a visit has answered: which visits do, and what they leave."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sweep.rank.rate.answered_leads import unanswered_share
from sweep.rank.rate.lead_weights import scoring_events


@pytest.mark.parametrize(
    ("visits", "left"),
    [
        pytest.param([], 1.0, id="no visit"),
        pytest.param([{}], 0.2, id="one with nothing"),
        pytest.param([{"outcome": "irregular"}], 0.2, id="one with irregularities"),
        pytest.param([{"outcome": "find"}], 0.2, id="a find"),
        pytest.param([{}, {"age": 12.0}], 0.04, id="two days"),
        pytest.param([{}, {"authority": "police", "uscc": "F1"}], 0.2, id="two rows of one visit"),
        pytest.param([{"outcome": "no_access"}], 1.0, id="nobody got in"),
        pytest.param([{"track": "routine"}, {"track": "special"}, {"track": "stocktake"}], 1.0, id="not led by it"),
        pytest.param([{"age": 21.0}], 1.0, id="before the lead"),
        pytest.param([{"age": 20.0}], 0.2, id="the same moment"),
        pytest.param([{"age": -1.0}], 1.0, id="in the future"),
        pytest.param([{"building_id": "B2"}], 1.0, id="another building"),
    ],
)
def test_a_case_visit_after_a_lead_leaves_what_it_would_have_missed(visits, left, make_leads, make_history, now):
    # A tip 20 days ago, visits ten days ago unless they say otherwise, detection 0.8.
    events = scoring_events(make_leads([{"age": 20.0}]), now, 365.0)
    assert unanswered_share(events, make_history(visits), now, 0.8) == pytest.approx([left])


def test_a_lead_that_comes_after_the_visit_brings_its_event_back(make_leads, make_history, now):
    leads = make_leads([{"age": 20.0, "event_id": "E"}, {"age": 5.0, "event_id": "E"}])
    assert unanswered_share(scoring_events(leads, now, 365.0), make_history([{}]), now, 0.8).tolist() == [1.0]


@pytest.mark.parametrize(("detection", "left"), [(0.0, 1.0), (1.0, 0.0)])
def test_detection_of_none_and_of_all(detection, left, make_leads, make_history, now):
    events = scoring_events(make_leads([{"age": 20.0}]), now, 365.0)
    assert unanswered_share(events, make_history([{}]), now, detection).tolist() == [left]


PLACES = st.sampled_from(["B1", "B2", "B3"])


@settings(max_examples=30, deadline=None)
@given(
    leads=st.lists(st.tuples(PLACES, st.floats(0, 40)), max_size=8),
    visits=st.lists(st.tuples(PLACES, st.floats(-2, 40)), max_size=8),
)
@example(leads=[("B1", 0.0)], visits=[("B1", 0.0), ("B1", 1e-6), ("B1", 0.0)])
def test_the_count_of_visits_equals_a_search_of_every_pair(leads, visits, make_leads, make_history, now):
    table = make_history([{"building_id": b, "age": a} for b, a in visits])
    events = scoring_events(make_leads([{"building_id": b, "age": a} for b, a in leads]), now, 365.0)
    expected = []
    for b, age in zip(events["building_id"], events["age_days"], strict=True):
        own = table[(table["building_id"] == b) & (table["visited_on"] <= now)]
        latest = own.groupby(own["visited_on"].dt.date)["visited_on"].max()
        age_s = np.floor((now - latest).dt.total_seconds()) if len(latest) else np.zeros(0)
        expected.append(0.5 ** int((age_s <= np.floor(age * 86_400)).sum()))
    assert unanswered_share(events, table, now, 0.5).tolist() == expected
