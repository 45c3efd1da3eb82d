"""Many days: the campaign's calendar, who is on duty, promises, accounts over days, policies and their replay."""
