"""What is done is found again, what changed is computed, a county at fault stops no other, links are made or not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geodata.errors import InputError, Issue
from sweep.campaign.records import DayPart, TeamPart, campaign_json
from sweep.province.model.worker_messages import Job, Reply
from sweep.province.pages.province_json import read_province_edition
from sweep.province.run.coordinator import Coordinator
from sweep.province.run.published_windows import PreviousWindow
from sweep.province.run.result_cache import ResultStore
from sweep.terminal.resolve_plan_paths import newest_plan
from tests.campaign.model.small_record import record
from tests.province.run.conftest import Here, loaded, run_stub
from tests.province.run.stub import stub_reply, tell, write_province

LINK = '[[links]]\nid = "L"\nsites = [{county = "c0001", building = "B1"}, {county = "c0002", building = "B2"}]\n'


def test_a_second_run_computes_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 4)
    first = run_stub(folder, tmp_path / "out")
    before = (first.outcome.folder / "manifest.json").read_bytes()
    second = run_stub(folder, tmp_path / "out")
    assert (len(first.jobs), second.jobs, second.outcome.n_cached) == (8, [], 8)
    assert second.outcome.folder == first.outcome.folder
    assert (second.outcome.folder / "manifest.json").read_bytes() == before


def test_an_edition_that_stands_already_is_the_newest_once_it_is_run_again(tmp_path: Path) -> None:
    folder, out = write_province(tmp_path / "p", 2), tmp_path / "out"
    first = run_stub(folder, out).outcome.folder
    tell(folder, "c0001", seed=7)
    other = run_stub(folder, out).outcome.folder
    assert newest_plan(Path("latest"), folder, out) == other != first
    tell(folder, "c0001", seed=1)
    assert run_stub(folder, out).outcome.folder == first
    assert newest_plan(Path("latest"), folder, out) == first


def test_a_changed_county_alone_is_computed_again(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 4)
    first = run_stub(folder, tmp_path / "out")
    tell(folder, "c0003", note="changed")
    second = run_stub(folder, tmp_path / "out")
    assert [(j.kind, j.county_id) for j in second.jobs] == [("curve", "c0003"), ("edition", "c0003")]
    assert {j.key for j in second.jobs} & {j.key for j in first.jobs} == set()


def test_a_province_in_another_folder_finds_its_results(tmp_path: Path) -> None:
    write_province(tmp_path / "p", 2)
    run_stub(tmp_path / "p", tmp_path / "out")
    moved = (tmp_path / "elsewhere" / "p").absolute()
    moved.parent.mkdir()
    (tmp_path / "p").rename(moved)
    assert run_stub(moved, tmp_path / "out").jobs == []


def test_a_county_at_fault_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 3)
    tell(folder, "c0002", fault=True)
    edition = run_stub(folder, tmp_path / "out").outcome.edition
    assert [c.state for c in edition.counties] == ["planned", "at_fault", "planned"]
    assert [i.code for i in edition.counties[1].issues] == ["G101"]
    assert sum(edition.allocation.n_mobile.values()) <= 2


def test_an_allocation_is_worth_what_the_planned_counties_are_and_no_more(tmp_path: Path) -> None:
    def do(job: Job) -> Reply:
        is_bad = job.kind == "edition" and job.county_id == "c0002"
        return Reply(job.key, "at_fault", (Issue("S305", "x"),)) if is_bad else stub_reply(job)

    edition = run_stub(write_province(tmp_path / "p", 3), tmp_path / "out", do).outcome.edition
    assert [c.state for c in edition.counties] == ["planned", "at_fault", "planned"]
    assert edition.allocation.value == pytest.approx(sum(c.plan.value for c in edition.planned if c.plan))
    assert edition.allocation.value <= edition.allocation.bound


def test_no_more_mobile_teams_are_sent_than_there_are(tmp_path: Path) -> None:
    edition = run_stub(write_province(tmp_path / "p", 6), tmp_path / "out").outcome.edition
    assert sum(edition.allocation.n_mobile.values()) == 2
    assert edition.allocation.bound >= sum(c.plan.value for c in edition.planned if c.plan)


def test_linked_sites_get_one_window(tmp_path: Path) -> None:
    ran = run_stub(write_province(tmp_path / "p", 3, LINK), tmp_path / "out")
    windows = [tuple(j.windows_s.values()) for j in ran.jobs if j.kind == "edition" and j.windows_s]
    assert len(windows) == 2
    assert windows[0] == windows[1]
    assert ran.outcome.edition.starts[0].window_s == windows[0][0]


def test_a_site_that_cannot_be_served_in_the_window_gives_up_the_whole_link(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 3, LINK)
    tell(folder, "c0002", unmade=True)
    ran = run_stub(folder, tmp_path / "out")
    start = ran.outcome.edition.starts[0]
    assert (start.window_s, start.why, start.where) == (None, "not_served", "c0002 B2")
    last = {j.county_id: j for j in ran.jobs if j.kind == "edition"}
    assert (last["c0001"].never, last["c0002"].never, last["c0003"].never) == (("B1",), ("B2",), ())
    assert all(c.plan and not c.plan.starts for c in ran.outcome.edition.counties)


def test_a_county_that_cannot_be_planned_with_its_window_is_planned_without(tmp_path: Path) -> None:
    def do(job: Job) -> Reply:
        return Reply(job.key, "at_fault", (Issue("S305", "x"),)) if job.windows_s else stub_reply(job)

    ran = run_stub(write_province(tmp_path / "p", 3, LINK), tmp_path / "out", do)
    assert ran.outcome.edition.starts[0].why == "not_served"
    assert [c.state for c in ran.outcome.edition.counties] == ["planned"] * 3


def test_a_site_that_is_not_on_offer_gives_up_the_link_before_it_is_planned(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 2, LINK)
    tell(folder, "c0002", not_on_offer=True)
    ran = run_stub(folder, tmp_path / "out")
    assert ran.outcome.edition.starts[0].why == "not_on_offer"
    assert [(j.county_id, j.never) for j in ran.jobs if j.kind == "edition"] == [("c0001", ("B1",)), ("c0002", ())]


def test_a_link_that_cannot_be_made_draws_no_mobile_team(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 3, LINK)
    tell(folder, "c0001", link_worth=5.0)
    assert run_stub(folder, tmp_path / "possible").outcome.edition.allocation.n_mobile["c0001"] == 2
    tell(folder, "c0002", not_on_offer=True)
    ran = run_stub(folder, tmp_path / "out")
    allocation, made = ran.outcome.edition.allocation, [c.plan for c in ran.outcome.edition.counties if c.plan]
    assert [(j.county_id, j.never) for j in ran.jobs if j.kind == "curve" and j.never] == [("c0001", ("B1",))]
    # What was promised is what was made.
    assert allocation.value == pytest.approx(sum(plan.value for plan in made))
    assert ran.outcome.edition.starts[0].why == "not_on_offer"


def test_a_link_that_no_plan_makes_draws_no_mobile_team(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 3, LINK)
    without = run_stub(folder, tmp_path / "without").outcome.edition.allocation.n_mobile
    tell(folder, "c0001", link_worth=5.0)
    tell(folder, "c0002", unmade=True)
    ran = run_stub(folder, tmp_path / "out")
    allocation, made = ran.outcome.edition.allocation, [c.plan for c in ran.outcome.edition.counties if c.plan]
    assert ran.outcome.edition.starts[0].why == "not_served"
    # The teams go where they went without what the link is worth, and what was promised is what was made.
    assert allocation.n_mobile == without
    assert allocation.value == pytest.approx(sum(plan.value for plan in made))
    # Nothing that the first round found is counted as of a run before.
    assert ran.outcome.n_cached == 0


def test_a_worker_with_another_program_is_refused(tmp_path: Path) -> None:
    def other(job: Job) -> Reply:
        return Reply(job.key, "other_code", detail="0123")

    with pytest.raises(InputError, match="S962"):
        run_stub(write_province(tmp_path / "p", 1), tmp_path / "out", other)


def test_a_county_whose_files_the_worker_finds_changed_is_told(tmp_path: Path) -> None:
    def changed(job: Job) -> Reply:
        return Reply(job.key, "other_inputs") if job.county_id == "c0001" else stub_reply(job)

    edition = run_stub(write_province(tmp_path / "p", 2), tmp_path / "out", changed).outcome.edition
    assert [i.code for i in edition.counties[0].issues] == ["S964"]
    assert edition.counties[1].state == "planned"


def test_fewer_mobile_teams_than_days_which_are_out_bind_are_told(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 3)
    tell(folder, "c0001", n_held=1)
    tell(folder, "c0003", n_held=2)
    with pytest.raises(InputError, match="S996") as caught:
        run_stub(folder, tmp_path / "out")
    assert caught.value.issues[0].values == {"n": 3, "got": 2, "counties": "c0001 1, c0003 2"}


@pytest.mark.parametrize(("n_out", "n_sent"), [(0, 2), (1, 1), (2, 0)])
def test_mobile_teams_stay_where_days_are_out_though_the_county_cannot_be_planned_now(
    tmp_path: Path, n_out: int, n_sent: int
) -> None:
    folder = write_province(tmp_path / "p", 3)
    tell(folder, "c0002", fault=True)
    edition, _ = coordinator(folder, tmp_path / "out", window_out(tmp_path / "c0002", n_out)).run()
    assert sum(edition.allocation.n_mobile.values()) == n_sent
    assert edition.allocation.bound >= edition.allocation.value
    # The days of a county that can be planned are read with its files.
    tell(folder, "c0002", fault=False)
    again, _ = coordinator(folder, tmp_path / "out", window_out(tmp_path / "c0002", n_out)).run()
    assert sum(again.allocation.n_mobile.values()) == 2


def test_teams_that_a_county_at_fault_keeps_are_told_where_there_are_fewer(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 3)
    tell(folder, "c0002", fault=True)
    tell(folder, "c0003", n_held=1)
    with pytest.raises(InputError, match="S996") as caught:
        coordinator(folder, tmp_path / "out", window_out(tmp_path / "c0002", 2)).run()
    assert caught.value.issues[0].values == {"n": 3, "got": 2, "counties": "c0003 1, c0002 2"}


def window_out(folder: Path, n_mobile: int) -> PreviousWindow:
    """A county's window of the day before, with as many mobile teams on a day that is out, and more on others."""

    def day(on: int, n: int, plan_id: str | None) -> DayPart:
        ids = tuple(f"MOBILE{k}-01" for k in range(1, n + 1))
        team = TeamPart(team_id="T01", member_ids=("P01", *ids), base_id="S01")
        return DayPart(
            day=date(2026, 9, on),
            is_published=plan_id is not None,
            plan_id=plan_id,
            commitment="c",
            pool_sha256="p",
            teams=(team,),
            visits=(),
        )

    file = folder / "campaign" / "campaign.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    # The first is over on September 16, the last is not out yet.
    days = (day(15, 3, "a"), day(17, n_mobile, "b"), day(22, 3, None))
    file.write_text(campaign_json(record(days, date(2026, 9, 15))), encoding="utf-8")
    return PreviousWindow(str(folder), "0" * 64)


def coordinator(folder: Path, out: Path, before: PreviousWindow) -> Coordinator:
    """One of a province of windows, the second county of which had a window before."""
    return Coordinator(loaded(folder), ResultStore(out / "results"), Here(), lambda _: None, True, {"c0002": before})


def test_every_county_is_told_of_as_it_is_done(tmp_path: Path) -> None:
    said = run_stub(write_province(tmp_path / "p", 3), tmp_path / "out").said
    assert [p.n_done for p in said if p.step == "curves"] == [0, 1, 2, 3]
    assert [p.county_id for p in said if p.step == "plans" and p.county_id] == ["c0001", "c0002", "c0003"]


def test_a_result_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 2)
    first = run_stub(folder, tmp_path / "out")
    file = tmp_path / "out" / "p" / "results" / first.jobs[0].key / "result.json"
    file.write_text(file.read_text(encoding="utf-8")[:-30], encoding="utf-8")
    assert [j.key for j in run_stub(folder, tmp_path / "out").jobs] == [first.jobs[0].key]


def test_what_was_published_is_read_again(tmp_path: Path) -> None:
    outcome = run_stub(write_province(tmp_path / "p", 3, LINK), tmp_path / "out").outcome
    assert read_province_edition(outcome.folder) == outcome.edition
    with pytest.raises(InputError, match="S969"):
        read_province_edition(tmp_path)
