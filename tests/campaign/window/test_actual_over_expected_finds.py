"""Level of expected finds where leads begin later than the history of visits."""

from datetime import date, timedelta
from pathlib import Path

from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.record.actual_over_expected_finds import levels_of
from sweep.campaign.window.load_campaign import load_for
from sweep.campaign.window.visit_values import ranker_of, rankings

SCENARIO = """name = "p"
day = 2026-09-14
lang = "en"
[data]
anywhere = true
buildings = "places.csv"
history = "history.csv"
leads = "leads.csv"
"""
CAMPAIGN = 'name = "p"\nfirst_day = 2026-09-14\nlast_day = 2026-12-31\n'
TODAY = date(2026, 9, 14)


def test_inspections_before_the_first_lead_do_not_calibrate_the_level(tmp_path: Path) -> None:
    places = [f"B{k},{117 + k / 1000},36.6" for k in range(30)]
    # Thirty visits and ten finds of last year, before the leads; thirty visits and three finds after they began.
    past = [
        (TODAY - timedelta(days=200 if k < 30 else 20), k % 30, k % 3 == 0 if k < 30 else k % 10 == 0)
        for k in range(60)
    ]
    visits = [f"V{n},B{k},{day},{'find' if is_find else 'nothing'},routine" for n, (day, k, is_find) in enumerate(past)]
    # The first lead of four weeks ago.
    leads = [f"L{k},fake_loan,reported,{TODAY - timedelta(days=28 - k)} 09:00,B{k}" for k in range(28)]
    (tmp_path / "places.csv").write_text("\n".join(["building_id,lon,lat", *places, ""]), encoding="utf-8")
    head = "visit_id,building_id,visited_on,outcome,track"
    (tmp_path / "history.csv").write_text("\n".join([head, *visits, ""]), encoding="utf-8")
    head = "lead_id,lead_type,lead_source,received_at,building_id"
    (tmp_path / "leads.csv").write_text("\n".join([head, *leads, ""]), encoding="utf-8")
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    loaded = load_for(load_campaign(tmp_path), TODAY)
    level = next(levels_of(loaded, rankings(loaded, ranker_of(loaded), (TODAY,))[TODAY]))
    assert (level.n_visits, level.n_finds, level.is_calibrated) == (30, 3, False)
