"""Journal of a day: hash-chained entries of all reports and acts, and the day state computed from them."""
