"""Page of a team's phone, for use with one hand and offline: next stop, form and messages."""
