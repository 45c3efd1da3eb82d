"""Sentences on a campaign: reasons for the day of each building, and expected finds with their range."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from geodata.message_catalogue import Texts
from sweep.campaign.records import CampaignRecord, DayPart, FindsPart, MovePart, VisitPart
from sweep.publish.facts.names_and_reasons import label, reason_title
from sweep.records.plan import Insertion
from sweep.records.ranking import has_changed

# A smaller price is rounding.
_LEAST_PRICE = 5e-4


def explanation(
    record: CampaignRecord,
    building: str,
    texts: Texts,
    sooner: Mapping[date, Insertion | None] | None = None,
    rest_days: int = 0,
    n_withheld: int = 0,
) -> list[str]:
    """
    Return sentences that explain why a building is planned on its day, or why it has no day.

    Parameters
    ----------
    sooner
        Cost of the visit on each earlier day, from `earlier_day_costs`; without it, only expected finds are named.
    rest_days
        Rest period after a visit, days.
    n_withheld
        Number of the window's sweep days on which the building is under investigation.
    """
    lines: list[str] = []
    on = next(((d, v) for d in record.days for v in d.visits if v.building_id == building), None)
    unserved = next((x for x in record.left if x.building_id == building), None)
    last, due = record.last_looks.get(building), record.due.get(building)
    if n_withheld:
        lines.append(texts("campaign.explain.withheld", name=building, n=n_withheld, all=len(record.days)))
    if on is not None:
        lines += _why_there(*on, texts, sooner or {})
        approved = tuple(d.day.isoformat() for d in record.days if d.is_approved and d.day < on[0].day)
        if on[1].track == "case" and approved:
            lines.append(texts("campaign.explain.approved", days=approved, ways=texts("reason.PUBLISHED_HELD.action")))
    elif unserved is not None:
        reason = reason_title(unserved.reason, texts)
        lines.append(texts("campaign.explain.left", name=building, reason=reason))
        if unserved.reason == "PUBLISHED_HELD":
            lines += [texts(f"reason.{unserved.reason}.{part}") for part in ("what", "action")]
    elif building in record.unreported:
        lines.append(texts("campaign.explain.unreported", name=building, day=record.unreported[building].isoformat()))
    elif last is not None and last + timedelta(days=rest_days) >= record.window_end:
        rests = (last + timedelta(days=rest_days)).isoformat()
        lines.append(texts("campaign.explain.rests", name=building, day=rests, n=rest_days))
    elif n_withheld < len(record.days):
        lines.append(texts("campaign.explain.not_offered", name=building))
    for move in record.moves:
        if move.building_id == building:
            before, after = move_places(move, texts)
            why = move_reason(move, texts)
            lines.append(texts("campaign.explain.moved", before=before, after=after, why=why))
    if due is None:
        return [*lines, texts("campaign.explain.no_turn")]
    last_text = last.isoformat() if last else texts("campaign.never")
    return [*lines, texts("campaign.explain.turn", last=last_text, due=due.isoformat())]


def _why_there(day: DayPart, visit: VisitPart, texts: Texts, sooner: Mapping[date, Insertion | None]) -> Iterator[str]:
    when, track = day.day.isoformat(), label(texts, f"track.{visit.track}", visit.track)
    value = texts.number(visit.value, 3)
    yield texts("campaign.explain.on", name=visit.building_id, day=when, track=track, value=value)
    if visit.urgency > _LEAST_PRICE:
        yield texts("campaign.explain.weighs", urgency=texts.number(visit.urgency, 3))
    earlier = [(d, x) for d, x in zip(visit.days, visit.values, strict=True) if d < day.day]
    if not earlier:
        yield texts("campaign.explain.first")
    for other, other_value in earlier:
        values = {"day": other.isoformat(), "value": texts.number(other_value, 3)}
        if other not in sooner:
            yield texts("campaign.explain.sooner", **values)
            continue
        if (swap := sooner[other]) is None:
            yield texts("campaign.explain.sooner.none", **values)
            continue
        price = texts.number(abs(swap.price), 3)
        how = "as_well" if abs(swap.price) < _LEAST_PRICE else "less" if swap.price > 0 else "more"
        cost = texts(f"campaign.explain.price.{how}", price=price)
        key = "campaign.explain.sooner.displaces" if swap.displaced else "campaign.explain.sooner.room"
        yield texts(key, team=swap.team_id, others=swap.displaced, cost=cost, **values)


def move_places(move: MovePart, texts: Texts) -> tuple[str, str]:
    """Return two texts, before and after a move: the visit's day and, if that day is published, its teams and start."""

    def place_text(day: date | None, teams: Sequence[str], start_s: int | None) -> str:
        if day is None:
            return texts("campaign.no_day")
        parts = [day.isoformat(), *teams, *([] if start_s is None else [texts.clock(start_s)])]
        return " ".join(parts)

    return (
        place_text(move.before, move.teams_before, move.start_before_s),
        place_text(move.after, move.teams_after, move.start_after_s),
    )


def move_reason(move: MovePart, texts: Texts, name_of: Callable[[str], str] = str) -> str:
    """Return the reason for a move as text, in which `name_of` replaces each building id by a name."""
    key = f"campaign.reason.{move.reason}"
    if key not in texts:
        return texts(f"campaign.why.{move.why}")
    first, rest = next(iter(move.named), ""), tuple(name_of(x) for x in move.named[1:])
    if move.reason == "left":
        first = reason_title(first, texts)
    return texts(key, first=first, rest=rest, all=move.named)


def finds_text(record: CampaignRecord, texts: Texts) -> str:
    """Return the expected finds of the window as text; only the range if they are not calibrated on past visits."""
    return _finds(record.finds, record, texts) or texts.number(record.value, 2)


def day_finds_text(record: CampaignRecord, day: DayPart, texts: Texts) -> str:
    """Return the expected finds of a day as text."""
    return _finds(day.finds, record, texts) or texts.number(sum(v.value for v in day.visits), 2)


def _finds(finds: FindsPart | None, record: CampaignRecord, texts: Texts) -> str:
    if finds is None:
        return ""
    ends = {"low": texts.number(finds.low), "high": texts.number(finds.high)}
    if not record.is_calibrated:
        return texts("campaign.finds.range", **ends)
    return texts("campaign.finds.mean", mean=texts.number(finds.mean, 1), **ends)


def level_sentences(record: CampaignRecord, texts: Texts) -> Iterator[str]:
    """Yield sentences that state the factor by which past visits correct expected finds, by kind of planned visit."""
    planned = {v.kind for d in record.days for v in d.visits}
    for part in record.level:
        if part.kind in planned:
            yield texts(
                f"campaign.level.{'known' if part.is_calibrated else 'open'}",
                weeks=part.n_weeks,
                kind=texts(f"campaign.level.{part.kind}"),
                visits=texts.number(part.n_visits),
                expected=texts.number(part.expected, 1),
                finds=texts.number(part.n_finds),
                factor=texts.number(part.factor, 2),
            )
            if has_changed(part.n_weeks):
                yield texts("ranking.level.changed")
