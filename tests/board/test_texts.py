"""No page and no message of the board shows a key of the catalogue in place of its text."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import sweep
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS, UNIT_STATES
from sweep.audit.query_edition_entries import CODES
from sweep.board.board_state import Board
from sweep.board.pages.static_files import static_file
from sweep.campaign.window.check_campaign_against_log import ACT
from sweep.day.journal.report_kinds import KINDS
from tests.board.asking import Asker, Wall
from tests.board.windows import enrol, sign_in, window

# Of districts a page knows those of its scenario.
KEYS = frozenset(key for key in sorted(load_texts("en").keys()) if not key.startswith("district."))
# Each page with a script, who opens it, and the script.
SCRIPTS = {
    "/": ("planner", "desk.js"),
    "/phone/": ("T2", "phone.js"),
    "/editions/weeks/abc123abc123/edit": ("planner", "plan_editing.js"),
    "/runs": ("planner", "runs.js"),
}
PAGES = {
    "planner": ("/", "/?big", "/evening", "/editions", "/phones", "/journal", "/runs", "/brief", "/nothing"),
    "commander": ("/", "/evening", "/editions"),
    "auditor": ("/journal",),
    "market_regulation": ("/brief",),
    "T2": ("/phone/",),
    "nobody": ("/login", "/enrol"),
}


def keys_in(text: str) -> list[str]:
    """Keys of the catalogue, and what begins as one does, in the visible text of a page."""
    visible = html.unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL))
    roots = {key.rpartition(".")[0] for key in KEYS}
    found = re.findall(r"(?<![\w./-])[a-z_]+(?:\.[a-zA-Z_0-9]+)+", visible)
    return [word for word in found if word in KEYS or word.rpartition(".")[0] in roots]


def opened(board: Board, who: str, path: str, lang: str) -> str:
    asker = Asker(board)
    if who != "nobody":
        asker.sign_in(who)
    asker.cookies["sweep_lang"] = lang
    return asker.get(path, accept="text/html").text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("who", PAGES)
def test_no_page_shows_a_key(whole: Board, who: str, lang: str) -> None:
    for n, kind in enumerate(("left", "arrived", "inside", "found", "done")):
        body = {"id": f"report-{n:04}", "kind": kind, "body": {"team_id": "T2", "visit_id": "V2"}}
        assert Asker(whole).sign_in("planner").send("/desk/reports", body).status == 200
    for path in PAGES[who]:
        text = opened(whole, who, path, lang)
        assert (path, keys_in(text)) == (path, [])
        assert f'lang="{lang.replace("_", "-")}"' in text


def used_keys(code: str) -> Iterator[str]:
    """Keys that a script names in full, and all those that begin as it says."""
    for text in re.findall(r'"([a-z_]+\.[a-z_.]*)"', code):
        yield from {key for key in KEYS if key == text or (text.endswith((".", "_")) and key.startswith(text))}


@pytest.mark.parametrize("path", SCRIPTS)
def test_each_text_that_a_script_asks_for_is_on_its_page(whole: Board, path: str) -> None:
    who, script = SCRIPTS[path]
    file = static_file(script)
    assert file is not None
    used = set(used_keys(file[0]))
    assert len(used) > 3
    page = Asker(whole).sign_in(who).get(path).text
    known = json.loads(re.findall(r'id="words">(.*?)</script>', page, re.DOTALL)[0])
    assert sorted(used - known.keys()) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_kind_state_and_column_that_a_page_names_by_a_part_of_its_key_has_a_text(lang: str) -> None:
    texts = load_texts(lang)
    states = ("standing_by", "left", "arrived", "inside", "done", "held", "home")
    wanted = [*(f"board.kind.{kind}" for kind in (*KINDS, "unread")), *(f"board.state.{state}" for state in states)]
    wanted += [f"unit_state.{state}" for state in UNIT_STATES]
    assert [key for key in wanted if key not in texts] == []
    columns = (*RESULT_COUNTS, *RESULT_ANSWERS, "recheck_on", "remark")
    assert [c for c in columns if f"item.{c}" not in texts and f"column.{c}" not in texts] == []


def visible_keys(page: Page) -> list[str]:
    return keys_in(page.locator("body").inner_html())


@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_no_answer_to_a_press_is_a_key(browser: Browser, day: tuple[Board, str, Wall], lang: str) -> None:
    board, address, wall = day
    phone = enrol(window(browser, address, 390), board, "T2")
    phone.choose(lang)
    phone.page.locator("#steps").wait_for(state="visible")
    desk = sign_in(window(browser, address, 1440), "planner", lang)
    for clock, kind in (("13:10", "left"), ("13:40", "arrived"), ("13:41", "inside"), ("13:50", "found")):
        wall.set(clock)
        phone.page.click(f"[data-step={kind}]")
        assert visible_keys(phone.page) == []
    phone.page.click("[data-step=held]")
    phone.page.fill("#until", "14:30")
    phone.page.click("#until-do")
    phone.page.locator("#rows [data-state=vacant]").first.click()
    phone.page.click("[data-step=refused]")
    phone.page.wait_for_timeout(1_500)
    for seen in (phone, desk):
        assert visible_keys(seen.page) == []
        # A text that is missing is an error of the page's console.
        assert seen.faults == []
        seen.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_act_of_the_audit_log_has_a_name(lang: str) -> None:
    texts, places = load_texts(lang), {"log": (1, ""), "log_action": (1, "board "), "append": (2, "")}
    calls = [
        (node, places[node.func.attr])
        for path in Path(sweep.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in places
    ]
    written = [(start, node.args[place]) for node, (place, start) in calls if len(node.args) > place]
    acts = {start + act.value for start, act in written if isinstance(act, ast.Constant) and isinstance(act.value, str)}
    assert {"approve", "board login", "results"} <= acts
    acts |= {CODES, ACT, "board login failed", "board enrol failed"}
    assert [act for act in sorted(acts - {"request"}) if f"board.act.{act.replace(' ', '_')}" not in texts] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_state_of_a_team_has_a_label_of_its_own(lang: str) -> None:
    texts = load_texts(lang)
    labels = [texts(key) for key in sorted(texts.keys()) if key.startswith("board.state.")]
    assert len(set(labels)) == len(labels) > 6
