"""The first lead of each event at each building, whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.rank.rate.lead_type_lookup import by_type, first_leads

LEAD = st.tuples(st.sampled_from([None, "E1", "E2"]), st.integers(0, 2), st.integers(0, 3))


@settings(deadline=None, max_examples=60)
@given(st.lists(LEAD, max_size=12), st.randoms(use_true_random=False))
def test_it_is_that_of_the_least_moment_and_id(rows, chance):
    ids = [f"L{k:02d}" for k in range(len(rows))]
    chance.shuffle(ids)
    leads = pd.DataFrame(
        {
            "lead_id": pd.Series(ids, dtype="str"),
            "event_id": pd.Series([event for event, *_ in rows], dtype="str"),
            "received_at": pd.to_datetime([day for *_, day in rows], unit="D", utc=True),
        }
    )
    row = np.array([place for _, place, _ in rows], np.int64)
    keys = [(event or lead, place) for (event, place, _), lead in zip(rows, ids, strict=True)]
    least = {key: min((day, i) for (*_, day), i, k in zip(rows, ids, keys, strict=True) if k == key) for key in keys}
    assert sorted(ids[k] for k in first_leads(leads, row)) == sorted(i for _, i in least.values())


def test_a_type_without_a_value_is_refused():
    assert by_type(pd.Series(["a", "b", "a"]), {"a": 1.0, "b": 2.0}).tolist() == [1.0, 2.0, 1.0]
    with pytest.raises(KeyError):
        by_type(pd.Series(["a", "c"]), {"a": 1.0})
