"""What the public may know of a plan: how many by district, and never where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.served import served_visits
from sweep.publish.handouts.small_cells import public_counts


@dataclass(frozen=True, slots=True)
class PublicRow:
    """One line of the table; counts as they may be shown."""

    district: str
    buildings: str
    firms: str
    leads: str
    """Reported, whether anybody goes there or not."""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as the csv table has it: district, buildings, firms, leads."""
        return self.district, self.buildings, self.firms, self.leads


def public_rows(edition: Edition, district: Callable[[str], str], texts: Texts) -> list[PublicRow]:
    """The districts, then all of them."""
    visits = served_visits(edition)
    leads = {c.scope_id: c.n_leads for c in edition.coverage if c.scope == "district"}
    codes = sorted(leads.keys() | {v.division_code for v in visits})
    groups = [[v for v in visits if v.division_code == code] for code in codes]
    columns = (
        public_counts([len(g) for g in groups]),
        public_counts([sum(len(v.targets) for v in g) for g in groups]),
        public_counts([leads.get(code, 0) for code in codes]),
    )
    names = [*map(district, codes), texts("compartment.all")]
    parts = zip(names, *((*shown, whole) for shown, whole in columns), strict=True)
    return [PublicRow(*part) for part in parts]
