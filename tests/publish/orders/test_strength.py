"""What counts in a passphrase, sign by sign."""

from __future__ import annotations

from random import Random

import pytest

from sweep.publish.orders.encrypted_order import MIN_CHARACTERS, n_own_characters, new_passphrase


@pytest.mark.parametrize(
    ("passphrase", "n"),
    [
        ("", 0),
        ("aaaaaaaaaaaa", 1),
        ("abababababab", 1),  # ab, and b follows a
        ("123456789012", 2),  # 0 follows 9; 1 does not follow 0, and 2 follows 1
        ("qwertyuiop[]", 3),
        ("passwordpassword", 6),  # password once; s beside a on the keyboard, and the second s repeats it
        ("ｐａｓｓｗｏｒｄ", 6),  # of a Chinese keyboard
        ("correct horse battery", 15),  # without r, e of correct, s of horse, and a, t, r of battery
    ],
)
def test_repeats_and_runs_do_not_count(passphrase: str, n: int) -> None:
    assert n_own_characters(passphrase) == n


def test_a_made_passphrase_counts_almost_whole() -> None:
    chance = Random(1).randbytes  # one in some millions that are drawn counts less, and no test may hang on the draw
    assert min(n_own_characters(new_passphrase(chance)) for _ in range(1_000)) >= MIN_CHARACTERS
