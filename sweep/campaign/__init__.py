"""Campaign of many days: calendar, duty roster, promises, yearly caps, replay policies and their state."""
