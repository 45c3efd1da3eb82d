"""Campaign of many days: calendar, duty roster, promises, caps, replay policies and state."""
