"""Limits on inspecting a firm again: over all authorities (C33), and by an officer who found nothing (C34)."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.records.people import Person
from sweep.scenario.law_and_form_settings import Codes

# Tracks on which a visit inspects no firm.
_WITHOUT_INSPECTION = ("stocktake", "investigation")


def busy_firms(history: pd.DataFrame, others: pd.DataFrame, day: date, codes: Codes) -> frozenset[str]:
    """
    Return the firms for which one more inspection on the day would exceed a limit over all authorities (C33).

    `codes.inspections_max` has the limits for a day, a calendar week and a calendar month.

    Parameters
    ----------
    history
        Past visits; those of one firm and day are one joint inspection.
    others
        Inspections by other authorities, `geodata.schema.OTHER_INSPECTIONS`; also those scheduled after the day.
    """
    start = pd.Timestamp(day, tz=TIMEZONE)
    own = history[history["uscc"].notna() & (history["visited_on"] < start)]
    own = own[~own["track"].isin(_WITHOUT_INSPECTION)]
    monday = day - timedelta(days=day.weekday())
    own_days = set(zip(own["uscc"], own["visited_on"].dt.date, strict=True))
    all_days = [*own_days, *zip(others["uscc"], others["visited_on"].dt.date, strict=True)]
    limits = (
        (codes.inspections_max["day"], lambda d: d == day),
        (codes.inspections_max["week"], lambda d: monday <= d < monday + timedelta(days=7)),
        (codes.inspections_max["month"], lambda d: (d.year, d.month) == (day.year, day.month)),
    )
    return frozenset(
        uscc
        for most, is_in in limits
        for uscc, n in Counter(u for u, d in all_days if is_in(d)).items()
        if n + 1 > most
    )


def with_blocked_firms(
    persons: Mapping[str, Person], history: pd.DataFrame, day: date, codes: Codes, off: Collection[str]
) -> dict[str, Person]:
    """
    Return the people, by id, with a recusal from each firm where a person's last three inspections found nothing (C34).

    Inspections of the 365 days before `day` count. The rule applies if inspections must show an inspection code
    (`codes.required` is `shown`) and C34 is not among the rules `off`; else the people are unchanged. Firms with a
    stated reason (`codes.repeat_reasons`) are exempt.
    """
    if codes.required != "shown" or "C34" in off:
        return dict(persons)
    end = pd.Timestamp(day, tz=TIMEZONE)
    past = history[history["visited_on"].between(end - pd.Timedelta(days=365), end, inclusive="left")]
    past = past[past["uscc"].notna() & past["officers"].notna() & past["outcome"].ne("no_access")]
    past = past[~past["track"].isin(_WITHOUT_INSPECTION) & ~past["uscc"].isin(list(codes.repeat_reasons))]
    rows = past.assign(
        person=past["officers"].str.split(";"), day=past["visited_on"].dt.date, is_empty=past["outcome"].eq("nothing")
    ).explode("person")
    rows["person"] = rows["person"].str.strip()
    last = rows.groupby(["person", "uscc", "day"])["is_empty"].all().groupby(level=[0, 1]).tail(3)
    n_empty = last.groupby(level=[0, 1]).sum()
    blocked: dict[str, set[str]] = {}
    for person_id, uscc in n_empty[n_empty.eq(3)].index:
        blocked.setdefault(person_id, set()).add(uscc)
    return {i: replace(p, recusals=p.recusals | blocked[i]) if i in blocked else p for i, p in persons.items()}
