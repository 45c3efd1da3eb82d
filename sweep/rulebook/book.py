"""The rule book: every rule of the trade, in order of its number."""

from __future__ import annotations

from sweep.rulebook.files import FILE_RULES
from sweep.rulebook.firms import FIRM_RULES
from sweep.rulebook.leads import LEAD_RULES
from sweep.rulebook.never import NEVER_RULES
from sweep.rulebook.people import PEOPLE_RULES
from sweep.rulebook.rule import Force, Rule
from sweep.rulebook.sites import SITE_RULES
from sweep.rulebook.tracks import TRACK_RULES

_EVERY = (*TRACK_RULES, *PEOPLE_RULES, *FIRM_RULES, *SITE_RULES, *LEAD_RULES, *NEVER_RULES, *FILE_RULES)

BOOK: dict[str, Rule] = {rule.rule_id: rule for rule in sorted(_EVERY, key=lambda rule: rule.rule_id)}


def is_soft(rule_id: str) -> bool:
    """Whether a breach is reported and stops nothing; a rule that is not in the book, as P01, is hard."""
    return rule_id in BOOK and BOOK[rule_id].force is Force.SOFT
