"""Status of a campaign under a window's plan: promises, caps, inspected buildings, duties of people."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sweep.campaign.model.cap_use_and_uneven_hours import cap_accounts
from sweep.campaign.model.promise_deadlines import DueDate, promise_status
from sweep.campaign.records import NO_CLASS, CapPart, DayPart, LoadPart, PromisePart, SharePart
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.select.selection_tables import counted_inspections
from sweep.select.target_firms import CLASS_ORDER, active_firms


def worst_classes(loaded: LoadedCampaign) -> dict[str, str]:
    """Return the worst credit class among each building's active firms, by building id; `NO_CLASS` if none has one."""
    known = active_firms(loaded.inputs.firms).dropna(subset="credit_class")
    pairs = zip(known["building_id"], known["credit_class"], strict=True)
    # The worst class of a building comes last and stays.
    worst = dict(sorted(pairs, key=lambda pair: -CLASS_ORDER[pair[1]]))
    return {b: worst.get(b, NO_CLASS) for b in loaded.buildings}


def promises_of(
    loaded: LoadedCampaign, days: Sequence[DayPart], due: Mapping[str, DueDate], planned_on: Mapping[str, date]
) -> Iterable[PromisePart]:
    """Return each promise's status in the window `days`; `due`: due date, `planned_on`: planned day, by building id."""
    campaign = loaded.campaign
    weeks = ((campaign.last_day - campaign.first_day).days + 1) / 7.0
    days_per_week = len(loaded.all_days()) / weeks
    return promise_status(
        due.values(), campaign.ordered_promises, loaded.today, days[-1].day, planned_on, days_per_week
    )


def caps_of(loaded: LoadedCampaign, days: Sequence[DayPart]) -> Iterable[CapPart]:
    """Return, by authority, credit class and year, inspections done and planned, and the firms at their cap (C06)."""
    inputs, scenario = loaded.inputs, loaded.scenario
    firms = active_firms(inputs.firms)
    classes = dict(zip(firms["uscc"], firms["credit_class"].fillna(NO_CLASS), strict=True))
    counted = counted_inspections(inputs.history, scenario.select.cap_exempt)
    done = zip(counted["authority"], counted["uscc"], counted["visited_on"].dt.year, strict=True)
    to_come = [(u, d.day.year) for d in days for v in d.visits if v.track in ("routine", "special") for u in v.targets]
    years = sorted({d.day.year for d in days})
    return cap_accounts(classes, scenario.select.annual_cap, done, to_come, years)


def shares_of(
    looks: Mapping[str, Sequence[int]],
    planned_on: Mapping[str, date],
    group_of: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> Iterable[SharePart]:
    """
    Yield the numbers of buildings of each group, by ascending group: all, inspected since the campaign began, planned.

    Buildings never inspected are counted too: in `n_never_planned` if planned in the window, else in `n_never`.
    `group_of`: group by building id. `looks`: days of visits by building id, as from `looks_of`. `planned_on`: planned
    day by building id. `names`: name by group; None: names are empty.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for b, group in group_of.items():
        groups[group].append(b)
    never = {b for b in group_of if not looks.get(b)}
    for group, ids in sorted(groups.items()):
        yield SharePart(
            group=group,
            name=(names or {}).get(group, ""),
            n_buildings=len(ids),
            n_looked=sum(b not in never and looks[b][-1] >= 0 for b in ids),
            n_planned=sum(b in planned_on for b in ids),
            n_never=sum(b in never and b not in planned_on for b in ids),
            n_never_planned=sum(b in never and b in planned_on for b in ids),
        )


def load_of(loaded: LoadedCampaign, days: Iterable[DayPart]) -> Iterable[LoadPart]:
    """Return the days and hours of duty of each person of the roster on `days`; only days in teams with stops count."""
    plan = loaded.scenario.plan
    hours = (plan.shift_end_s - plan.shift_start_s) / 3600.0
    n = Counter(i for d in days for t in d.teams if t.stops for i in t.member_ids)
    return (LoadPart(person_id=i, n_days=n[i], hours=round(n[i] * hours, 3)) for i in sorted(loaded.persons))
