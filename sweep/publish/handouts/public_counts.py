"""Published counts of a plan by district: small counts are suppressed, and no places are named."""

from collections.abc import Sequence
from typing import NamedTuple

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import district_name
from sweep.publish.facts.team_facts import served_visits


class PublicRow(NamedTuple):
    """One row of the published table: a district, or the total; a count of 1 or 2 is `<3`, and its total then `*`."""

    district: str
    buildings: str
    """Number of buildings visited; `firms`: number of firms inspected."""
    firms: str
    leads: str
    """Number of reported leads, visited or not."""


class PublicDraw(NamedTuple):
    """Published numbers of buildings drawn and of those that could be drawn; a suppressed number is `<3` or `*`."""

    n_drawn: str
    n_pool: str


def public_districts(edition: Edition, texts: Texts) -> dict[str, str]:
    """Return the names of the districts in the published table by code, in ascending order of codes."""
    codes = {c.scope_id for c in edition.coverage if c.scope == "district"}
    codes |= {v.division_code for v in served_visits(edition)}
    return {code: district_name(code, edition.division_names, texts) for code in sorted(codes)}


def public_rows(edition: Edition, texts: Texts) -> list[PublicRow]:
    """Return the rows of the table published about a plan: one for each district, then the total."""
    visits, codes = served_visits(edition), public_districts(edition, texts)
    leads = {c.scope_id: c.n_leads for c in edition.coverage if c.scope == "district"}
    groups = [[v for v in visits if v.division_code == code] for code in codes]
    columns = (
        public_counts([len(g) for g in groups]),
        public_counts([sum(len(v.targets) for v in g) for g in groups]),
        public_counts([leads.get(code, 0) for code in codes]),
    )
    names = [*codes.values(), texts("compartment.all")]
    parts = zip(names, *((*shown, whole) for shown, whole in columns), strict=True)
    return [PublicRow(*part) for part in parts]


def public_draw(edition: Edition, whole: PublicRow) -> PublicDraw:
    """
    Return the published numbers of buildings drawn, and of buildings from which they were drawn.

    `whole`: row of the total from `public_rows`. The number drawn becomes `*` if it would reveal a number that `whole`
    hides.
    """
    (drawn, pool), _ = public_counts([edition.draw.n_drawn, len(edition.draw.tickets)])
    is_hidden = whole.buildings == HIDDEN and drawn not in ("0", SUPPRESSED)
    return PublicDraw(HIDDEN if is_hidden else drawn, pool)


SMALLEST_PUBLISHED = 3
"""Smallest count that is published; smaller counts from 1 on are suppressed (ranking notes, section 8)."""
SUPPRESSED = f"<{SMALLEST_PUBLISHED}"
HIDDEN = "*"
"""Mark of a hidden total; subtracting from a published total would reveal a suppressed count."""


def public_counts(counts: Sequence[int]) -> tuple[list[str], str]:
    """
    Return the counts and their total as texts: a count from 1 to 2 as `<3`, and the total then as `*`.

    Publish only one partition of a total: from two, a suppressed count could be derived.

    Raises
    ------
    ValueError
        If a count is below 0.
    """
    if any(n < 0 for n in counts):
        raise ValueError(f"counts must be >= 0, got {min(counts)}")
    shown = [SUPPRESSED if 0 < n < SMALLEST_PUBLISHED else str(n) for n in counts]
    return shown, HIDDEN if SUPPRESSED in shown else str(sum(counts))
