"""The rules of the trade as records: what each asks, how far it binds, where it is enforced, which tests prove it."""
