"""Each command as it is typed: arguments, options, an example; one module for each group, a part of the day."""
