"""Page of a team's phone: next stop, form and messages, for use with one hand and offline."""
