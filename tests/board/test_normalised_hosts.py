"""Names and addresses of the server as a URL and a browser have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweep.board import https_server
from sweep.board.normalised_hosts import in_url, normal_header
from sweep.board.tls.certificates import make_certificates, utc_now
from tests.board.asking import HOST, Asker


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("::1", "[::1]"),
        ("[::1]", "[::1]"),
        ("2001:0DB8:0::5", "[2001:db8::5]"),
        ("10.0.0.5", "10.0.0.5"),
        ("Board.Test", "board.test"),
    ],
)
def test_an_address_of_version_six_stands_in_brackets_and_in_one_spelling(typed: str, host: str) -> None:
    assert in_url(typed) == host


@pytest.mark.parametrize(
    ("header", "normal"),
    [
        ("[0:0:0:0:0:0:0:1]:8443", "[::1]:8443"),
        ("[::FFFF:10.0.0.5]", "[::ffff:10.0.0.5]"),
        ("[::ffff:a00:5]", "[::ffff:10.0.0.5]"),
        ("Board.test:8443", "board.test:8443"),
        ("board.test", "board.test"),
        # Without its brackets no address of version six can be told from its port.
        ("::1:8443", "::1:8443"),
        ("[", "["),
        ("", ""),
    ],
)
def test_what_a_browser_sends_is_compared_in_one_spelling(header: str, normal: str) -> None:
    assert normal_header(header) == normal


class _Bound:
    def getsockname(self) -> tuple[str, int]:
        return "::1", 8443


def test_a_board_on_an_address_of_version_six_is_known_by_its_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(https_server, "_bound", lambda *_: _Bound())
    listening = https_server.listen("::1", 8443, (), None)
    assert listening.address == "http://[::1]:8443"
    assert set(listening.hosts) == {"[::1]:8443", "127.0.0.1:8443", "localhost:8443"}
    # However the unspecified address is spelt, it is nobody's name.
    make_certificates(tmp_path, ["fd00::5"], utc_now())
    assert https_server.listen("0::0", 8443, (), tmp_path).address == "https://[fd00::5]:8443"


def test_the_server_is_reached_by_another_spelling_of_its_name(asker: Asker) -> None:
    assert asker.get("/login", host=HOST.upper()).status == 200
