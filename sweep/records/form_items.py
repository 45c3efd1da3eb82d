"""Items of the check form, each on the list of one authority (C32)."""

from geodata.schema import COUNTED_ITEMS, TICKED_ITEMS
from sweep.records.people import MARKET_REGULATION, POLICE

# In the order of the form; the text of each is in the catalogue under `item.<name>`.
ITEMS = (*TICKED_ITEMS, *COUNTED_ITEMS)

_POLICE = ("closed_door", "simbank_goip_seen", "cards_seen", "scripts_seen", "fire_exit_blocked")
# By authority, the items on its published list; a scenario may strike some.
LISTED: dict[str, tuple[str, ...]] = {
    POLICE: (*_POLICE, "phones_seen", "pcs_seen"),
    MARKET_REGULATION: (*(i for i in TICKED_ITEMS if i not in _POLICE), "headcount_claimed", "headcount_seen"),
}
# Answers and orders that only an inspection gives (C32); the rest may be seen in passing.
OF_INSPECTION = (*(i for i in LISTED[MARKET_REGULATION] if i != "headcount_seen"), "is_rectify")
NOT_ASKED = "—"
"""Mark of a form in place of an answer that it does not ask; read back it is empty."""
