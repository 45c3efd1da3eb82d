"""Every key of scenario.toml changes an output or an error: shown here, or by the named test."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from docs.tools.settings import key_names, sections
from geodata.errors import InputError
from geodata.read.read_table import sha256_of
from geodata.schema import RESULTS, TIMEZONE
from sweep.follow.rechecks import follow_rechecks
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.assemble_edition import ranking_table
from sweep.jobs.backtest.backtest import protocol_of
from sweep.jobs.stages.plan_day import limits_of, make_problem
from sweep.jobs.stages.plan_id import plan_id
from sweep.jobs.stages.plan_inputs_record import PlanInputs, prepare
from sweep.jobs.stages.rank_day import Ranked, rank
from sweep.jobs.stages.select_day import make_travel, select
from sweep.made_up.city_cache import city_folder
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.plan.problem.problem_file import problem_sha256
from sweep.publish.outputs_outside_editions import WRITTEN
from sweep.records.plan import Plan
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from sweep.select.lead_due_times import falls_due
from tests.known import tables_known as tables_known
from tests.paths import ROOT

SIZES = {"n_buildings": 24, "n_dens": 6, "n_leads": 80, "n_police": 32, "n_market_regulation": 16, "n_auxiliary": 6}
BASE = {"teams.n_teams": "3", "solver.iterations": "50"}
EMPTY = Plan("feasible", 0.0, 0.0, "", (), (), (), 1, 1)


@dataclass(frozen=True)
class Base:
    """The scenario that each key is changed in, with what its stages give."""

    folder: Path
    city: Path
    inputs: Inputs
    ranked: Ranked
    on_offer: str
    """A building on offer for its leads."""
    unchanged: dict[tuple[object, ...], list[object]]
    """Outcome of a stage, in a list, by its name and the values that hold before a change."""

    def load(self, given: Mapping[str, str]) -> Scenario:
        return load_scenario(self.folder, {**BASE, **given})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        folder = tmp_path_factory.mktemp("tiny")
        (folder / "scenario.toml").write_text('name = "tiny"\nday = 2026-09-16\nlang = "en"\n', encoding="utf-8")
        sizes = "".join(f"{key} = {value}\n" for key, value in SIZES.items())
        (folder / "city.toml").write_text(sizes, encoding="utf-8")
        city = city_folder(SyntheticCitySettings(seed=1, day=date(2026, 9, 16), **SIZES))
        write_variants(city)
        scenario = load_scenario(folder, BASE)
        inputs = load_inputs(scenario)
        ranked = rank(scenario, inputs)
        case = next(v for v in select(scenario, inputs, ranked).offer.visits if v.track == "case")
        yield Base(folder, city, inputs, ranked, case.building_id, {})


def write_variants(city: Path) -> None:
    """Tables beside the city's own on which a key has an effect that these have no use for."""

    def table(name: str) -> pd.DataFrame:
        return pd.read_csv(city / f"{name}.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)

    def write(name: str, rows: pd.DataFrame) -> None:
        rows.to_csv(city / f"{name}.csv", index=False, quoting=csv.QUOTE_MINIMAL)

    write("undivided", table("building_files").drop(columns="division_code"))
    write("abroad", table("bases").assign(lon="-87.6", lat="41.8"))
    write("personal", table("leads").assign(address=table("leads")["address"] + " 13800138000"))
    write("untyped", table("leads").drop(columns="lead_type"))
    write("unknown_types", table("leads").assign(lead_type="nothing of the kind"))


def issues_of(error: InputError) -> list[tuple[str, str, str]]:
    return [(i.code, i.where, str(sorted(i.values.items()))) for i in error.issues]


def of_inputs(base: Base, given: Mapping[str, str]) -> object:
    scenario = base.load(given)
    try:
        inputs = load_inputs(scenario)
    except InputError as error:
        return issues_of(error)
    tables = (inputs.buildings, inputs.firms, inputs.leads, inputs.roster, inputs.bases, inputs.history)
    notes = [(i.code, i.where) for i in inputs.warnings]
    return [t.astype(str).to_csv() for t in tables], notes, str(inputs.pins), str(inputs.streets.total_bounds)


def of_ranking(base: Base, given: Mapping[str, str]) -> object:
    ranked = rank(base.load(given), base.inputs)
    return ranking_table(ranked).astype(str).to_csv(), str(ranked.clusters)


def _prepared(base: Base, given: Mapping[str, str]) -> PlanInputs:
    scenario = base.load(given)
    return prepare(scenario, base.inputs, base.ranked, select(scenario, base.inputs, base.ranked))


def of_offer(base: Base, given: Mapping[str, str]) -> object:
    try:
        offered = _prepared(base, given).offered
    except InputError as error:
        return issues_of(error)
    return (
        str(offered.offer),
        [(n.code, str(n.values)) for n in offered.notes],
        offered.table.method,
        offered.table.duration_s.tolist(),
    )


def of_problem(base: Base, given: Mapping[str, str]) -> object:
    try:
        return problem_sha256(make_problem(_prepared(base, given)))
    except InputError as error:
        return issues_of(error)


def of_search(base: Base, given: Mapping[str, str]) -> object:
    return limits_of(base.load(given), 1.0)


def of_id(base: Base, given: Mapping[str, str]) -> object:
    return plan_id(base.load(given), (), EMPTY)


def of_due(base: Base, given: Mapping[str, str]) -> object:
    scenario, days = base.load(given), (date(2026, 9, 16) - timedelta(days=k) for k in range(90))
    limits = (scenario.select.due_workdays, scenario.select.due_hours)
    leads = base.inputs.leads.assign(
        due_at=pd.Series(pd.NaT, base.inputs.leads.index, dtype="datetime64[ns, UTC+08:00]")
    )
    return [falls_due(leads, day, *limits, hours=scenario.hours).tolist() for day in days]


def of_backtest(base: Base, given: Mapping[str, str]) -> object:
    return protocol_of(base.load(given).backtest, 365.0, 1)


def of_lines(base: Base, given: Mapping[str, str]) -> object:
    lon, lat = np.array([117.0, 117.01]), np.array([36.6, 36.61])
    return make_travel(base.load(given), None).table(lon, lat).duration_s.tolist()


def of_rechecks(base: Base, given: Mapping[str, str]) -> object:
    blank = dict.fromkeys(map(str, RESULTS.columns)) | {
        "plan_id": "P",
        "is_target": "yes",
        "unit_state": "open",
    }
    at = pd.Timestamp("2026-09-16", tz=TIMEZONE)
    rows = [
        blank | {"visit_id": v, "building_id": v, "uscc": v, "result_id": v, "visited_on": at} | {fault: value}
        for v, fault, value in (("V1", "n_hazards", 1), ("V2", "is_rectify", "yes"))
    ]
    return [(r.recheck_id, r.due_on) for r in follow_rechecks(pd.DataFrame(rows), base.load(given).follow_up)]


def of_retention(base: Base, given: Mapping[str, str]) -> object:
    kept = base.load(given).retention
    return [(w.name, getattr(kept, w.kept)) for w in WRITTEN if w.kept is not None]


type Stage = Callable[[Base, Mapping[str, str]], object]
SPECIAL = (
    '[{number="A-1", level="county", approved_on=2026-09-01, filed_on=2026-09-02, published_on=2026-09-03, '
    'yearly_no=1, firms=FIRMS, is_must=false, blanket_reason="every firm of the chain"}]'
)
NIGHT = {"plan.shift_start": "19:00:00", "plan.shift_end": "22:00:00", "plan.window_start": "19:00:00"} | {
    "plan.window_end": "21:00:00"
}
APPROVED = '{number="N-1", approved_on=2026-09-10}'
PERIOD = "[{from=12:00:00, until=18:00:00, factors={primary=2.0, secondary=2.0, tertiary=2.0, other=2.0}}]"
POINTS = '{leads=[{lon="lon", lat="lat", datum="wgs84"}]}'
# By key: its changed value, the stage, and what else is set before and after. `filled` replaces words in capitals.
CHANGES: dict[str, tuple[str, Stage] | tuple[str, Stage, dict[str, str]]] = {
    "name": ("other", of_id),
    "day": ("2026-09-17", of_inputs),
    "seed": ("2", of_search),
    "plan.speed_kmh": ("30.0", of_lines),
    "follow_up.recheck_days": ("9", of_rechecks),
    "follow_up.hazard_days": ("9", of_rechecks),
    "retention.edition_days": ("90", of_retention),
    "retention.results_days": ("900", of_retention),
    "backtest.first_day": ("60.0", of_backtest),
    "backtest.horizon_days": ("30.0", of_backtest),
    "form.police": ('["fire_exit_blocked"]', of_offer),
    "form.market_regulation": ('["licence_displayed"]', of_offer),
    **{
        f"data.{t}": ("none.csv", of_inputs) for t in ("building_files", "firms", "leads", "roster", "bases", "history")
    },
    **{f"data.{t}": ("none.csv", of_inputs) for t in ("offices", "water", "districts", "investigations", "pins")},
    **{f"data.{t}": ("none.osm.pbf", of_inputs) for t in ("buildings", "outlines", "streets")},
    "data.assign": ("none.csv", of_inputs),
    "data.division_code": ('"370102"', of_inputs, {"data.building_files": "undivided.csv"}),
    "data.divisions": ('["370102"]', of_inputs),
    "data.in_part": ("true", of_inputs, {"law.special": SPECIAL.replace("FIRMS", '["NO-SUCH-FIRM"]')}),
    "data.clip": ("[116.9, 36.5, 117.0, 36.8]", of_inputs),
    "data.anywhere": ("true", of_inputs, {"data.bases": "abroad.csv"}),
    "data.datum": ("gcj02", of_inputs),
    "data.datums": ('{leads = "gcj02"}', of_inputs),
    "data.columns": ('{leads = {lead_type = "lead_source"}}', of_inputs),
    "data.values": ('{leads = {lead_type = {tip = "goip"}}}', of_inputs),
    "data.constants": ('{leads = {lead_type = "tip"}}', of_inputs, {"data.leads": "untyped.csv"}),
    "data.accept_losses": ('["leads"]', of_inputs, {"data.leads": "unknown_types.csv"}),
    "data.keep_personal": ('{leads = ["address"]}', of_inputs, {"data.leads": "personal.csv"}),
    "data.made_up": ('{leads = "SHA256"}', of_inputs),
    "data.points.TABLE.lon": (POINTS.replace('lon="lon"', 'lon="lat"'), of_inputs, {"data.points": POINTS}),
    "data.points.TABLE.lat": (POINTS.replace('lat="lat"', 'lat="lon"'), of_inputs, {"data.points": POINTS}),
    "data.points.TABLE.datum": (POINTS.replace("wgs84", "gcj02"), of_inputs, {"data.points": POINTS}),
    "rank.half_life_days": ("{tip = 3.0, goip = 3.0, call_room = 3.0}", of_ranking),
    "rank.hit_share": ("{tip = 0.9, goip = 0.9, call_room = 0.9}", of_ranking),
    "rank.no_access_share": ("0.5", of_ranking),
    "select.n_case_visits_max": ("2", of_offer),
    "select.draw_share": ("0.9", of_offer),
    "select.draw_seed": ("other", of_offer),
    "select.draw_ratio": (
        "{A = 1.0, B = 0.01, C = 0.01, D = 0.01, none = 0.01}",
        of_offer,
        {"select.draw_share": "1.0"},
    ),
    "select.target_share_max": ("0.01", of_offer),
    "select.n_targets_max": ("1", of_offer),
    "select.annual_cap": ("{A = 0, B = 0, C = 0, D = 0}", of_offer),
    "select.due_workdays": ("1", of_due),
    "select.due_hours": ("{call_room = 1.0, tip = 1.0}", of_due),
    "select.n_stocktake_max": ("5", of_offer),
    "select.cooldown_days": ("365", of_offer),
    "teams.n_teams": ("2", of_problem),
    "teams.mode": ("squads", of_problem),
    "teams.reserve_share": ("0.6", of_problem),
    "teams.min_certified": ("{police = 3, market_regulation = 2}", of_problem),
    "teams.members_max": ("5", of_problem),
    "teams.min_female": ("2", of_problem),
    "teams.assist_letter": ("true", of_problem),
    "teams.max_duty_hours": ("3.0", of_problem),
    "teams.break_after_hours": ("2.0", of_problem),
    "teams.break_minutes": ("45", of_problem, {"teams.break_after_hours": "2.0"}),
    "plan.shift_start": ("13:00:00", of_problem),
    "plan.shift_end": ("17:00:00", of_problem),
    "plan.window_start": ("14:00:00", of_problem),
    "plan.window_end": ("16:00:00", of_problem),
    "plan.entry_minutes": ("15.0", of_problem),
    "plan.door_minutes": ("4.0", of_problem),
    "plan.inspection_minutes": ("30.0", of_problem),
    "plan.entry_low_minutes": ("2.0", of_problem),
    "plan.entry_high_minutes": ("60.0", of_problem),
    "plan.service_quantile": ("0.5", of_problem),
    "plan.due_weight": ("2.0", of_problem),
    "plan.link_tolerance_s": ("60", of_problem),
    "weights.overtime": ("1.0", of_problem, {"weights.paid_until": "17:00:00"}),
    "weights.paid_until": ("16:00:00", of_problem, {"weights.overtime": "1.0"}),
    "weights.uneven_work": ("1.0", of_problem),
    "roads.parking_minutes": ("9.0", of_offer),
    "roads.indoors_minutes": ("9.0", of_offer),
    "roads.walk_within_m": ("1000.0", of_offer),
    "roads.periods.from": (PERIOD.replace("12:00", "16:00"), of_offer, {"roads.periods": PERIOD}),
    "roads.periods.until": (PERIOD.replace("18:00", "14:00"), of_offer, {"roads.periods": PERIOD}),
    "roads.periods.factors": (PERIOD.replace("2.0", "3.0"), of_offer, {"roads.periods": PERIOD}),
    "hours.working": ("[[09:00:00, 10:00:00]]", of_offer),
    "hours.holidays": ("[2026-09-16]", of_inputs),
    "hours.workdays": ("[2026-09-19]", of_inputs, {"day": "2026-09-19"}),
    "hours.approval.number": (APPROVED.replace("N-1", "N-2"), of_id, {"hours.approval": APPROVED}),
    "hours.approval.approved_on": (APPROVED.replace("10}", "17}"), of_inputs, NIGHT | {"hours.approval": APPROVED}),
    "law.certificate": ("C-1", of_offer),
    "law.certificates": ('{BUILDING = "C-1"}', of_offer),
    **{
        f"law.special.{key}": (SPECIAL.replace(old, new), of_offer, {"law.special": SPECIAL})
        for key, old, new in (
            ("number", "A-1", "A-2"),
            ("level", "county", "township"),
            ("approved_on", "approved_on=2026-09-01, ", ""),
            ("filed_on", "filed_on=2026-09-02, ", ""),
            ("published_on", "published_on=2026-09-03, ", ""),
            ("yearly_no", "yearly_no=1", "yearly_no=3"),
            ("firms", "FIRMS", "FEWER"),
            ("is_must", "false", "true"),
        )
    },
    "law.special.blanket_reason": (
        SPECIAL.replace(', blanket_reason="every firm of the chain"', ""),
        of_inputs,
        {"law.special": SPECIAL},
    ),
    "rules.off": ('{C18 = "no team can be spared"}', of_problem),
    "solver.time_limit_s": ("7.0", of_search),
    "solver.iterations": ("77", of_search),
}
# Keys whose effect another test shows.
HELD = {
    "lang": "tests/jobs/stages/test_publish_day.py::"
    "test_a_proof_that_the_checker_refuses_is_not_published_and_that_is_said",
    "select.draw_commitment": "tests/select/test_law_and_draw_warnings.py::"
    "test_a_seed_committed_before_the_day_is_nothing_to_report",
    "select.draw_committed_on": "tests/select/test_law_and_draw_warnings.py::"
    "test_a_commitment_of_the_day_itself_is_noted",
    "teams.recusals_elsewhere": "tests/cli/test_rule_inputs.py::"
    "test_what_is_settled_for_a_district_that_is_not_planned_stops_no_plan_of_another",
    "release.minutes_before": "tests/publish/handouts/test_handout_contents.py::"
    "test_an_order_is_given_out_an_hour_before_the_first_entry_and_before_leaving",
    "law.dwelling_certificates": "tests/rules/test_kept_firms.py::"
    "test_a_firm_in_a_dwelling_is_not_even_looked_at_again",
    "codes.required": "tests/rules/test_kept_people.py::"
    "test_an_officer_who_found_nothing_three_times_is_kept_off_where_codes_are_shown",
    "codes.lead": "tests/cli/test_inspection_codes.py::test_the_lead_of_a_joint_task_is_the_department_of_the_scenario",
    "codes.inspections_max": "tests/select/test_caps.py::"
    "test_the_limits_over_all_authorities_are_those_of_the_scenario",
    "data.other_inspections": "tests/inputs/test_other_inspections.py::"
    "test_done_and_scheduled_inspections_are_read_and_an_odd_row_is_set_aside",
    "codes.repeat_reasons": "tests/rules/test_kept_people.py::"
    "test_an_officer_who_found_nothing_three_times_is_kept_off_where_codes_are_shown",
    "codes.annual_plan": "tests/check/test_rule_registry.py::"
    "test_the_annual_plan_of_last_year_holds_until_the_end_of_march",
    "form.published": "tests/cli/test_inspection_codes.py::"
    "test_the_items_are_filed_under_their_names_on_the_published_list",
    "codes.columns": "tests/cli/test_inspection_codes.py::test_the_platforms_headers_are_written_and_read_back",
    "law.single_approver": "tests/cli/test_approve.py::"
    "test_who_made_a_plan_approves_it_where_the_scenario_allows_it_and_the_report_says_so",
    "map.tiles": "tests/browser/test_map_ground.py::test_the_page_allows_the_named_host_and_no_other",
    "map.tiles_datum": "tests/browser/test_map_ground.py::"
    "test_things_lie_right_on_tiles_of_another_datum_and_the_data_stay_true",
    "map.tiles_max_zoom": "tests/browser/test_map_ground.py::"
    "test_things_lie_right_on_baidus_tiles_which_have_a_grid_of_their_own",
    "board.positions": "tests/board/test_team_locations.py::"
    "test_nobody_is_asked_for_a_place_as_long_as_the_scenario_does_not_turn_it_on",
    "store.url": "tests/store/test_commands.py::test_a_scenario_may_name_its_store_itself",
}


def every_key() -> set[str]:
    return {
        ".".join(part for part in (header.strip("[]"), key) if part)
        for header, section in sections()
        for key in key_names(section)
    }


def filled(text: str, base: Base) -> str:
    """A value with ids of the base's own in the place of words in capitals."""
    others = [b for b in base.inputs.buildings["building_id"] if b != base.on_offer]
    active = base.inputs.firms[base.inputs.firms["building_id"].notna()]
    firms = active["uscc"].tolist()
    words = {"BUILDING": base.on_offer, "OTHER": others[0], "SHA256": sha256_of(base.city / "leads.csv")}
    words |= {"FIRMS": str(firms).replace("'", '"'), "FEWER": str(firms[:1]).replace("'", '"')}
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def test_each_key_has_a_test_of_its_effect() -> None:
    assert CHANGES.keys() | HELD.keys() == every_key()
    assert not CHANGES.keys() & HELD.keys()


@pytest.mark.parametrize(("key", "test"), HELD.items(), ids=list(HELD))
def test_a_test_that_holds_a_key_is_there_and_names_it(key: str, test: str) -> None:
    file, _, name = test.partition("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {name}(" in text
    assert key.rpartition(".")[2] in text


@pytest.mark.slow
@pytest.mark.parametrize("key", CHANGES)
def test_a_changed_value_changes_an_output_or_an_error(key: str, base: Base) -> None:
    value, stage, *more = CHANGES[key]
    before = {name: filled(text, base) for name, text in (more[0] if more else {}).items()}
    # Keys of a list of tables are changed in the whole list.
    parts = key.split(".")
    whole = next((".".join(parts[:n]) for n in (1, 2) if ".".join(parts[:n]) in before), None)
    given = {"data.points": "data.points"}.get(".".join(parts[:2]), whole or key)
    kept = base.unchanged.setdefault((stage.__name__, *sorted(before.items())), [])
    kept[:] = kept or [stage(base, before)]
    assert kept != [stage(base, before | {given: filled(value, base)})]
