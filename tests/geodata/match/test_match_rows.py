"""MATCH: each way to a building, in its order, and what is left unmatched."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geodata.match.distinct_addresses import NO_BUILDING, ManualAssignments, text_key
from geodata.match.match_rows import MATCHED_BY, match_firms, match_leads
from geodata.match.unmatched_rows import REASONS, TEXT_COLUMNS
from geodata.message_catalogue import load_texts
from geodata.schema import FIRMS, LEADS

# One metre at 36.6 N: 1 / 111,320 / cos 36.6 degrees of longitude.
M_LON = 1 / (111_320 * 0.80282)
LON, LAT = 117.0, 36.6


def make_buildings(*rows: tuple[str, str | None, float]) -> gpd.GeoDataFrame:
    """Towers of 40 m x 40 m; the last part of a row is how many metres east the west side stands."""
    shapes = [shapely.box(LON + e * M_LON, LAT, LON + (e + 40) * M_LON, LAT + 0.00036) for _, _, e in rows]
    columns = {
        "building_id": [building_id for building_id, _, _ in rows],
        "building_name": pd.Series([name for _, name, _ in rows], dtype="str"),
        "address": "山东省济南市历下区经十路1号",
        "division_code": "370102",
        "lon": [shape.centroid.x for shape in shapes],
        "lat": [shape.centroid.y for shape in shapes],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


BUILDINGS = make_buildings(
    ("B1", "银荷大厦A座", 0), ("B2", "银荷大厦B座", 100), ("B3", "银荷大厦", 200), ("B4", None, 1_000)
)


def make_leads(*rows: dict[str, object]) -> pd.DataFrame:
    return _frame(list(LEADS.columns), rows)


def make_firms(*rows: dict[str, object]) -> pd.DataFrame:
    return _frame(list(FIRMS.columns), rows)


def _frame(columns: list[str], rows: tuple[dict[str, object], ...]) -> pd.DataFrame:
    frame = pd.DataFrame([{c: row.get(c) for c in columns} for row in rows], columns=columns)
    return frame.astype({c: "float64" if c in {"lon", "lat", "n_staff"} else "str" for c in columns})


def lead_at(east_m: float, **cells: object) -> dict[str, object]:
    return {"lon": LON + east_m * M_LON, "lat": LAT + 0.0001, **cells}


def matched(*rows: dict[str, object], firms: pd.DataFrame | None = None) -> list[tuple[str | None, str, str]]:
    table = match_leads(make_leads(*rows), make_firms() if firms is None else firms, BUILDINGS, 60.0).table
    ids = [None if pd.isna(value) else value for value in table["building_id"]]
    return list(zip(ids, table["matched_by"], table["precision"], strict=True))


def test_an_id_goes_before_everything_else() -> None:
    assert matched(lead_at(120, building_id="B1", address="银荷大厦B座1201室")) == [("B1", "id", "unit")]


def test_an_unknown_id_is_counted_and_the_other_ways_are_tried() -> None:
    found = match_leads(make_leads(lead_at(20, building_id="X9")), make_firms(), BUILDINGS, 60.0)
    assert found.table.loc[0, ["building_id", "matched_by"]].tolist() == ["B1", "point"]
    assert found.counts["unknown_id"] == 1
    assert found.counts["point"] == 1


def test_a_lead_goes_to_the_building_of_the_firm_it_names() -> None:
    firms = make_firms({"uscc": "F1", "building_id": "B4"}, {"uscc": "F2"})
    assert matched({"uscc": "F1", "address": "银荷大厦B座"}, firms=firms) == [("B4", "uscc", "building")]
    assert matched({"uscc": "F2", "address": "银荷大厦B座"}, firms=firms) == [("B2", "name", "building")]


@pytest.mark.parametrize(
    ("address", "building_id"),
    [
        ("济南市历下区经十路1号银荷大厦B座1201", "B2"),
        ("银荷大厦 Ｂ座(集群注册)", "B2"),
        ("银荷大厦1201室", "B3"),
        ("银荷大厦对面", None),
        ("银荷大厦附近", None),
        ("青岛市市南区银荷大厦A座", None),
        ("某某大厦", None),
    ],
)
def test_the_longest_name_in_the_address_counts(address: str, building_id: str | None) -> None:
    ((found, way, _),) = matched({"address": address})
    assert (found, way) == (building_id, "name" if building_id else "none")


def test_a_name_of_two_buildings_is_left_unmatched() -> None:
    twins = make_buildings(("B1", "万达广场", 0), ("B2", "万达广场", 500))
    found = match_leads(make_leads({"address": "万达广场1201"}), make_firms(), twins, 60.0)
    assert found.table["building_id"].isna().all()
    assert (found.counts["ambiguous_name"], found.counts["none"]) == (1, 1)


@pytest.mark.parametrize("name", ["A座", "3号楼", "大厦", "写字楼", "X"])
def test_a_name_that_any_building_may_bear_is_not_looked_for(name: str) -> None:
    found = match_leads(make_leads({"address": f"某某园{name}"}), make_firms(), make_buildings(("B1", name, 0)), 60.0)
    assert found.table["building_id"].isna().all()


@pytest.mark.parametrize(
    ("east_m", "building_id"),
    # Towers stand at 0-40, 100-140, 200-240 and 1,000-1,040 m.
    [(20, "B1"), (69, "B1"), (71, "B2"), (298, "B3"), (305, None), (945, "B4")],
    ids=["inside", "nearer to the first", "nearer to the second", "58 m off", "65 m off", "55 m off"],
)
def test_a_point_goes_to_the_nearest_footprint_within_60_m(east_m: float, building_id: str | None) -> None:
    ((found, way, precision),) = matched(lead_at(east_m))
    assert (found, way) == (building_id, "point" if building_id else "none")
    assert precision == ("building" if building_id else "street")


def test_a_point_in_two_footprints_goes_to_the_first_of_the_table() -> None:
    both = make_buildings(("B2", None, 0), ("B1", None, 0))
    found = match_leads(make_leads(lead_at(20)), make_firms(), both, 60.0)
    assert found.table["building_id"].tolist() == ["B2"]


@pytest.mark.parametrize(
    "lead",
    [
        {"lon": 113.66, "lat": 34.75},
        {"lon": 113.66, "lat": 34.75, "building_id": "B1", "address": "银荷大厦A座"},
        {"address": "河南省郑州市金水区银荷大厦A座"},
    ],
    ids=["point", "point against id", "address"],
)
def test_a_lead_in_another_province_is_not_used(lead: dict[str, object]) -> None:
    found = match_leads(make_leads(lead, lead_at(20)), make_firms(), BUILDINGS, 60.0)
    assert found.table["matched_by"].tolist() == ["far", "point"]
    assert found.table["building_id"].isna().tolist() == [True, False]
    assert found.counts["far"] == 1


def test_a_lead_90_km_off_is_unmatched_and_not_far() -> None:
    assert matched(lead_at(90_000)) == [(None, "none", "street")]


def test_precision_says_what_is_known() -> None:
    rows = [{"address": "历下区经十路9号"}, {"address": "历下区"}, {}, {"address": "银荷大厦B座12层1203室"}]
    assert [precision for _, _, precision in matched(*rows)] == ["street", "district", "none", "unit"]


def test_firms_get_floor_and_unit_from_their_address() -> None:
    firms = make_firms(
        {"uscc": "F1", "reg_address": "银荷大厦B座12层1203室"},
        {"uscc": "F2", "reg_address": "银荷大厦B座12层1203室", "floor_label": "3", "unit": "305"},
        {"uscc": "F3", "reg_address": "某某大厦5层"},
    )
    table = match_firms(firms, BUILDINGS, 60.0).table
    assert table.loc[0, ["building_id", "floor_label", "unit"]].tolist() == ["B2", "12", "1203"]
    assert table.loc[1, ["floor_label", "unit"]].tolist() == ["3", "305"]
    assert table.loc[2, ["building_id", "floor_label"]].isna().all()
    assert set(table["precision"]) <= {"unit", "building", "street", "district", "none"}


def test_counts_sum_to_the_rows() -> None:
    leads = make_leads(lead_at(20), {"building_id": "B1"}, {"lon": 113.66, "lat": 34.75}, {})
    counts = match_leads(leads, make_firms(), BUILDINGS, 60.0).counts
    assert sum(counts[way] for way in MATCHED_BY) == 4


def test_no_leads_and_no_buildings_are_no_error() -> None:
    nothing = BUILDINGS.head(0)
    assert match_leads(make_leads(), make_firms(), BUILDINGS, 60.0).table.empty
    assert match_leads(make_leads(lead_at(20)), make_firms(), nothing, 60.0).counts["none"] == 1
    assert match_firms(make_firms(), BUILDINGS, 60.0).table.empty


def test_the_inputs_are_not_changed() -> None:
    leads = make_leads(lead_at(20, address="银荷大厦"))
    before, buildings_before = leads.copy(), BUILDINGS.copy()
    match_leads(leads, make_firms(), BUILDINGS, 60.0)
    pd.testing.assert_frame_equal(leads, before)
    pd.testing.assert_frame_equal(BUILDINGS, buildings_before)


def test_a_reach_of_nothing_is_a_slip_in_code() -> None:
    with pytest.raises(ValueError, match="within_m must be > 0, got 0"):
        match_firms(make_firms(), BUILDINGS, 0)


def test_score_and_margin_go_with_what_an_address_finds() -> None:
    table = match_leads(
        make_leads({"address": "银荷大厦B座"}, {"building_id": "B1"}), make_firms(), BUILDINGS, 60.0
    ).table
    assert table["match_score"].tolist()[0] == table["match_margin"].tolist()[0] == 1.0
    assert table.loc[1, ["match_score", "match_margin"]].isna().all()


def test_unmatched_rows_keep_place_key_reason_and_candidates() -> None:
    towers = make_buildings(("B1", "银荷大厦A座", 0), ("B2", "银荷大厦B座", 100))
    firms = make_firms({"uscc": "F1", "reg_address": "银荷大厦A座"}, {"uscc": "F2", "reg_address": "银荷大厦12层"})
    found = match_firms(firms, towers, 60.0)
    (row,) = found.unmatched.to_dict("records")
    assert (row["position"], row["key"], row["reason"], row["precision"]) == (1, "F2", "which_tower", "street")
    assert (row["address"], row["candidates"]) == ("银荷大厦12层", '[["B1", 1.0], ["B2", 1.0]]')
    assert found.counts["ambiguous_name"] == 1


def test_the_text_of_a_lead_is_not_among_the_unmatched() -> None:
    leads = make_leads({"lead_id": "L1", "address": "某某大厦张三处"}, {"lead_id": "L2"}, lead_at(900, lead_id="L3"))
    unmatched = match_leads(leads, make_firms(), BUILDINGS, 60.0).unmatched
    assert unmatched["key"].tolist() == ["L1", "L2", "L3"]
    assert unmatched["reason"].tolist() == ["unknown_name", "no_address", "point_off"]
    assert unmatched["address"].isna().all()
    assert "张三" not in unmatched.to_csv()


@pytest.mark.parametrize(
    ("lead", "reason"),
    [({"lon": 113.66, "lat": 34.75}, "far"), ({"address": "青岛市市南区银荷大厦A座"}, "elsewhere")],
)
def test_what_lies_elsewhere_says_so(lead: dict[str, object], reason: str) -> None:
    assert match_leads(make_leads(lead), make_firms(), BUILDINGS, 60.0).unmatched["reason"].tolist() == [reason]


def test_what_a_person_has_settled_goes_before_all_else() -> None:
    leads = make_leads(
        {"lead_id": "L1", "address": "银荷大厦A座"},
        {"lead_id": "L2", "address": "银荷大厦Ａ座 "},
        {"lead_id": "L3", "address": "银荷大厦A座", "building_id": "B1"},
        lead_at(1_010, lead_id="L4", address="银荷大厦B座"),
        {"lead_id": "L5", "lon": 113.66, "lat": 34.75},
        {"lead_id": "L6", "address": "某某大厦"},
    )
    assigned = ManualAssignments(
        by_key={"L2": "B3", "L4": NO_BUILDING, "L5": "B1"}, by_text={text_key("银荷大厦A座"): "B2", "银荷大厦C座": "B1"}
    )
    table = match_leads(leads, make_firms(), BUILDINGS, 60.0, assigned=assigned).table
    ids = [None if pd.isna(i) else i for i in table["building_id"]]
    # By text L1; by key, before its text, L2; L3 states its building; L4 is of none, whatever its point says.
    assert ids == ["B2", "B3", "B1", None, "B1", None]
    assert table["matched_by"].tolist() == ["person", "person", "id", "person", "person", "none"]
    assert table["precision"].tolist()[3] == "none"


def test_rows_that_their_text_decided_are_kept_with_the_next_best() -> None:
    firms = make_firms(
        {"uscc": "F1", "reg_address": "银荷大厦A座12层"},
        {"uscc": "F2", "reg_address": "银荷大厦9层", "building_id": "B1"},
        {"uscc": "F3", "reg_address": "称在银荷大厦A座对面"},
        {"uscc": "F4"},
    )
    found = match_firms(firms, BUILDINGS, 60.0, assigned=ManualAssignments(by_key={"F4": NO_BUILDING}))
    rows = found.by_text.to_dict("records")
    assert [(r["key"], r["matched_by"]) for r in rows] == [("F1", "name"), ("F3", "none"), ("F4", "person")]
    assert [r["text"] for r in rows[:2]] == ["银荷大厦A座12层", "称在银荷大厦A座对面"]
    assert rows[0]["building_id"] == "B1" and pd.isna(rows[0]["reason"])
    assert rows[1]["reason"] == "beside" and '"B1"' in rows[1]["candidates"]
    assert rows[2]["reason"] == "not_ours"
    assert tuple(found.by_text.columns) == TEXT_COLUMNS


def test_of_a_lead_s_text_only_the_words_of_the_table_are_kept() -> None:
    said = "线人张三称夜里有人在银荷大厦A座1201室（李四所说）出入，经十路1号"
    leads = make_leads({"lead_id": "L1", "address": said}, {"lead_id": "L2", "address": "王五说在王五大厦"})
    rows = match_leads(leads, make_firms(), BUILDINGS, 60.0).by_text
    assert rows["read_as"].tolist()[0].startswith("银荷大厦")
    assert not set("".join(rows["read_as"].fillna(""))) - set("银荷大厦A经十路1号 ")
    assert rows["text"].isna().all()
    assert not any(word in rows.to_csv() for word in ("张三", "李四", "王五", "夜里"))


def test_what_firms_teach_helps_the_leads() -> None:
    firms = make_firms(*({"uscc": f"F{k}", "building_id": "B4", "reg_address": f"丁香公馆{k}层"} for k in range(3)))
    located = match_firms(firms, BUILDINGS, 60.0)
    leads = make_leads({"address": "丁香公馆9层"})
    taught = match_leads(leads, located.table, BUILDINGS, 60.0, located.gazetteer).table
    assert taught.loc[0, ["building_id", "matched_by"]].tolist() == ["B4", "alias"]
    assert match_leads(leads, located.table, BUILDINGS, 60.0).table["building_id"].isna().all()


def test_every_reason_has_its_sentence() -> None:
    texts = load_texts("en")
    assert [reason for reason in REASONS if f"unmatched.{reason}" not in texts] == []
