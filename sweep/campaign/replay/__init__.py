"""Years of a campaign played out under a policy, week by week."""
