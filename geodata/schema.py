"""Every table: its columns, their types and units, and which may be null. The clean stage gives tables of this form."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

from geodata.array_types import Bools

TIMEZONE = "Asia/Shanghai"
CRS = "EPSG:4326"

# The time-stamp of a clean table: aware, in the one zone that China keeps.
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
# Domain notes, 2.3: grounds on which an inspection is outside the yearly cap.
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


# One row an office tower. A GeoDataFrame in CRS whose geometry is the footprint (Polygon or MultiPolygon).
BUILDINGS = _schema(
    "buildings",
    {
        "building_id": _text(unique=True),
        "building_name": _text(null=True),
        "other_names": _text(null=True),  # old and short names; ';' between them
        "address": _text(null=True),
        "division_code": _text(null=True),  # GB/T 2260, six digits
        "complex_id": _text(null=True),  # towers of one complex share it
        "property_company_id": _text(null=True),
        "landlord_id": _text(null=True),
        "kind": _text(null=True),  # what it is used for or how it is classed; places of one kind are compared
        "n_floors": _count(1, 200),
        "floor_area_m2": _number(1.0, 5e6),
        "n_exits": _count(1, 60),
        "lon": _lon(),  # the main entrance, else a point inside the footprint
        "lat": _lat(),
        "geometry": pa.Column("geometry"),
    },
)

# 一楼一档: one row a building, what a footprint cannot tell. Every column but the key may be null or absent.
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

# One row a firm.
FIRMS = _schema(
    "firms",
    {
        "uscc": _text(unique=True),  # unified social credit code, 18 signs
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

# One row a lead. Several leads of one event (one phone number group, one case) share an event_id.
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

# One row a person on duty. No name: person_id is a pseudonym that the force keeps the key to.
ROSTER = _schema(
    "roster",
    {
        "person_id": _text(unique=True),
        "agency": _text(among=AGENCIES),
        "role": _text(among=ROLES),
        "certificate_until": _time(null=True),  # null: holds none
        "is_female": _flag(),
        "base_id": _text(),
        "division_code": _text(),  # home district
        "shift_start_s": _count(0, 86_400),  # seconds after midnight
        "shift_end_s": _count(0, 172_800),  # above 86,400: ends the next day
        "recusals": _text(null=True),  # building ids, usccs, landlord and property company ids; ';' between them
        "skills": _text(null=True),  # `recorder`: runs the body recorder; any other word; ';' between them
    },
)

# One row a place where teams assemble and return to.
BASES = _schema(
    "bases",
    {"base_id": _text(unique=True), "base_name": _text(), "division_code": _text(), "lon": _lon(), "lat": _lat()},
)

# One row a past visit.
HISTORY = _schema(
    "history",
    {
        "visit_id": _text(unique=True),
        "building_id": _text(),
        "uscc": _text(null=True),  # null: the building as a whole
        "visited_on": _time(),
        "track": _text(among=TRACKS),
        "authority": _text(among=AGENCIES),
        # Who went, a code; teams differ in what they find, and the ranking allows for it. Rows of one team and day are
        # one look: a joint visit has a row for each authority, and one code for both.
        "team": _text(null=True),
        "outcome": _text(among=OUTCOMES),
        # How grave what was found is, by any measure of which more is worse: violations, points; null: not recorded.
        "severity": _number(0.0, 1e6, null=True),
        "selection_probability": _number(0.0, 1.0, null=True),
        "ground": _text(null=True, among=GROUNDS),  # why the yearly cap does not count it
        "officers": _text(null=True),  # person ids of the team; ';' between them
    },
)

# One row a place under investigation: kept apart from every joint visit while it is open (C26). For the police alone.
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

# One row a thing that planners have settled about a building before the plan is made.
PIN_ROWS = _schema(
    "pins",
    {
        "pin_id": _text(unique=True),  # made of the three that follow
        "pin": _text(among=PINS),
        "building": _text(),  # id, or name
        "value": _text(null=True),  # the team, the other building or the first start, as the pin asks
        "reason": _text(null=True),
        "first_day": _time(null=True),  # null: no limit
        "last_day": _time(null=True),
    },
)

# One row a thing that a person has settled: which building a row or a text is of.
ASSIGN_ROWS = _schema(
    "assign",
    {
        "assign_id": _text(unique=True),  # made of the four that follow
        "table": _text(null=True, among=ASSIGNED_TABLES),  # null: both
        "key": _text(null=True),  # lead_id or uscc: this row alone
        "text": _text(null=True),  # the address as it is written: every row that has it
        "building_id": _text(),  # id, or name; `none`: of no building here
    },
)

# What the form of an inspection asks, in its order: yes or no, and how many.
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

# One row a firm or unit that a team was at: what it found, and what must come of it. A cell left empty says nothing.
RESULT_ANSWERS = (
    *TICKED_ITEMS,
    "is_rectify",  # ordered to put something right
    "is_closed",  # the item that a re-check was about is closed
    "is_target",  # inspected, not only called at; filled in from the plan
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
RESULTS = _schema(
    "results",
    {
        "result_id": _text(unique=True),
        "visit_id": _text(null=True),  # null in a filled-in ledger: found by the firm, or the building
        "uscc": _text(null=True),  # null: nobody is registered there, or the building as a whole
        "unit": _text(null=True),
        "unit_state": _text(among=UNIT_STATES),
        "visited_on": _time(null=True),  # null, or the plan's day alone: when the plan begins the visit
        **{name: _text(null=True, among=YES_NO) for name in RESULT_ANSWERS},
        **{name: _number(0, 1e6, null=True) for name in RESULT_COUNTS},
        "recheck_on": _time(null=True),
        "remark": _text(null=True),  # whatever else there is to say of the place; never of a person
        # What follows is filled in from the plan when a file is taken in.
        "plan_id": _text(null=True),
        "building_id": _text(null=True),
        "track": _text(null=True, among=TRACKS),
        "basis": _text(null=True),
        "selection_probability": _number(0.0, 1.0, null=True),
        "police_officers": _text(null=True),  # who went, by authority; ';' between them
        "market_regulation_officers": _text(null=True),
    },
)

# One row a street piece to draw; not what routes are computed on. A GeoDataFrame of LineStrings in CRS.
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

# One row a division (county, district or city). A GeoDataFrame of polygons in CRS.
DISTRICTS = _schema(
    "districts",
    {"division_code": _text(unique=True), "division_name": _text(null=True), "geometry": pa.Column("geometry")},
)

# One row a street of a line table, before its lines are noded. A GeoDataFrame of lines in CRS.
STREET_LINES = _schema(
    "street_lines",
    {
        "street_id": _text(unique=True),
        "street_name": _text(null=True),
        "highway": _text(),  # the OpenStreetMap class
        "direction": _count(-1, 1),  # 1 along the line only, -1 against it only, 0 both ways
        "maxspeed_kmh": _number(1.0, 200.0, null=True),
        "level": _count(-1, 1),  # 1 a bridge, -1 a tunnel: lines of two levels do not meet where they cross
        "geometry": pa.Column("geometry"),
    },
)

# One row a body of water to draw. A GeoDataFrame of polygons and lines in CRS.
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
    INVESTIGATIONS,
    PIN_ROWS,
    ASSIGN_ROWS,
    RESULTS,
)
SCHEMAS = {schema.name: schema for schema in _ALL}


def no_rows(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """A table of a schema, without rows."""
    return pd.DataFrame({str(name): pd.Series(dtype=column.dtype.type) for name, column in schema.columns.items()})


def no_shapes(*columns: str) -> gpd.GeoDataFrame:
    """An empty table of shapes with these columns besides the geometry."""
    return gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs=CRS)


def holds(schema: pa.DataFrameSchema, table: pd.DataFrame) -> bool:
    """Whether a table satisfies a schema, nothing coerced: 0.5 ms, where pandera, which names each cell, takes 5."""
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
    """Which cells pass a check of `_text` or `_number`."""
    found = dict(check.statistics or {})
    if check.name == "isin":
        return cells.isin(list(found["allowed_values"])).to_numpy()
    return cells.between(found["min_value"], found["max_value"]).to_numpy()
