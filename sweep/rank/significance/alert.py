"""
What is new: circles and strips with more events in the last days than the past of their buildings leads to expect.

Only the present end of time is looked at, so that a place that always had many leads is no news. The null is
Gamma-Poisson: what is known of each building's rate from before is a Gamma, and its events are drawn from that.

References
----------
Kulldorff 2001, Prospective time periodic geographical disease surveillance using a scan statistic.
"""

from __future__ import annotations

import numpy as np

from geodata.arrays import Float64s, Int64s
from sweep.rank.significance.overdispersion import fit_gamma_poisson
from sweep.rank.significance.scan import Scan, ScanSettings, scan


def scan_news(old: Int64s, new: Int64s, firms: Float64s, points_m: Float64s, settings: ScanSettings) -> Scan:
    """
    Scan for windows whose new events are more than the old ones lead to expect.

    How many events are new in all is given: a rise over the whole city is no window's news.

    Parameters
    ----------
    old, new
        Events before and in the last days, shape (n,), >= 0. How long either lasted does not matter.
    firms
        Firms at risk, shape (n,); buildings with none are left out.
    points_m
        Shape (n, 2).
    settings
        As for `scan`.

    Raises
    ------
    ValueError
        As `scan`.
    """
    expected, shape = np.zeros(len(firms)), np.full(len(firms), np.inf)
    at_risk = firms > 0
    before = fit_gamma_poisson(old[at_risk], firms[at_risk])
    if before.rate <= 0 or np.isinf(before.shape):
        # Nothing is known of single buildings, or all have one rate.
        expected[at_risk] = firms[at_risk]
    else:
        shape[at_risk] = before.shape + old[at_risk]
        expected[at_risk] = shape[at_risk] * firms[at_risk] / (before.shape / before.rate + firms[at_risk])
    return scan(new, expected, points_m, settings, shape)
