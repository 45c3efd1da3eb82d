"""Handouts: files for a class of readers outside the police (disclosure class), from a redacted edition (C26)."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from geodata.atomic_writes import fresh_folder
from geodata.message_catalogue import Texts
from sweep.audit.approval import Approval
from sweep.disk.formula_safe_csv import ENCODING, csv_text
from sweep.publish.archive.edition_json_file import MANIFEST
from sweep.publish.archive.manifest import sha256_manifest
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_and_release_times import before_entry_s, release_text
from sweep.publish.facts.names_and_reasons import building_name, label
from sweep.publish.facts.team_facts import StopFacts, TeamFacts, is_tried_again, served_visits, team_facts
from sweep.publish.handouts.public_counts import public_draw, public_rows
from sweep.publish.handouts.redaction import OutputClass, for_market_regulation
from sweep.publish.orders.order_page import order_page
from sweep.publish.page.escape import file_stem
from sweep.publish.page.render_pages import approved_page, render_page
from sweep.publish.table_columns import COLUMNS
from sweep.publish.tables.edition_tables import edition_csv
from sweep.publish.workbook.planning_sheets import orders_sheet, sites_sheet, teams_sheet
from sweep.publish.workbook.result_sheets import ledger_sheet
from sweep.publish.workbook.sheet_rows import firm_line
from sweep.publish.workbook.statistics_sheets import draw_sheet
from sweep.publish.workbook.write_xlsx import workbook
from sweep.records.draw import commitment

_SHEETS = (teams_sheet, sites_sheet, orders_sheet, ledger_sheet, draw_sheet)
_TABLES = ("draw.csv", "draw_firms.csv", "draw_officers.csv")


def handout_files(
    edition: Edition, output_class: OutputClass, texts: Texts, approval: Approval | None
) -> dict[str, bytes]:
    """
    Return the files of a handout for one disclosure class: bytes by file name.

    Parameters
    ----------
    approval
        Approval of this plan; None: every page says that it is a draft (C29).

    Raises
    ------
    ValueError
        If the class is `police` or unknown.
    """
    if output_class not in _BUILDERS:
        raise ValueError(f"output_class must be one of {sorted(_BUILDERS)}, got {output_class!r}")
    made = {}
    for name, content in _BUILDERS[output_class](edition, texts).items():
        if isinstance(content, str):
            page = content if approval is None else approved_page(content, approval, texts)
            made[name] = page.encode("utf-8")
        else:
            made[name] = content
    return made


def handout_manifest(edition: Edition, output_class: OutputClass, files: Mapping[str, bytes]) -> dict[str, Any]:
    """
    Return manifest.json of a handout: plan, scenario, day, disclosure class, and hashes of its files (`outputs`).

    It omits inputs and settings, which these readers may not see. `files`: content of each file, by name.
    """
    return {
        "plan_id": edition.plan_id,
        "scenario": edition.scenario.name,
        "day": edition.scenario.day.isoformat(),
        "output_class": output_class,
        "outputs": sha256_manifest(files),
    }


def write_handout(manifest: Mapping[str, Any], files: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Write a handout atomically to its folder, manifest.json last; return the paths. `files`: contents by name."""
    with fresh_folder(folder) as fresh:
        for name, data in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(data)
        text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        (fresh / MANIFEST).write_bytes(text.encode("utf-8"))
    return tuple(folder / name for name in (*files, MANIFEST))


type _Files = dict[str, str | bytes]


def market_brief(edition: Edition, texts: Texts) -> str:
    """Return the brief for market regulation, with teams, places and times; `edition`: the unredacted edition."""
    own = for_market_regulation(edition, texts)
    teams, made = team_facts(own), served_visits(own)
    return render_page(
        "handouts/brief.html.j2",
        texts,
        edition=own,
        teams=teams,
        n_buildings=len({v.building_id for v in made}),
        n_firms=len({uscc for v in made for uscc in v.targets}),
        stops=sorted(((t, s) for t in teams for s in t.stops), key=lambda pair: (pair[1].stop.start_s, pair[0].letter)),
        firm_line=lambda uscc: firm_line(own, uscc),
        name_of=lambda b: building_name(own.buildings.get(b), b),
        commitment=commitment(own.draw.seed),
        label=label,
    )


def _market_regulation(edition: Edition, texts: Texts) -> _Files:
    own = for_market_regulation(edition, texts)
    teams = team_facts(own)
    title = f"{own.scenario.name} {own.scenario.day.isoformat()} {own.plan_id}"
    book = workbook([sheet(own, texts) for sheet in _SHEETS], own.scenario.day, title)
    return {
        "brief.html": market_brief(edition, texts),
        **{f"teams/{file_stem(t.team.team_id)}.html": order_page(own, t, texts) for t in teams},
        "plan.xlsx": book,
        **{name: edition_csv(name, own, texts).encode(ENCODING) for name in _TABLES},
    }


def _property(edition: Edition, texts: Texts) -> _Files:
    """Return a notice for each building, in one folder per property company, so that no company sees another's."""
    visits: dict[str, list[tuple[TeamFacts, StopFacts]]] = {}
    for team in team_facts(edition):
        for stop in (s for s in team.stops if not is_tried_again(edition, s.stop)):
            visits.setdefault(stop.building.building_id, []).append((team, stop))
    files: _Files = {}
    for building_id, stops in visits.items():
        building = edition.buildings[building_id]
        first = min(s.stop.start_s for _, s in stops)
        folder = file_stem(building.property_company_id or f"none-{building_id}")
        files[f"{folder}/{file_stem(building_id)}.html"] = render_page(
            "handouts/property.html.j2",
            texts,
            day=edition.scenario.day,
            building_name=building_name(building, building_id),
            start_s=first,
            end_s=max(s.stop.end_s for _, s in stops),
            release=release_text(edition, before_entry_s(edition, first)),
            n_people=sum(len(t.members) for t, _ in stops),
            n_teams=len(stops),
        )
    return files


def _public(edition: Edition, texts: Texts) -> _Files:
    rows = public_rows(edition, texts)
    page = render_page(
        "handouts/public.html.j2",
        texts,
        day=edition.scenario.day,
        after=edition.scenario.day + timedelta(days=1),
        rows=rows,
        draw=public_draw(edition, rows[-1]),
        pool_sha256=edition.draw.pool_sha256,
        commitment=commitment(edition.draw.seed),
    )
    table = csv_text(COLUMNS["counts.csv"], rows)
    return {"notice.html": page, "counts.csv": table.encode(ENCODING)}


_BUILDERS = {"market_regulation": _market_regulation, "property": _property, "public": _public}
