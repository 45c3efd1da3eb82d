"""Why each visit goes where it goes, worked out from the inputs and not from what the selection thought (C29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from sweep.pipeline.inputs.inputs import Inputs
from sweep.records.visits import Recheck, TargetReason, Visit


def target_reasons(visits: Iterable[Visit], inputs: Inputs, seed: str) -> dict[str, tuple[TargetReason, ...]]:
    """
    The reasons of every visit: of its building first, then of each of its firms.

    Parameters
    ----------
    visits
        On offer.
    inputs
        Leads, firms and open items.
    seed
        The seed of the draw.
    """
    leads = inputs.leads.set_index("lead_id", drop=False)
    items = {r.recheck_id: r for r in inputs.rechecks}
    listed = inputs.firms[["uscc", "credit_class"]]
    classes = {str(u): None if pd.isna(c) else str(c) for u, c in listed.itertuples(index=False, name=None)}
    return {
        v.visit_id: tuple(_reasons(v, leads.loc[leads.index.intersection(list(v.basis))], items, classes, seed))
        for v in visits
    }


def _reasons(
    visit: Visit, leads: pd.DataFrame, items: Mapping[str, Recheck], classes: Mapping[str, str | None], seed: str
) -> Iterator[TargetReason]:
    looked_at = [items[b] for b in visit.basis if b in items]
    if len(leads):
        yield TargetReason("", "lead", {"n": len(leads), "day": f"{leads['received_at'].max():%Y-%m-%d}"})
    if looked_at:
        yield TargetReason("", "recheck", {"n": len(looked_at), "day": min(r.due_on for r in looked_at).isoformat()})
    if visit.track == "routine":
        yield TargetReason("", "draw", {"seed": seed, "percent": f"{100 * visit.selection_probability:.2f}"})
    elif not len(leads) and not looked_at and visit.basis:
        yield TargetReason("", "basis", {"track": visit.track, "basis": ", ".join(visit.basis)})
    for uscc in visit.targets:
        yield from _of_firm(uscc, visit, leads, looked_at, classes)


def _of_firm(
    uscc: str, visit: Visit, leads: pd.DataFrame, looked_at: list[Recheck], classes: Mapping[str, str | None]
) -> Iterator[TargetReason]:
    named = leads[leads["uscc"] == uscc]
    own = [r for r in looked_at if r.uscc == uscc]
    if len(named):
        yield TargetReason(uscc, "lead", {"n": len(named), "day": f"{named['received_at'].max():%Y-%m-%d}"})
    for item in own:
        yield TargetReason(uscc, "failed", {"day": item.opened_on.isoformat(), "due": item.due_on.isoformat()})
    if len(named) or own or uscc not in classes:
        return
    credit_class = classes[uscc]
    if visit.track == "routine":
        yield TargetReason(uscc, "drawn", {"class": credit_class or "-"})
    else:
        yield TargetReason(uscc, "class", {"class": credit_class or "-"})
