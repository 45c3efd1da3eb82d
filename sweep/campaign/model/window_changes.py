"""Changes of a window against the previous one, each with its reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sweep.campaign.records import CampaignRecord, DayPart, MovePart, StopPart, TeamPart, VisitPart

type Reason = tuple[str, tuple[str, ...]]
"""Key of a reason, with the days, people or buildings that it names."""


@dataclass(frozen=True, slots=True)
class ChangedInputs:
    """Data that explain changes: visits and leads since the previous window; today's duties, caps and due days."""

    looks: Mapping[str, date] = field(default_factory=dict)
    """Day of the last visit with access since the previous window was planned, by building id."""
    leads: Mapping[str, date] = field(default_factory=dict)
    """Day of the newest lead since the previous window was planned, by building id."""
    rechecks: Collection[str] = ()
    """Ids of items with a re-check to come."""
    on_duty: Mapping[date, Collection[str]] = field(default_factory=dict)
    """Ids of the people on duty on each day of the window."""
    capped: Mapping[int, Collection[str]] = field(default_factory=dict)
    """Firms (uscc) at their yearly cap, by year."""
    leads_due: Mapping[str, Sequence[date]] = field(default_factory=dict)
    """Due days of open leads, by building id."""
    due: Mapping[str, date] = field(default_factory=dict)
    """Due day of the building's promise, by building id."""
    offered: Collection[str] = ()
    """Ids of the buildings on offer on at least one day of the window."""
    unserved_reasons: Mapping[str, str] = field(default_factory=dict)
    """Code of the reason why a building on offer has no day, by building id."""


type DatedVisit = tuple[DayPart, VisitPart] | None
"""Visit and its day; None: the building has none."""


def window_changes(
    before: CampaignRecord | None, days: Sequence[DayPart], today: date, since: ChangedInputs | None = None
) -> tuple[MovePart, ...]:
    """
    Return the visits that differ from the previous window, from today on, each with the reason of its change.

    A visit is `moved` (to another day), `dropped`, `new`, or on a published day `changed` (another team, person, time
    or firm). Only days in both windows are compared. `before`: record of the previous window; without one the result is
    empty. `since`: new data that explain changes; None if they are not known.
    """
    if before is None:
        return ()
    then = {v.building_id: (d, v) for d in before.days for v in d.visits if d.day >= today}
    now = {v.building_id: (d, v) for d in days for v in d.visits}
    published = {d.day for d in before.days if d.is_published}
    end = max((d.day for d in before.days), default=today)
    explainer = _ChangeExplainer(before, days, since or ChangedInputs())
    made = []
    for b in sorted(then.keys() | now.keys()):
        old, new = then.get(b), now.get(b)
        is_same_day = old is not None and new is not None and old[0].day == new[0].day
        if is_same_day and (_order(old) == _order(new) or (old and old[0].day not in published)):
            continue
        if old is None and new is not None and new[0].day > end:
            continue
        on = {of[0].day for of in (old, new) if of is not None}
        is_frozen = not on.isdisjoint(published)
        reason, named = explainer.reason(b, old, new)
        (teams_before, start_before_s), (teams_after, start_after_s) = (
            _where(of) if is_frozen else ((), None) for of in (old, new)
        )
        made.append(
            MovePart(
                building_id=b,
                before=None if old is None else old[0].day,
                after=None if new is None else new[0].day,
                is_frozen=is_frozen,
                why="new" if old is None else "dropped" if new is None else "changed" if is_same_day else "moved",
                reason=reason,
                named=named,
                teams_before=teams_before,
                start_before_s=start_before_s,
                teams_after=teams_after,
                start_after_s=start_after_s,
            )
        )
    return tuple(sorted(made, key=lambda m: (not m.is_frozen, m.after or m.before or today, m.building_id)))


def _stops(day: DayPart, visit: VisitPart) -> list[tuple[TeamPart, StopPart]]:
    stops = [(t, s) for t in day.teams for s in t.stops if s.visit_id == visit.visit_id]
    return sorted(stops, key=lambda x: x[1].slot)


def _order(at: DatedVisit) -> object:
    """Return the teams, members, times, track, basis and firms of a visit, to compare; None without a visit."""
    if at is None:
        return None
    stops = [(t.team_id, sorted(t.member_ids), s.slot, s.start_s, s.end_s) for t, s in _stops(*at)]
    return stops, at[1].track, at[1].basis, at[1].targets


def _where(at: DatedVisit) -> tuple[tuple[str, ...], int | None]:
    """Return the ids of a visit's teams and its first start (seconds after midnight; None without a team)."""
    stops = [] if at is None else _stops(*at)
    return tuple(t.team_id for t, _ in stops), min((s.start_s for _, s in stops), default=None)


@dataclass(frozen=True, slots=True)
class _ChangeExplainer:
    before: CampaignRecord
    days: Sequence[DayPart]
    since: ChangedInputs

    def reason(self, building: str, old: DatedVisit, new: DatedVisit) -> Reason:
        """
        Return the reason why `old`, the visit of a building in the previous window, became `new`; None: no visit.

        New data about the building or its teams is the reason, if there is any; otherwise a change of other visits.
        """
        if old is not None:
            if old[0].day not in {d.day for d in self.days}:
                return "no_day", (old[0].day.isoformat(),)
            if off := self._off_duty(*old):
                return "off_duty", (old[0].day.isoformat(), *off)
        if new is None:
            return self._reason_dropped(building, old)
        if old is not None and old[0].day == new[0].day:
            return self._reason_on_same_day(old, new[1])
        return self._reason_from_new_input(building, old, new) or self._reason_from_others(old, new)

    def _off_duty(self, day: DayPart, visit: VisitPart) -> tuple[str, ...]:
        on_duty = self.since.on_duty.get(day.day)
        teams = [t for t in day.teams if any(s.visit_id == visit.visit_id for s in t.stops)]
        return () if on_duty is None else tuple(i for t in teams for i in t.member_ids if i not in on_duty)

    def _capped_firms(self, day: DayPart, visit: VisitPart) -> tuple[str, ...]:
        capped = self.since.capped.get(day.day.year, ())
        return tuple(u for u in visit.targets if u in capped)

    def _reason_dropped(self, building: str, old: DatedVisit) -> Reason:
        since = self.since
        if building in since.looks:
            return "looked", (since.looks[building].isoformat(),)
        capped = () if old is None else self._capped_firms(*old)
        if old is not None and capped and (building not in since.offered or capped == old[1].targets):
            return "cap", capped
        if building not in since.offered:
            return "no_ground", ()
        if old is not None and (others := self._added_on(old[0].day)):
            return "displaced", (old[0].day.isoformat(), *others)
        return "left", (since.unserved_reasons.get(building, "LOW_VALUE"),)

    def _reason_on_same_day(self, old: tuple[DayPart, VisitPart], new: VisitPart) -> Reason:
        on = old[0].day
        if any(i in self.since.rechecks and i not in old[1].basis for i in new.basis):
            return "again", ()
        if others := self._added_on(on):
            return "makes_way", (on.isoformat(), *others)
        if others := self._removed_on(on):
            return "room", (on.isoformat(), *others)
        return "with_others", (on.isoformat(),)

    def _reason_from_new_input(self, building: str, old: DatedVisit, new: tuple[DayPart, VisitPart]) -> Reason | None:
        (day, visit), since = new, self.since
        known = set() if old is None else set(old[1].basis)
        if building in since.leads:
            return "lead", (since.leads[building].isoformat(),)
        if any(i in since.rechecks and i not in known for i in visit.basis):
            return "again", ()
        if old is None and building in day.drawn:
            return "drawn", (day.day.isoformat(),)
        due = since.due.get(building)
        if due is not None and due <= self.days[-1].day and (old is None or day.day <= due < old[0].day):
            return "promise", (due.isoformat(),)
        for on in since.leads_due.get(building, ()):
            if day.day <= on and (old is None or on < old[0].day):
                return "lead_due", (on.isoformat(),)
        return None

    def _reason_from_others(self, old: DatedVisit, new: tuple[DayPart, VisitPart]) -> Reason:
        day, visit = new
        values = dict(zip(visit.days, visit.values, strict=True))
        if old is not None and old[0].day not in values:
            return "not_then", (old[0].day.isoformat(),)
        if old is not None and visit.value > values[old[0].day]:
            return "worth", (old[0].day.isoformat(), day.day.isoformat())
        if old is not None and old[0].day < day.day and (others := self._added_on(old[0].day)):
            return "displaced", (old[0].day.isoformat(), *others)
        if others := self._removed_on(day.day):
            return "room", (day.day.isoformat(), *others)
        return ("fills" if old is None else "place"), (day.day.isoformat(),)

    def _added_on(self, on: date) -> tuple[str, ...]:
        return _only_here(self.days, self.before.days, on)

    def _removed_on(self, on: date) -> tuple[str, ...]:
        return _only_here(self.before.days, self.days, on)


def _only_here(here: Sequence[DayPart], elsewhere: Sequence[DayPart], on: date) -> tuple[str, ...]:
    known = {v.building_id for d in elsewhere if d.day == on for v in d.visits}
    visits = [v for d in here if d.day == on for v in d.visits if v.building_id not in known]
    # Three buildings are named at most.
    return tuple(v.building_id for v in sorted(visits, key=lambda v: (-v.value, v.building_id))[:3])
