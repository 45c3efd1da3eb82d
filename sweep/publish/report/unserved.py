"""What the report says of the visits that no team makes: reasons, what would help, and the price."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.teams import team_letters
from sweep.publish.facts.wording import building_name, label, reason_texts
from sweep.records.plan import Swap, Unserved


@dataclass(frozen=True, slots=True)
class UnservedRow:
    """One visit that no team makes, ready to print."""

    name: str
    address: str
    track: str
    value: float
    whats: tuple[str, ...]
    actions: tuple[str, ...]
    price: float | None
    """Expected finds that serving it would cost at the most; None if that is not known."""
    swap: str
    """Who would give up what for it."""


def reason_counts(edition: Edition) -> list[tuple[str, int, float]]:
    """Main reason of the visits not served: code, visits, expected finds forgone; the most costly first."""
    n: Counter[str] = Counter()
    value: dict[str, float] = {}
    for u in edition.plan.unserved:
        code = u.reasons[0].code if u.reasons else "?"
        n[code] += 1
        value[code] = value.get(code, 0.0) + edition.visits[u.visit_id].value
    return [(code, n[code], value[code]) for code in sorted(n, key=lambda c: (-value[c], c))]


def unserved_rows(edition: Edition, texts: Texts) -> list[UnservedRow]:
    """The visits that no team makes, the most valuable first."""
    by_value = sorted(edition.plan.unserved, key=lambda u: (-edition.visits[u.visit_id].value, u.visit_id))
    return [_unserved_row(edition, u, texts) for u in by_value]


def _unserved_row(edition: Edition, u: Unserved, texts: Texts) -> UnservedRow:
    building, visit = edition.buildings[u.building_id], edition.visits[u.visit_id]
    sentences = [reason_texts(texts, reason, visit, edition.division_names) for reason in u.reasons]
    swap = edition.swaps.get(u.visit_id)
    return UnservedRow(
        building_name(building, u.building_id),
        building.address,
        label(texts, f"track.{visit.track}", visit.track),
        visit.value,
        tuple(what for what, _ in sentences),
        tuple(dict.fromkeys(action for _, action in sentences if action)),
        swap.price if swap else None,
        _swap_text(edition, swap, texts) if swap else "",
    )


def _swap_text(edition: Edition, swap: Swap, texts: Texts) -> str:
    letter = team_letters(edition).get(swap.team_id, swap.team_id)
    ids = [edition.visits[v].building_id for v in swap.displaced if v in edition.visits]
    names = [building_name(edition.buildings.get(b), b) for b in ids]
    if not names:
        return texts("report.swap.free", letter=letter)
    return texts("report.swap", letter=letter, names=texts("compare.comma").join(names))
