"""What the report says of a plan's papers: reasons, open items, who gets what, how long it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.reasons import reason_sentences
from sweep.publish.facts.served import served_visits
from sweep.publish.facts.wording import building_name, firm_of
from sweep.records.visits import Recheck


@dataclass(frozen=True, slots=True)
class ListedTarget:
    """One building or firm of a visit that is made, and why it is on the list."""

    building: str
    firm: str
    """Empty: the building."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Papers:
    """The section, ready to print."""

    targets: tuple[ListedTarget, ...]
    due: tuple[Recheck, ...]
    """Open items that are due on the day, the longest due first."""
    planned: tuple[str, ...]
    """Ids of those due that a team looks at."""
    n_open: int
    n_closed: int
    kept_until: date
    n_personal_cells: int
    """Identity and mobile numbers taken out of cells at reading."""


def plan_papers(edition: Edition, texts: Texts) -> Papers:
    """The facts of the section."""
    served = served_visits(edition)
    day, keep = edition.scenario.day, edition.scenario.retention
    still_open = [r for r in edition.rechecks if r.closed_on is None]
    due = sorted((r for r in still_open if r.due_on <= day), key=lambda r: (r.due_on, r.recheck_id))
    looked_at = {basis for v in served for basis in v.basis}
    return Papers(
        targets=tuple(_targets(edition, texts)),
        due=tuple(due),
        planned=tuple(r.recheck_id for r in due if r.recheck_id in looked_at),
        n_open=len(still_open),
        n_closed=len(edition.rechecks) - len(still_open),
        kept_until=day + timedelta(days=keep.edition_days),
        n_personal_cells=sum(edition.repairs.get(kind, 0) for kind in ("identity_number", "mobile_number")),
    )


def _targets(edition: Edition, texts: Texts) -> Sequence[ListedTarget]:
    targets = []
    for visit in served_visits(edition):
        name = building_name(edition.buildings.get(visit.building_id), visit.building_id)
        for uscc in ("", *visit.targets):
            firm = firm_of(edition, uscc).name
            targets.append(ListedTarget(name, firm, tuple(reason_sentences(edition, visit.visit_id, uscc, texts))))
    return targets
