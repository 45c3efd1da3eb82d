"""The frozen records that every stage shares, and the few rules about them that more than one stage needs."""
