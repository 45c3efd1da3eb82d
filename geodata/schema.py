"""Schemas of all clean tables: columns, types, units and nullability."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

from geodata.array_types import Bools

TIMEZONE = "Asia/Shanghai"
CRS = "EPSG:4326"

# Timestamps of clean tables are time-zone aware, in China's single zone.
TIME_DTYPE = f"datetime64[us, {TIMEZONE}]"

LEAD_TYPES = (
    "goip",
    "sim_bank",
    "call_room",
    "fake_loan",
    "fake_customer_service",
    "brushing",
    "pig_butchering",
    "cards",
    "tip",
)
LEAD_SOURCES = ("reported", "discovered")
CREDIT_CLASSES = ("A", "B", "C", "D")
AGENCIES = ("police", "market_regulation", "street")
ROLES = ("officer", "inspector", "auxiliary", "grid_member")
OUTCOMES = ("find", "irregular", "nothing", "no_access")
TRACKS = ("case", "special", "routine", "stocktake", "investigation")
UNIT_STATES = ("open", "locked", "vacant", "refused", "not_found")
YES_NO = ("yes", "no")
UNIT_USES = ("office", "dwelling", "mixed")
# Domain notes, 2.3: reasons for which an inspection does not count towards the yearly cap.
GROUNDS = ("complaint", "transfer", "joint", "off_site", "media", "recheck", "request", "licence", "emergency")
PINS = ("must", "never", "with_team", "not_together", "not_before")
ASSIGNED_TABLES = ("leads", "firms")


def _text(*, null: bool = False, unique: bool = False, among: tuple[str, ...] = ()) -> pa.Column:
    checks = [pa.Check.isin(among)] if among else []
    return pa.Column("str", checks, nullable=null, unique=unique, coerce=True)


def _number(low: float, high: float, *, null: bool = False) -> pa.Column:
    return pa.Column("float64", pa.Check.in_range(low, high), nullable=null, coerce=True)


def _count(low: int, high: int) -> pa.Column:
    return pa.Column("int64", pa.Check.in_range(low, high), coerce=True)


def _lon(*, null: bool = False) -> pa.Column:
    return _number(-180.0, 180.0, null=null)


def _lat(*, null: bool = False) -> pa.Column:
    return _number(-90.0, 90.0, null=null)


def _time(*, null: bool = False) -> pa.Column:
    return pa.Column(TIME_DTYPE, nullable=null, coerce=True)


def _flag() -> pa.Column:
    return pa.Column("bool", coerce=True)


def _schema(name: str, columns: dict[str, pa.Column]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, name=name, strict=True, ordered=False)


# One row for each office tower. GeoDataFrame in CRS; geometry: the footprint (Polygon or MultiPolygon).
BUILDINGS = _schema(
    "buildings",
    {
        "building_id": _text(unique=True),
        "building_name": _text(null=True),
        "other_names": _text(null=True),  # old and short names, separated by ';'
        "address": _text(null=True),
        "division_code": _text(null=True),  # GB/T 2260, six digits
        "complex_id": _text(null=True),  # towers of one complex share it
        "property_company_id": _text(null=True),
        "landlord_id": _text(null=True),
        "kind": _text(null=True),  # use or risk class; buildings of one kind are compared
        "n_floors": _count(1, 200),
        "floor_area_m2": _number(1.0, 5e6),
        "n_exits": _count(1, 60),
        "lon": _lon(),  # the main entrance, else a point inside the footprint
        "lat": _lat(),
        "geometry": pa.Column("geometry"),
    },
)

# 一楼一档: one row for each building, with data that a footprint lacks. All columns but the key are optional.
BUILDING_FILES = _schema(
    "building_files",
    {
        "building_id": _text(unique=True),
        "division_code": _text(null=True),
        "complex_id": _text(null=True),
        "property_company_id": _text(null=True),
        "landlord_id": _text(null=True),
        "floor_area_m2": _number(1.0, 5e6, null=True),
        "n_exits": _number(1, 60, null=True),
    },
)

# One row for each firm.
FIRMS = _schema(
    "firms",
    {
        "uscc": _text(unique=True),  # unified social credit code, 18 characters
        "firm_name": _text(),
        "reg_address": _text(null=True),
        "building_id": _text(null=True),
        "floor_label": _text(null=True),
        "unit": _text(null=True),
        "credit_class": _text(null=True, among=CREDIT_CLASSES),
        "reg_status": _text(null=True),
        "n_staff": _number(0, 1e6, null=True),
        "unit_use": _text(null=True, among=UNIT_USES),  # null: an office
        "lon": _lon(null=True),
        "lat": _lat(null=True),
    },
)

# One row for each lead. Leads of one event (one phone number group, one case) share an event_id.
LEADS = _schema(
    "leads",
    {
        "lead_id": _text(unique=True),
        "event_id": _text(null=True),
        "lead_type": _text(among=LEAD_TYPES),
        "lead_source": _text(among=LEAD_SOURCES),
        "received_at": _time(),
        "due_at": _time(null=True),
        "address": _text(null=True),
        "building_id": _text(null=True),
        "uscc": _text(null=True),
        "lon": _lon(null=True),
        "lat": _lat(null=True),
    },
)

# One row for each person on duty. No name: person_id is a pseudonym whose key the force keeps.
ROSTER = _schema(
    "roster",
    {
        "person_id": _text(unique=True),
        "agency": _text(among=AGENCIES),
        "role": _text(among=ROLES),
        "certificate_until": _time(null=True),  # null: no certificate
        "is_female": _flag(),
        "base_id": _text(),
        "division_code": _text(),  # home district
        "shift_start_s": _count(0, 86_400),  # seconds after midnight
        "shift_end_s": _count(0, 172_800),  # above 86,400: ends the next day
        "recusals": _text(null=True),  # ids of buildings, firms, landlords and property companies, `;` between
        "skills": _text(null=True),  # `recorder`: operates the body recorder; other words; separated by ';'
        "duty": _text(among=("on", "off"), null=True),  # on the day of the roster; null without the column
    },
)

# One row for each assembly point of teams, where routes start and end.
BASES = _schema(
    "bases",
    {"base_id": _text(unique=True), "base_name": _text(), "division_code": _text(), "lon": _lon(), "lat": _lat()},
)

# One row for each past visit.
HISTORY = _schema(
    "history",
    {
        "visit_id": _text(unique=True),
        "building_id": _text(),
        "uscc": _text(null=True),  # null: the building as a whole
        "visited_on": _time(),
        "track": _text(among=TRACKS),
        "authority": _text(among=AGENCIES),
        # Code of the team; the ranking corrects for differences between teams. Rows of one team and day are one visit:
        # a joint visit has a row for each authority, with one code.
        "team": _text(null=True),
        "outcome": _text(among=OUTCOMES),
        # Severity on any scale where more is worse, such as violations or points; null: not recorded.
        "severity": _number(0.0, 1e6, null=True),
        "selection_probability": _number(0.0, 1.0, null=True),
        "ground": _text(null=True, among=GROUNDS),  # reason for which the yearly cap excludes it
        "officers": _text(null=True),  # person ids of the team, separated by ';'
    },
)

# One row for each inspection of a firm by an authority outside of the joint visits, done or scheduled (C33).
OTHER_INSPECTIONS = _schema(
    "other_inspections",
    {
        "inspection_id": _text(unique=True),  # made from the next three columns
        "uscc": _text(),
        "visited_on": _time(),
        "authority": _text(),  # any authority, as its name
    },
)

# One row for each place under investigation, excluded from joint visits while open (C26). For the police only.
INVESTIGATIONS = _schema(
    "investigations",
    {
        "investigation_id": _text(unique=True),
        "building_id": _text(),
        "uscc": _text(null=True),  # null: the building as a whole
        "opened_on": _time(),
        "closed_on": _time(null=True),  # null: open
    },
)

# One row for each decision of the planner about a building before planning.
PIN_ROWS = _schema(
    "pins",
    {
        "pin_id": _text(unique=True),  # made from the next three columns
        "pin": _text(among=PINS),
        "building": _text(),  # id, or name
        "value": _text(null=True),  # team, other building or first start, depending on the pin
        "reason": _text(null=True),
        "first_day": _time(null=True),  # null: no limit
        "last_day": _time(null=True),
    },
)

# One row for each manual assignment of a row or an address text to a building.
ASSIGN_ROWS = _schema(
    "assign",
    {
        "assign_id": _text(unique=True),  # made from the next four columns
        "table": _text(null=True, among=ASSIGNED_TABLES),  # null: both
        "key": _text(null=True),  # lead_id or uscc: this row only
        "text": _text(null=True),  # original address: every row that has it
        "building_id": _text(),  # id, or name; `none`: no building of the scenario
    },
)

# Questions of the inspection form in its order: yes or no, and counts.
TICKED_ITEMS = (
    "licence_displayed",
    "name_match",
    "address_match",
    "scope_match",
    "lease_seen",
    "legal_rep_contact",
    "co_located_firms",
    "closed_door",
    "simbank_goip_seen",
    "cards_seen",
    "scripts_seen",
    "fire_exit_blocked",
)
COUNTED_ITEMS = ("headcount_claimed", "headcount_seen", "phones_seen", "pcs_seen")

# One row for each firm or unit visited: findings and consequences. An empty cell means not recorded.
RESULT_ANSWERS = (
    *TICKED_ITEMS,
    "is_rectify",  # ordered to correct a violation
    "is_closed",  # the re-checked item is closed
    "is_code_shown",  # the team showed the inspection code (亮码)
    "is_target",  # inspected, not only visited; filled in from the plan
)
RESULT_COUNTS = (
    *COUNTED_ITEMS,
    "n_hazards",
    "n_hazards_fixed",
    "n_dens",
    "n_suspects",
    "n_referred",
    "seized_phones",
    "seized_pcs",
    "seized_goip",
    "seized_cards",
    "n_leaflets",
)
# Free text about the place or the act, never about a person.
RESULT_TEXTS = ("code_shown_at", "no_code_reason", "remark")
RESULTS = _schema(
    "results",
    {
        "result_id": _text(unique=True),
        "visit_id": _text(null=True),  # null in a completed ledger: found by firm or building
        "uscc": _text(null=True),  # null: no registered firm, or the whole building
        "unit": _text(null=True),
        "unit_state": _text(among=UNIT_STATES),
        "visited_on": _time(null=True),  # null or only the plan's day: the planned start of the visit
        **{name: _text(null=True, among=YES_NO) for name in RESULT_ANSWERS},
        **{name: _number(0, 1e6, null=True) for name in RESULT_COUNTS},
        "recheck_on": _time(null=True),
        **{name: _text(null=True) for name in RESULT_TEXTS},
        "firm_rating": _number(1, 5, null=True),  # the firm's rating of the inspection; read by no ranking
        # The following columns are filled in from the plan when a file is imported.
        "plan_id": _text(null=True),
        "building_id": _text(null=True),
        "track": _text(null=True, among=TRACKS),
        "basis": _text(null=True),
        "selection_probability": _number(0.0, 1.0, null=True),
        "police_officers": _text(null=True),  # visiting officers by authority, separated by ';'
        "market_regulation_officers": _text(null=True),
    },
)

# One row for each code of the inspection platform: a visit, an authority and a firm.
CODES = _schema(
    "codes",
    {
        "filing_id": _text(unique=True),  # made from visit, authority and firm
        "plan_id": _text(null=True),  # null: the plan to which the file is imported
        "visit_id": _text(),
        "authority": _text(among=AGENCIES),
        "uscc": _text(),
        "task_code": _text(null=True),  # null: not yet issued
        "valid_until": _time(null=True),  # null: no limit
    },
)

# One row for each street segment to draw, not used for routing. GeoDataFrame of LineStrings in CRS.
STREETS = _schema(
    "streets",
    {
        "street_id": _text(),
        "street_name": _text(null=True),
        "highway": _text(),  # the OpenStreetMap class
        "is_oneway": _flag(),
        "geometry": pa.Column("geometry"),
    },
)

# One row for each division (county, district or city). GeoDataFrame of polygons in CRS.
DISTRICTS = _schema(
    "districts",
    {"division_code": _text(unique=True), "division_name": _text(null=True), "geometry": pa.Column("geometry")},
)

# One row for each street of a line table before noding. GeoDataFrame of lines in CRS.
STREET_LINES = _schema(
    "street_lines",
    {
        "street_id": _text(unique=True),
        "street_name": _text(null=True),
        "highway": _text(),  # the OpenStreetMap class
        "direction": _count(-1, 1),  # 1 only along the line, -1 only against it, 0 both ways
        "maxspeed_kmh": _number(1.0, 200.0, null=True),
        "level": _count(-1, 1),  # 1 bridge, -1 tunnel: lines of different levels do not connect at crossings
        "geometry": pa.Column("geometry"),
    },
)

# One row for each body of water to draw. GeoDataFrame of polygons and lines in CRS.
WATER = _schema("water", {"water_id": _text(unique=True), "geometry": pa.Column("geometry")})

_ALL = (
    STREET_LINES,
    WATER,
    BUILDINGS,
    BUILDING_FILES,
    FIRMS,
    LEADS,
    ROSTER,
    BASES,
    HISTORY,
    STREETS,
    DISTRICTS,
    OTHER_INSPECTIONS,
    INVESTIGATIONS,
    PIN_ROWS,
    ASSIGN_ROWS,
    RESULTS,
    CODES,
)
SCHEMAS = {schema.name: schema for schema in _ALL}


def no_rows(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return an empty table with the columns and types of a schema."""
    return pd.DataFrame({str(name): pd.Series(dtype=column.dtype.type) for name, column in schema.columns.items()})


def no_shapes(*columns: str) -> gpd.GeoDataFrame:
    """Return an empty GeoDataFrame in WGS-84 (EPSG:4326) with the named columns and `geometry`."""
    return gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs=CRS)


def holds(schema: pa.DataFrameSchema, table: pd.DataFrame) -> bool:
    """Return whether a table satisfies a schema without conversion of types, in a tenth of pandera's time."""
    return set(table.columns) == set(schema.columns) and all(
        _holds(column, table[name]) for name, column in schema.columns.items()
    )


def _holds(column: pa.Column, cells: pd.Series[Any]) -> bool:
    is_null = cells.isna().to_numpy()
    if cells.dtype != column.dtype.type or (is_null.any() and not column.nullable):
        return False
    if column.unique and not cells.is_unique:
        return False
    return all((_passes(check, cells) | is_null).all() for check in column.checks)


def _passes(check: pa.Check, cells: pd.Series[Any]) -> Bools:
    found = dict(check.statistics or {})
    if check.name == "isin":
        return cells.isin(list(found["allowed_values"])).to_numpy()
    return cells.between(found["min_value"], found["max_value"]).to_numpy()
