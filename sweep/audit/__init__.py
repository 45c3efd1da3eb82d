"""Who did what and when: a log of hash-chained lines that is only ever added to, and whether it is what was written."""
