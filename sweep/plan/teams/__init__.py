"""Team composition: assignment of people to teams."""
