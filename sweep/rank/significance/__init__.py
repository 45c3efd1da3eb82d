"""Whether a cluster could be chance: scan statistic, exceedance, labels."""
