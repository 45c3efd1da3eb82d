"""What is tried against the board: forged and foreign requests, guesses, paths, bodies without end, names that run."""

from __future__ import annotations

import json
import re

import pytest

from sweep.board.accounts.accounts import with_account, without_account, write_accounts
from sweep.board.accounts.sign_in_throttle import SignInThrottle
from sweep.board.application import ROUTES
from sweep.board.board_state import Board
from sweep.board.guard import request_bodies
from sweep.board.guard.route_table import session_validity
from tests.board.asking import PHRASE, Asker, Wall
from tests.publish.page.test_render_pages import Reader
from tests.publish.payloads import PAYLOADS

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
WRONG = PHRASE[::-1]


@pytest.mark.parametrize("way", [w for w in ROUTES if w.method == "GET"], ids=lambda w: w.path)
def test_every_response_carries_a_policy_that_lets_nothing_in(asker: Asker, way: object) -> None:
    path = re.sub(r"\{\w+\}", "x", way.path)  # type: ignore[attr-defined]
    for who in ("planner", "market_regulation", "T/1", None):
        if who:
            asker.sign_in(who)
        headers = asker.get(path, accept="text/html").headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_a_nonce_is_of_one_response_alone(asker: Asker) -> None:
    first, second = (asker.get("/login") for _ in range(2))
    nonces = {re.findall(r"'nonce-([^']+)'", a.headers["content-security-policy"])[0] for a in (first, second)}
    assert len(nonces) == 2
    own = re.findall(r"'nonce-([^']+)'", first.headers["content-security-policy"])[0]
    assert set(re.findall(r'nonce="([^"]*)"', first.text)) == {own}


@pytest.mark.parametrize("host", ["evil.test", "board.test", "board.test:80", "board.test:8443.evil.test", "", "[::1]"])
def test_another_host_header_is_not_answered(asker: Asker, host: str) -> None:
    assert asker.get("/login", host=host).status == 421


def test_a_session_cookie_is_shut_to_scripts_and_other_sites(board: Board, asker: Asker) -> None:
    answer = asker.form("/login", name="planner", passphrase=PHRASE)
    assert answer.status == 303
    (cookie,) = [c for c in answer.cookies if c.startswith("sweep_session")]
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


def test_signing_in_begins_a_session_that_nobody_knew(board: Board, asker: Asker) -> None:
    asker.sign_in("commander")
    planted = asker.sid
    asker.form("/login", name="planner", passphrase=PHRASE)
    assert asker.sid != planted


def test_signing_out_ends_the_session_on_the_server(asker: Asker) -> None:
    asker.sign_in("planner")
    kept = dict(asker.cookies)
    asker.form("/logout")
    asker.cookies = kept
    assert asker.get("/desk/ground").status == 401


@pytest.mark.parametrize("way", [w for w in ROUTES if w.method == "POST"], ids=lambda w: w.path)
@pytest.mark.parametrize(
    "forged", ["no token", "another's token", "another site", "no site", "a site by its fetch header"]
)
def test_what_another_site_sends_is_refused(board: Board, way: object, forged: str) -> None:
    asker = Asker(board)
    roles = way.roles or {"planner"}  # type: ignore[attr-defined]
    asker.sign_in("T/1" if "team" in roles else "planner")
    token = {"no token": "", "another's token": Asker(board).sign_in("planner").token}.get(forged, asker.token)
    odd = {
        "another site": {"origin": "https://evil.test"},
        "no site": {"origin": "http://[::1"},
        "a site by its fetch header": {"sec-fetch-site": "same-site"},
    }
    headers = odd.get(forged, {"origin": "https://board.test:8443"})
    path, is_form = way.path, way.is_form  # type: ignore[attr-defined]
    # With what lets whoever sends it in, if the token were not asked for.
    code = board.enrolments.issue("T2")
    body = f"token={token}&name=planner&passphrase={PHRASE}&code={code}".encode() if is_form else b"{}"
    kind = FORM if is_form else JSON
    assert asker.ask("POST", path, body, {**kind, **headers, "x-sweep-token": token}).status == 403


@pytest.mark.parametrize("to", ["https://evil.test", "//evil.test", "/\\evil.test"])
def test_nobody_is_led_to_another_site(asker: Asker, to: str) -> None:
    asker.sign_in("planner")
    for path in ("/language", "/login", "/logout"):
        answer = asker.form(f"{path}?next={to}", lang="en", next=to, name="planner", passphrase=PHRASE)
        assert answer.headers["location"] in ("/", "/login")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../accounts.json",
        "/static/..%2f..%2faccounts.json",
        "/static/desk/script",
        "/static/accounts.json",
        "/editions/_board/0123456789ab/report.html",
        "/editions/../0123456789ab/report.html",
        "/editions/x/0123456789ab/..%2f..%2fkey",
        "/editions/{name}/{plan_id}/plan.json",
        "/editions/{name}/{plan_id}/edition.json",
    ],
)
def test_no_path_leads_out(board: Board, path: str) -> None:
    name = board.live.edition.scenario.name
    path = path.replace("{name}", name).replace("{plan_id}", board.plan_id)
    assert Asker(board).sign_in("planner").get(path).status == 404


def test_a_body_that_is_too_large_or_none_is_refused(asker: Asker) -> None:
    asker.sign_in("planner")
    headers = {**JSON, "x-sweep-token": asker.token}
    large = b"{" + b" " * request_bodies.LARGE + b"}"
    assert asker.ask("POST", "/desk/reports", large, headers).status == 413
    # One that says that it is small, and goes on.
    parts = [b" " * 10_000] * 10
    assert asker.ask("POST", "/desk/reports", b"", {**headers, "content-length": "10"}, parts).status == 413
    assert asker.ask("POST", "/desk/reports", b"[" * 9_000, headers).status == 400
    assert asker.ask("POST", "/desk/reports", b"[]", headers).status == 400
    assert asker.ask("POST", "/desk/reports", b"{}", {"x-sweep-token": asker.token}).status == 415
    assert asker.ask("POST", "/login", b"a=1&" * 60, FORM).status == 400


def test_a_body_that_does_not_come_is_not_waited_for(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_bodies, "BODY_S", 0.05)
    asker.sign_in("planner")
    headers = {**JSON, "x-sweep-token": asker.token, "content-length": "100"}
    assert asker.ask("POST", "/desk/reports", b"", headers, [b"{", b" "]).status == 408


def test_after_some_wrong_passphrases_each_costs_time(board: Board, asker: Asker) -> None:
    now = [0.0]
    board.throttle = SignInThrottle(lambda: now[0])
    # Five are free: the sixth costs the first second.
    for _ in range(6):
        assert asker.form("/login", name="planner", passphrase=WRONG).status == 403
    refused = asker.form("/login", name="planner", passphrase=PHRASE)
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) >= 1
    now[0] += 1.1
    assert asker.form("/login", name="planner", passphrase=WRONG).status == 403
    now[0] += 1.1
    assert asker.form("/login", name="planner", passphrase=PHRASE).status == 429
    now[0] += 1.1
    assert asker.form("/login", name="planner", passphrase=PHRASE).status == 303


@pytest.mark.parametrize("name", ["planner", "nobody", "", "x" * 5_000, "planner\x00", "' OR 1=1"])
def test_a_wrong_passphrase_and_an_unknown_name_are_told_alike(asker: Asker, name: str) -> None:
    answer = asker.form("/login", name=name, passphrase=WRONG)
    assert answer.status in (403, 413)
    # The name that was typed is in its field again, and in no sentence.
    shown = re.sub(r' value="[^"]*"', "", answer.text.partition("<main>")[2])
    assert name == "" or name not in shown


def test_a_closed_account_signs_in_no_more(board: Board, asker: Asker) -> None:
    board.accounts = without_account(board.accounts, "planner")
    assert asker.form("/login", name="planner", passphrase=PHRASE).status == 403


@pytest.mark.parametrize("change", ["closed", "another role", "another passphrase"])
def test_a_session_ends_with_the_account_that_began_it(board: Board, asker: Asker, change: str) -> None:
    asker.form("/login", name="planner", passphrase=PHRASE)
    phone = Asker(board).sign_in("T2")
    assert asker.get("/desk/ground").status == 200
    old = board.accounts["planner"].passphrase_hash
    role, kept = {"another role": ("commander", old), "another passphrase": ("planner", old[::-1])}.get(
        change, ("planner", old)
    )
    accounts = with_account({}, "planner", role, kept)
    write_accounts(without_account(accounts, "planner") if change == "closed" else accounts, board.folder)
    assert [asker.get(path).status for path in ("/desk/ground", "/desk/stream", "/")] == [401, 401, 303]
    assert phone.get("/phone/orders").status == 200


def test_an_open_page_is_cut_off_once_its_account_is_closed(board: Board, asker: Asker) -> None:
    asker.form("/login", name="planner", passphrase=PHRASE)
    session = board.session_of(asker.cookies["sweep_session"])
    assert session is not None
    still = session_validity(board, session)
    assert still()
    write_accounts(without_account(board.accounts, "planner"), board.folder)
    assert not still()


def test_a_code_that_was_not_used_can_be_shut_out_from_the_page(board: Board) -> None:
    desk = Asker(board).sign_in("planner")
    assert 'name="shut"' not in desk.get("/phones").text
    desk.form("/phones", team_id="T2")
    assert desk.get("/phones").text.count('name="shut"') == 1
    desk.form("/phones", team_id="T2", shut="1")
    assert 'name="shut"' not in desk.get("/phones").text


def test_a_team_that_is_shut_out_has_no_code_left(board: Board) -> None:
    own, other = (board.enrolments.issue(t) for t in ("T2", "T/1"))
    Asker(board).sign_in("planner").form("/phones", team_id="T2", shut="1")
    assert [board.enrolments.team_of(code) for code in (own, other)] == [None, "T/1"]


def test_a_code_enrols_one_phone_for_one_team_on_one_day(board: Board, wall: Wall) -> None:
    code = board.enrolments.issue("T2")
    phone, thief = Asker(board), Asker(board)
    assert phone.form("/enrol", code=code).status == 303
    assert phone.get("/phone/orders").json()["team_id"] == "T2"
    assert thief.form("/enrol", code=code).status == 403
    # A new code makes the one before worth nothing; one of another day, or an old one, is worth nothing either.
    first, second = board.enrolments.issue("T2"), board.enrolments.issue("T2")
    assert board.enrolments.team_of(first) is None
    board.enrolments.of = "small/2026-09-17"
    assert board.enrolments.team_of(second) is None
    board.enrolments.of = f"small/{board.day}"
    late = board.enrolments.issue("T2")
    wall.now = wall.now.replace(day=17)
    assert board.enrolments.team_of(late) is None


def test_accounts_sessions_and_journal_are_their_owners_alone(board: Board, asker: Asker) -> None:
    asker.sign_in("planner")
    files = [p for p in board.folder.rglob("*") if p.is_file() and p.suffix != ".lock"]
    assert {p.name for p in files} >= {"sessions.json", "key", "2026-09-16.jsonl"}
    assert [p.name for p in files if p.stat().st_mode & 0o077] == []
    # What is on the disk opens no session.
    assert asker.sid not in (board.folder / "sessions.json").read_text(encoding="utf-8")


def test_sixty_payloads_in_what_is_typed_stand_as_text(board: Board) -> None:
    assert len(PAYLOADS) >= 60
    phone, desk = Asker(board).sign_in("T/1"), Asker(board).sign_in("planner")
    texts = [json.dumps({"kind": "message", "body": {"to": "desk", "text": p[:900]}, "t": 1}) for p in PAYLOADS]
    reports = [{"seq": k + 1, "text": t} for k, t in enumerate(texts)]
    batch = {"device": "0" * 16, "sent": 2, "first": 1, "reports": reports}
    assert phone.send("/phone/reports", batch).status == 200
    for k, payload in enumerate(PAYLOADS):
        said = {"id": f"payload-{k}", "kind": "message", "body": {"to": "all", "text": payload[:900]}}
        assert desk.send("/desk/reports", said).status == 200
    assert len(board.live.state.messages) == 2 * len(PAYLOADS)
    stream = desk.get("/desk/stream")
    assert not re.search(r"[<>\u2028\u2029]", stream.text)
    for path in ("/journal", "/evening", "/", "/phones"):
        page = desk.get(path).text
        read = Reader(page)
        # Letters of teams are drawn; nothing that a value brought is an element or an attribute.
        assert set(read.tags).isdisjoint(("img", "iframe", "object", "embed"))
        assert [name for name, _ in read.attributes if name.startswith("on")] == []
        scripts = re.findall(r"<script[^>]*>", page)
        assert all("nonce=" in s for s in scripts)
