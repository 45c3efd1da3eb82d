"""How far all chances may be off together, on paper."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sweep.rank.rate.evidence import common_uncertainty
from sweep.rank.rate.lead_model import gather_chances
from sweep.rank.rate.lead_weights import HitShare


def test_doubt_of_a_hit_share_is_that_of_a_beta():
    # Beta(2, 18): mean 0.1, variance 2 x 18 / (20^2 x 21) = 0.0042857; 0.065465 / 0.1.
    assert HitShare(0.1, 20.0).relative_uncertainty == pytest.approx(0.654654, rel=1e-5)
    assert HitShare(1.0, 20.0).relative_uncertainty == 0.0


def test_types_of_leads_average_each_others_doubt_out():
    # Two types of equal weight and doubt 0.654654: sqrt(2) / 2 of it. One lead alone: both readings, with next to no
    # other dens, give its weight.
    events = pd.DataFrame({"lead_type": ["tip", "cards"], "weight": [0.1, 0.1]})
    shares = {"tip": HitShare(0.1, 20.0), "cards": HitShare(0.1, 20.0)}
    few = np.full(2, 1e-9)
    chances = gather_chances(np.array([0, 1]), np.full(2, 0.1), few, few, proneness=np.full(2, 1e3))
    apart, together = chances.estimates
    both = (apart - together).sum() / (apart + together).sum()
    assert common_uncertainty(events, shares, chances) == pytest.approx((0.654654**2 / 2 + both**2) ** 0.5, rel=1e-5)


def test_visits_that_followed_leads_take_doubt_away(make_ranking):
    leads = [{"building_id": f"B{k}", "age": 30.0} for k in range(1, 41)]
    history = [{"building_id": f"B{k}", "age": 10.0, "outcome": "find" if k < 5 else "nothing"} for k in range(1, 41)]
    assert (
        make_ranking([10] * 60, leads, history).common_uncertainty
        < 0.8 * make_ranking([10] * 60, leads).common_uncertainty
    )


def test_without_leads_there_is_nothing_to_doubt(make_ranking):
    assert make_ranking([10, 10]).common_uncertainty == 0.0
