"""Facts of an edition that several outputs share, computed once."""
