"""Items of the check form that teams fill in; each is on the published list of one authority (C32)."""

from geodata.schema import COUNTED_ITEMS, TICKED_ITEMS
from sweep.records.people import MARKET_REGULATION, POLICE

# Items in the order of the form; the catalogue holds their texts under `item.<name>`.
ITEMS = (*TICKED_ITEMS, *COUNTED_ITEMS)

_POLICE = ("closed_door", "simbank_goip_seen", "cards_seen", "scripts_seen", "fire_exit_blocked")
# Items on each authority's published list; a scenario may remove some.
LISTED: dict[str, tuple[str, ...]] = {
    POLICE: (*_POLICE, "phones_seen", "pcs_seen"),
    MARKET_REGULATION: (*(i for i in TICKED_ITEMS if i not in _POLICE), "headcount_claimed", "headcount_seen"),
}
# Answers and orders that require an inspection (C32); the other items may be seen in passing.
OF_INSPECTION = (*(i for i in LISTED[MARKET_REGULATION] if i != "headcount_seen"), "is_rectify")
NOT_ASKED = "—"
"""Mark in a form where an item is not asked; read back as an empty answer."""


def entry_class(unit_state: str, *, is_inspected: bool, n_leaflets: float) -> str:
    """
    Return the class of a firm's entry in the ledger of results: `none` (no access) unless `unit_state` is `open`.

    With access: `inspection` if inspected, else `publicity` if leaflets were left, else `visit`.
    """
    if unit_state != "open":
        return "none"
    if is_inspected:
        return "inspection"
    return "publicity" if n_leaflets > 0 else "visit"
