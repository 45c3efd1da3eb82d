"""Who gets to see what, for how long, and what follows (C26, C27, C29, C30)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage

# `tests` are named by whoever proves them; tests/rules/test_registry.py lists those that are still to come.
FILE_RULES = (
    Rule("C26", Force.HARD, (Stage.SELECT, Stage.PUBLISH)),
    Rule("C27", Force.HARD, (Stage.SELECT, Stage.CHECK)),
    Rule("C29", Force.HARD, (Stage.PUBLISH,)),
    Rule("C30", Force.HARD, (Stage.READ,)),
)
