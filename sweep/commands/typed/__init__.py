"""Definitions of the commands: arguments, options, example; one module per group."""
