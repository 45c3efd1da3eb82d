"""Page that compares plans with different numbers of teams or settings, next to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from geodata.message_catalogue import Texts
from sweep.audit.approval import Approval
from sweep.publish.charts.plan_charts import curve, gantt, gantt_span, share_bar
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import building_name, district_name, label, setting_name
from sweep.publish.facts.plan_summary import PlanSummary, plan_summary
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.page.render_pages import render_page, static_text
from sweep.publish.page.team_colours import team_letter
from sweep.publish.studies.plan_differences import (
    VisitedBuilding,
    compare_rows,
    figures,
    gain,
    inputs_that_differ,
    only_in,
    settings_that_differ,
    signed,
    visited_buildings,
)
from sweep.publish.studies.side_by_side_plan_maps import (
    Frame,
    Mark,
    frame_of_points,
    legend_mark,
    side_map,
    street_symbol,
)
from sweep.publish.table_columns import rows_csv


@dataclass(frozen=True, slots=True)
class Change:
    """Building that a plan visits and the first plan does not, or the other way round."""

    kind: str
    """`gained` or `lost`, compared with the first plan."""
    name: str
    address: str
    call: VisitedBuilding
    """Teams, start and value of the visits to the building, by the plan that makes them."""


@dataclass(frozen=True, slots=True)
class Side:
    """Column of the comparison page for one plan."""

    mark: str
    """Letter of the plan on the page: A, B, C ... in the order of the plans."""
    edition: Edition
    summary: PlanSummary
    approval: Approval | None
    """Approval of the plan; None: the plan is a draft."""
    gantt: Markup
    map: Markup
    n_kept: int
    """Number of buildings that both this plan and the first one visit."""
    changes: tuple[Change, ...]
    """Buildings that differ from the first plan; empty for the first plan."""


def comparison_files(
    editions: Sequence[Edition], texts: Texts, approvals: Mapping[str, Approval] | None = None
) -> dict[str, str]:
    """
    Return the texts of comparison.html and comparison.csv of at least one plan, by file name.

    `approvals`: approvals by plan id; a plan without one is shown as a draft.
    """
    table = rows_csv(compare_rows([plan_summary(edition) for edition in editions]))
    return {"comparison.html": compare_page(editions, texts, approvals), "comparison.csv": table}


def compare_page(editions: Sequence[Edition], texts: Texts, approvals: Mapping[str, Approval] | None = None) -> str:
    """
    Return the comparison of plans with the first one as one HTML page; ValueError if there is no plan.

    `approvals`: approvals by plan id; a plan without one is shown as a draft.
    """
    if not editions:
        raise ValueError("editions must hold at least one plan")
    summaries = [plan_summary(edition) for edition in editions]
    points = sorted({(float(p.n_teams), p.value, texts.number(p.value, 2)) for p in summaries})
    codes = sorted({code for p in summaries for code in p.expected_finds_by_district})
    names = {code: name for e in editions for code, name in e.division_names.items()}
    visited = (e.buildings[b] for e in editions for b in visited_buildings(e))
    frame = frame_of_points((b.lon, b.lat) for b in visited)
    return render_page(
        "studies/compare.html.j2",
        texts,
        sides=_sides(editions, summaries, approvals or {}, frame, texts),
        figures=figures(summaries, texts),
        chart=curve(points, texts("compare.axis.teams"), texts("compare.axis.value"), texts)
        if len({x for x, _, _ in points}) > 1
        else None,
        gains=[gain(summaries[0], summary) for summary in summaries],
        districts=codes,
        district=lambda code: district_name(code, names, texts),
        settings=settings_that_differ(editions),
        setting=partial(setting_name, texts=texts),
        inputs=[label(texts, f"input.{table}", table) for table in inputs_that_differ(editions)],
        days=len({e.scenario.day for e in editions}),
        ground=street_symbol(editions[0].streets, frame),
        legend_mark=legend_mark,
        share_bar=share_bar,
        signed=signed,
        script=static_text("page/sort.js"),
        label=label,
    )


def _sides(
    editions: Sequence[Edition],
    summaries: Sequence[PlanSummary],
    approvals: Mapping[str, Approval],
    frame: Frame,
    texts: Texts,
) -> list[Side]:
    teams = [team_facts(edition) for edition in editions]
    settings = [edition.scenario.plan for edition in editions]
    spans = [gantt_span(t, s.shift_start_s, s.shift_end_s) for t, s in zip(teams, settings, strict=True)]
    start_s, end_s = min(a for a, _ in spans), max(b for _, b in spans)
    first = visited_buildings(editions[0])
    sides = []
    for place, (edition, summary) in enumerate(zip(editions, summaries, strict=True)):
        mark, own = team_letter(place), visited_buildings(edition)
        gained, lost = only_in(own, first), only_in(first, own)
        marks = [_mark(edition, c, "kept" if c.building_id in first else "gained", texts) for c in own.values()]
        marks += [_mark(editions[0], c, "lost", texts) for c in lost]
        sides.append(
            Side(
                mark,
                edition,
                summary,
                approvals.get(edition.plan_id),
                gantt(teams[place], start_s, end_s, texts),
                side_map(marks, frame, texts("compare.map_of", mark=mark)),
                len(own) - len(gained),
                (*_changes(edition, gained, "gained"), *_changes(editions[0], lost, "lost")),
            )
        )
    return sides


def _mark(edition: Edition, call: VisitedBuilding, kind: str, texts: Texts) -> Mark:
    building = edition.buildings[call.building_id]
    name = building_name(building, call.building_id)
    where = f"{' '.join(call.letters)} {texts.clock(call.start_s)}"
    return Mark(
        building,
        kind,
        f"{texts(f'compare.{kind}')}{texts('list.colon')}{name} · {where} · {texts.number(call.value, 3)}",
    )


def _changes(edition: Edition, visited: Sequence[VisitedBuilding], kind: str) -> list[Change]:
    buildings = ((c, edition.buildings[c.building_id]) for c in visited)
    return [Change(kind, building_name(b, c.building_id), b.address, c) for c, b in buildings]
