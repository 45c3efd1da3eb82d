"""A board whose scenario is kept in a store: what changes goes there, what is noted waits while that is away."""
