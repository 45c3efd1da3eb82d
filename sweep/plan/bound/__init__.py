"""Upper bound on the value of any plan: branch and price over components, with a certificate."""
