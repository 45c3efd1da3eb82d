"""Exit codes of all commands."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit code of a command: done, unusable input, broken rule, or stopped."""

    DONE = 0
    BAD_INPUT = 2
    """An input cannot be used; nothing was written."""
    RULE_BROKEN = 3
    """A plan breaks a rule; no order was written."""
    STOPPED = 130
    """Interrupted by the user."""
