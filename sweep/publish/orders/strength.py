"""How much of a passphrase is to be guessed sign by sign: repeats and runs are none."""

from __future__ import annotations

from itertools import pairwise

from sweep.publish.orders.seal import plain_passphrase

# Signs beside each other on a keyboard, and in the alphabet.
_RUNS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_FOLLOWS = {pair for run in _RUNS for a, b in pairwise(run) for pair in ((a, b), (b, a))}
# A sign that stood so shortly before is a repeat.
_NEAR = 3


def n_own_signs(passphrase: str) -> int:
    """The signs of a passphrase that neither repeat one of the three before, nor follow the one before in a run."""
    text = _unrepeated(plain_passphrase(passphrase).lower())
    return sum(
        sign not in text[max(0, k - _NEAR) : k] and (text[k - 1 : k], sign) not in _FOLLOWS
        for k, sign in enumerate(text)
    )


def _unrepeated(text: str) -> str:
    """The shortest beginning that the whole text is a repetition of."""
    n = (text + text).find(text, 1)
    return text[:n] if 0 < n < len(text) else text
