"""Board of a scenario in a store: changes are written at once, log entries may be deferred."""
