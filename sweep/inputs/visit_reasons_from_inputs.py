"""Reasons for each visit, derived from the inputs and independent of the selection (C29)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from sweep.inputs.matched_inputs import Inputs
from sweep.records.visits import Recheck, TargetReason, Visit
from sweep.scenario.law_and_form_settings import Special


class _Lead(NamedTuple):
    uscc: object
    """Credit code of the firm that the lead names; NaN: no firm."""
    received_at: pd.Timestamp
    unit: str | None
    """Room that the lead names, or None."""
    floor: str | None
    """Floor that the lead names, or None."""


def target_reasons(
    visits: Iterable[Visit], inputs: Inputs, seed: str, special: Iterable[Special] = ()
) -> dict[str, tuple[TargetReason, ...]]:
    """
    Return the reasons for each visit, by visit id: those for its building first, then those for each firm.

    `seed`: seed of the random draw, which the reason of a drawn visit names; `special`: lists of special inspections.
    """
    rows = inputs.leads[["lead_id", "uscc", "received_at", "unit", "floor_label"]].itertuples(index=False, name=None)
    leads = {
        str(k): _Lead(uscc, at, *(None if pd.isna(x) else str(x) for x in inside)) for k, uscc, at, *inside in rows
    }
    items = {r.recheck_id: r for r in inputs.rechecks}
    listed = inputs.firms[["uscc", "credit_class"]]
    classes = {str(u): None if pd.isna(c) else str(c) for u, c in listed.itertuples(index=False, name=None)}
    lists = {s.number: s for s in special}
    return {
        v.visit_id: tuple(_reasons(v, [leads[b] for b in v.basis if b in leads], items, lists, classes, seed))
        for v in visits
    }


def _reasons(
    visit: Visit,
    leads: Sequence[_Lead],
    items: Mapping[str, Recheck],
    lists: Mapping[str, Special],
    classes: Mapping[str, str | None],
    seed: str,
) -> Iterator[TargetReason]:
    looked_at = [items[b] for b in visit.basis if b in items]
    special = [lists[b] for b in visit.basis if b in lists]
    if leads:
        yield _of_leads("", leads)
        yield from _rooms_of_leads(leads)
    if looked_at:
        yield TargetReason("", "recheck", {"n": len(looked_at), "day": min(r.due_on for r in looked_at).isoformat()})
    if visit.track == "routine":
        yield TargetReason("", "draw", {"seed": seed, "percent": f"{100 * visit.selection_probability:.2f}"})
    elif special:
        yield _of_lists("", special)
    elif not leads and not looked_at and visit.basis:
        yield TargetReason("", "basis", {"track": visit.track, "basis": ", ".join(visit.basis)})
    for uscc in visit.targets:
        yield from _of_firm(uscc, visit, leads, looked_at, [s for s in special if uscc in s.firms], classes)


def _of_firm(
    uscc: str,
    visit: Visit,
    leads: Sequence[_Lead],
    looked_at: Sequence[Recheck],
    lists: Sequence[Special],
    classes: Mapping[str, str | None],
) -> Iterator[TargetReason]:
    named = [lead for lead in leads if lead.uscc == uscc]
    own = [r for r in looked_at if r.uscc == uscc]
    if named:
        yield _of_leads(uscc, named)
    for item in own:
        yield TargetReason(uscc, "failed", {"day": item.opened_on.isoformat(), "due": item.due_on.isoformat()})
    if lists:
        yield _of_lists(uscc, lists)
    if named or own or lists or uscc not in classes:
        return
    credit_class = classes[uscc]
    if visit.track == "routine":
        yield TargetReason(uscc, "drawn", {"class": credit_class or "-"})
    else:
        yield TargetReason(uscc, "class", {"class": credit_class or "-"})


def _of_lists(uscc: str, lists: Sequence[Special]) -> TargetReason:
    return TargetReason(uscc, "basis", {"track": "special", "basis": ", ".join(s.number for s in lists)})


def _of_leads(uscc: str, leads: Sequence[_Lead]) -> TargetReason:
    return TargetReason(uscc, "lead", {"n": len(leads), "day": f"{max(lead.received_at for lead in leads):%Y-%m-%d}"})


def _rooms_of_leads(leads: Sequence[_Lead]) -> Iterator[TargetReason]:
    rooms = [lead.unit for lead in leads if lead.unit]
    floors = [lead.floor for lead in leads if lead.floor and not lead.unit]
    for code, named in (("rooms", rooms), ("floors", floors)):
        if named:
            counts = Counter(named).most_common()
            yield TargetReason("", code, {code: ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in counts)})
