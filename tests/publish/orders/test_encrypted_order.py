from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.message_catalogue import Texts
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.orders.encrypted_order import ITERATIONS, Sealed, new_passphrase, seal
from sweep.publish.orders.order_page import order_page
from sweep.publish.orders.sealed_page import page_parts, sealed_order
from tests.publish.small_edition import small_edition
from tests.unsealed import unseal

PASSPHRASE = "扫楼-2026-09-16-甲"  # noqa: S105


def numbered(n: int) -> bytes:
    return bytes(range(n))


@pytest.fixture(scope="module")
def sealed() -> Sealed:
    return seal("<p>机密</p>", PASSPHRASE, "plan|A")


def test_what_is_sealed_comes_back_with_the_passphrase(sealed: Sealed) -> None:
    assert unseal(sealed, PASSPHRASE).rstrip(" ") == "<p>机密</p>"
    assert sealed.iterations == ITERATIONS >= 600_000


def test_blanks_and_full_width_signs_of_a_chinese_keyboard_do_not_matter(sealed: Sealed) -> None:
    assert unseal(sealed, " 扫楼－２０２６－０９－１６－甲 ").startswith("<p>")


@pytest.mark.parametrize("change", ["passphrase", "bound_to", "salt", "nonce", "ciphertext", "tag", "iterations"])
def test_nothing_opens_with_one_thing_changed(sealed: Sealed, change: str) -> None:
    def flipped(part: bytes, at: int = 0) -> bytes:
        changed = bytearray(part)
        changed[at] ^= 1
        return bytes(changed)

    spoilt = {
        "passphrase": sealed,
        "bound_to": replace(sealed, bound_to="plan|B"),
        "salt": replace(sealed, salt=flipped(sealed.salt)),
        "nonce": replace(sealed, nonce=flipped(sealed.nonce)),
        "ciphertext": replace(sealed, ciphertext=flipped(sealed.ciphertext)),
        "tag": replace(sealed, ciphertext=flipped(sealed.ciphertext, -1)),
        "iterations": replace(sealed, iterations=sealed.iterations - 1),
    }[change]
    with pytest.raises(ValueError, match="wrong passphrase"):
        unseal(spoilt, PASSPHRASE + ("x" if change == "passphrase" else ""))


def test_the_length_does_not_show_how_much_is_inside() -> None:
    assert len(seal("a", PASSPHRASE, "").ciphertext) == len(seal("a" * 30_000, PASSPHRASE, "").ciphertext)


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 12"):
        seal("a", "12345678901", "")


def test_two_seals_of_one_text_share_nothing() -> None:
    one, two = (seal("a", PASSPHRASE, "") for _ in range(2))
    assert not {one.salt, one.nonce, one.ciphertext[:16]} & {two.salt, two.nonce, two.ciphertext[:16]}


def test_a_new_passphrase_has_four_groups_of_signs_that_do_not_look_alike() -> None:
    # Bytes 0, 1, 2 ... 19 are the first twenty signs of the alphabet.
    assert new_passphrase(numbered) == "23456-789AB-CDEFG-HJKLM"
    assert not set("".join(new_passphrase() for _ in range(50))) & set("01OI")


def test_a_sealed_page_shows_the_letter_and_the_plan_and_no_word_of_the_order(texts: Texts) -> None:
    edition = small_edition()
    team = team_facts(edition)[0]
    page = order_page(edition, team, texts)
    made = sealed_order(page, edition.plan_id, team, PASSPHRASE, texts, numbered)
    assert edition.plan_id in made
    operation = texts("order.operation", name=edition.scenario.name)
    for word in ("IN_B1", "T/1", operation, texts.day(edition.scenario.day), texts("order.base")):
        assert word in page, word
        assert word not in made, word
    assert PASSPHRASE not in made


def test_a_page_without_exactly_one_style_sheet_and_body_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="one style sheet and one body"):
        page_parts("<body></body>")
