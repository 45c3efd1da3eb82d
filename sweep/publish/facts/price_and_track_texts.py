"""Texts of a price by parts of the objective, of missed due leads, and of the shares of stops and hours by track."""

from collections import Counter

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import building_name, label
from sweep.publish.facts.team_facts import team_facts
from sweep.records.plan import Objective

_MINUS = "\u2212"
# Smaller differences are shown as 0.000.
_LEAST = 0.0005


def price_text(price: float, parts: Objective, texts: Texts) -> str:
    """
    Return a price (loss of the objective) as text, with the gains and losses of each part of the objective.

    Parameters
    ----------
    parts
        Loss of each part: the objective before the change of the plan minus the objective after it.
    """
    signed = {
        "objective.finds": (parts.finds, f"{abs(parts.finds):.2f}"),
        "objective.due": (parts.n_due, str(abs(parts.n_due))),
        "objective.musts": (-parts.must_missed, str(abs(parts.must_missed))),
        "objective.costs": (parts.costs, f"{abs(parts.costs):.3f}"),
    }
    changes = [
        texts(key, n=("+" if change < 0 else _MINUS) + digits)
        for key, (change, digits) in signed.items()
        if abs(change) >= _LEAST
    ]
    shown = texts.number(price, 3)
    return texts("objective.price", price=shown, parts=texts.listed(changes)) if changes else shown


def late_text(n_late: int, texts: Texts) -> str:
    """Return the text on the number of due leads visited after their deadline; empty for 0."""
    return texts("objective.late", n=n_late) if n_late else ""


def missed_due(edition: Edition, texts: Texts) -> list[str]:
    """
    Return a text for each unserved visit with a due lead: building and price of including it, cheapest first.

    Visits without a known price come last, with the reason why they are unserved.
    """
    swaps = edition.swaps
    unserved = ((u, edition.visits[u.visit_id]) for u in edition.plan.unserved if u.visit_id in edition.visits)
    missed = [
        (u, building_name(edition.buildings.get(u.building_id), u.building_id)) for u, v in unserved if v.urgency > 0
    ]
    missed.sort(
        key=lambda x: (x[0].visit_id not in swaps, swaps[x[0].visit_id].price if x[0].visit_id in swaps else 0.0)
    )
    named = []
    for u, name in missed:
        swap, code = swaps.get(u.visit_id), u.reasons[0].code if u.reasons else ""
        why = label(texts, f"reason.{code}.title", code) if swap is None else price_text(swap.price, swap.parts, texts)
        named.append(f"{name}{texts('list.colon')}{why}")
    return named


def track_shares(edition: Edition, texts: Texts) -> list[tuple[str, int, float, float]]:
    """Return (name, stops, share of all stops, share of all hours in buildings) of each track; the largest first."""
    stops = [s for team in team_facts(edition) for s in team.stops]
    n = Counter(s.visit.track for s in stops)
    inside_s: Counter[str] = Counter()
    for s in stops:
        inside_s[s.visit.track] += s.stop.end_s - s.stop.start_s
    all_s = max(1, inside_s.total())
    return [
        (label(texts, f"track.{track}", track), k, k / len(stops), inside_s[track] / all_s)
        for track, k in n.most_common()
    ]


def tracks_text(edition: Edition, texts: Texts) -> str:
    """Return the number of stops of each track, and its shares of stops and hours, as one line of text."""
    return texts.listed(
        texts("objective.track", track=track, n=n, stops=texts.percent(stops), hours=texts.percent(hours))
        for track, n, stops, hours in track_shares(edition, texts)
    )
