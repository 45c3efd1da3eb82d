"""Journal of a day: hash-chained entries of reports and acts, and the state computed from them."""
