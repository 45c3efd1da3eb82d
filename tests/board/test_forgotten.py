"""What a phone keeps once its session is over: nothing of the order, in a real browser's storage and offline."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from geodata.message_catalogue import load_texts
from sweep.board.board_state import Board
from sweep.board.phone.phone_orders import orders_of
from tests.board.asking import PHRASE, Wall
from tests.board.windows import Seen, enrol, window

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]

# All that the browser keeps for the board, as text; encrypted bytes have no text.
STORED = """async () => {
  const found = { caches: {}, databases: {}, local: { ...localStorage }, session: { ...sessionStorage } };
  found.workers = (await navigator.serviceWorker.getRegistrations()).length;
  const asked = (r) => new Promise((done, failed) => { r.onsuccess = () => done(r.result); r.onerror = failed; });
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) found.caches[key.url] = await (await cache.match(key)).text();
  }
  for (const { name } of await indexedDB.databases()) {
    const base = await asked(indexedDB.open(name)), own = found.databases[name] = {};
    for (const store of base.objectStoreNames) {
      own[store] = await asked(base.transaction(store).objectStore(store).getAll());
    }
    base.close();
    // A database that was deleted between the listing and the opening is made again by the opening, without a store.
    if (!base.objectStoreNames.length) { await asked(indexedDB.deleteDatabase(name)); delete found.databases[name]; }
  }
  return JSON.stringify(found);
}"""


def stored(page: Page) -> str:
    return str(page.evaluate(STORED))


def order_of(board: Board, team_id: str = "T2") -> list[str]:
    """Words of the order of a team, each as it stands in JSON."""
    team = board.team(team_id)
    assert team is not None
    order = orders_of(board.live.edition, team, load_texts("zh_CN"))
    (stop,) = order["stops"]
    words = [order["base"], stop["visit"], stop["name"], stop["address"], *(row["row"] for row in stop["rows"])]
    assert len(words) > 4
    assert all(words)
    return [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]


def nothing_is_left(phone: Seen, board: Board, *, but: str = "") -> None:
    """Neither storage nor, with no network, the page shows anything of the order."""
    page = phone.page
    deadline = 60
    while deadline and any(word in stored(page) for word in order_of(board)):
        page.wait_for_timeout(100)
        deadline -= 1
    kept = stored(page)
    assert [word for word in order_of(board) if word in kept] == []
    assert json.loads(kept)["caches"] == {}
    assert json.loads(kept)["workers"] == 0
    if not but:
        assert json.loads(kept)["databases"] == {}
    phone.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{phone.address}/phone/")
    phone.context.set_offline(False)


@pytest.fixture
def phone(browser: Browser, day: tuple[Board, str, Wall]) -> Seen:
    board, address, _ = day
    made = enrol(window(browser, address, 390), board, "T2")
    made.page.locator("#rows [data-state=vacant]").first.click()
    made.page.click("[data-step=left]")
    expect(made.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    made.page.wait_for_timeout(1_500)
    expect(made.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    kept = stored(made.page)
    assert all(word in kept for word in order_of(board))
    return made


def sign_out(phone: Seen) -> None:
    phone.page.click("form[action='/logout'] button")
    phone.page.wait_for_url("**/login", timeout=15_000)


def test_a_phone_that_is_merely_offline_keeps_its_order(phone: Seen) -> None:
    phone.context.set_offline(True)
    phone.page.reload()
    phone.page.locator("#steps").wait_for(state="visible")
    phone.context.close()


def test_signing_out_deletes_the_order(phone: Seen, day: tuple[Board, str, Wall]) -> None:
    sign_out(phone)
    nothing_is_left(phone, day[0])
    phone.context.close()


def test_signing_out_without_a_network_deletes_the_order_at_once_and_signs_out_later(
    phone: Seen, day: tuple[Board, str, Wall]
) -> None:
    board, texts = day[0], load_texts("zh_CN")
    phone.context.set_offline(True)
    phone.page.click("form[action='/logout'] button")
    phone.shows("#banner", texts("board.phone.signed_out"))
    kept = stored(phone.page)
    assert [word for word in order_of(board) if word in kept] == []
    expect(phone.page.locator("#steps")).to_be_hidden()
    # Closed meanwhile, and opened when there is a network: the session is ended before anything is shown.
    phone.page.close()
    phone.context.set_offline(False)
    assert len(board.sessions.all()) == 1
    phone.page = phone.context.new_page()
    phone.page.goto(f"{phone.address}/phone/")
    phone.page.wait_for_url("**/login", timeout=15_000)
    assert board.sessions.all() == ()
    nothing_is_left(phone, board)
    phone.context.close()


def shut_out(board: Board, phone: Seen, address: str) -> None:
    desk = window(phone.context.browser, address, 1440)  # type: ignore[arg-type]
    desk.page.goto(f"{address}/login")
    desk.page.fill("#name", "planner")
    desk.page.fill("#passphrase", PHRASE)
    desk.page.click("form[action='/login'] button")
    desk.page.wait_for_url(f"{address}/")
    desk.page.goto(f"{address}/phones")
    desk.page.locator("tr", has_text="T2").locator("button[name=shut]").click()
    desk.page.wait_for_load_state()
    assert [s for s in board.sessions.all() if s.team_id] == []
    desk.context.close()


def test_an_open_page_deletes_the_order_as_soon_as_its_team_is_shut_out(
    phone: Seen, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    shut_out(board, phone, address)
    phone.shows("#banner", load_texts("zh_CN")("board.phone.enrol_again"))
    expect(phone.page.locator("#steps")).to_be_hidden()
    nothing_is_left(phone, board)
    phone.context.close()


def test_a_closed_page_deletes_the_order_when_it_is_opened_after_the_shutting_out(
    phone: Seen, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone.page.close()
    shut_out(board, phone, address)
    phone.page = phone.context.new_page()
    phone.page.goto(f"{address}/phone/")
    assert phone.page.url == f"{address}/login"
    nothing_is_left(phone, board)
    phone.context.close()


def another_team(board: Board, phone: Seen, address: str) -> None:
    phone.page.goto(f"{address}/enrol#{board.enrolments.issue('T/1')}")
    phone.page.click("form[action='/enrol'] button")
    phone.page.locator("body[data-team='T/1'][data-ready]").wait_for(state="attached")


def an_account(_: Board, phone: Seen, address: str) -> None:
    phone.page.goto(f"{address}/login")
    phone.page.fill("#name", "planner")
    phone.page.fill("#passphrase", PHRASE)
    phone.page.click("form[action='/login'] button")
    phone.page.wait_for_url(f"{address}/")


@pytest.mark.parametrize("signs_in", [another_team, an_account], ids=["another team", "an account"])
def test_a_phone_that_is_signed_in_otherwise_keeps_nothing_of_the_order_before(
    phone: Seen, day: tuple[Board, str, Wall], signs_in: Callable[[Board, Seen, str], None]
) -> None:
    board, address, _ = day
    signs_in(board, phone, address)
    phone.page.wait_for_timeout(500)
    kept = json.loads(stored(phone.page))
    assert [name for name in kept["databases"] if name.endswith("T2")] == []
    # The visits of both teams are to one building, and differ in nothing else.
    assert "V2" not in json.dumps(kept)
    phone.context.close()


def test_the_end_of_the_session_deletes_the_order_without_a_network(phone: Seen, day: tuple[Board, str, Wall]) -> None:
    board, texts = day[0], load_texts("zh_CN")
    phone.context.set_offline(True)
    later = "const now = Date.now; Date.now = () => now() + 24 * 3600 * 1000"
    phone.page.add_init_script(later)
    phone.page.reload()
    phone.shows("#banner", texts("board.phone.enrol_again"))
    kept = stored(phone.page)
    assert [word for word in order_of(board) if word in kept] == []
    phone.context.close()


def test_reports_that_were_not_sent_stay_encrypted_until_the_team_is_enrolled_again(
    phone: Seen, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    n = len(board.live.journal.entries)
    phone.context.set_offline(True)
    phone.page.click("[data-step=arrived]")
    phone.page.locator("#rows [data-state=open]").first.click()
    expect(phone.page.locator("#banner[data-n='1']")).to_be_visible(timeout=15_000)
    board.sessions.end(lambda s: s.team_id != "T2")
    phone.context.set_offline(False)
    phone.shows("#banner", load_texts("zh_CN")("board.phone.enrol_again"))
    nothing_is_left(phone, board, but="reports")
    assert len(board.live.journal.entries) == n
    # Another team's phone can neither read nor send them.
    another_team(board, phone, address)
    phone.page.wait_for_timeout(1_000)
    assert len(board.live.journal.entries) == n
    enrol(phone, board, "T2")
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    phone.page.wait_for_timeout(1_000)
    assert sorted(e.kind for e in board.live.journal.entries[n:]) == ["arrived", "form"]
    phone.context.close()


def test_a_phone_that_signed_out_without_a_network_can_be_enrolled_again_first(
    phone: Seen, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone.context.set_offline(True)
    phone.page.click("form[action='/logout'] button")
    phone.shows("#banner", load_texts("zh_CN")("board.phone.signed_out"))
    phone.page.close()
    phone.context.set_offline(False)
    phone.page = phone.context.new_page()
    enrol(phone, board, "T2")
    phone.page.wait_for_timeout(1_000)
    assert phone.page.url == f"{address}/phone/"
    expect(phone.page.locator("#steps")).to_be_visible()
    phone.context.close()
