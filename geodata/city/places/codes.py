"""Unified social credit codes (GB 32100-2015) that belong to nobody."""

from __future__ import annotations

import numpy as np
from stdnum.cn import uscc

# No I, O, S, V, Z.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# GB 11714: the organisation code inside has a check sign of its own, which python-stdnum does not compute.
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
SERIAL_LENGTH = 6


def make_serials(rng: np.random.Generator, n: int) -> list[str]:
    """`n` different organisation codes of the newer form, MA and six signs, without check sign."""
    base = len(ALPHABET)
    numbers = rng.choice(base**SERIAL_LENGTH, size=n, replace=False)
    return ["MA" + "".join(ALPHABET[number // base**k % base] for k in range(SERIAL_LENGTH)) for number in numbers]


def make_uscc(prefix: str, division_code: str, serial: str) -> str:
    """
    The code of 18 signs, both check signs right.

    Parameters
    ----------
    prefix
        91 for an enterprise, 92 for an individual business.
    serial
        Organisation code without its check sign, 8 signs.
    """
    total = sum(int(sign, 36) * weight for sign, weight in zip(serial, ORGANISATION_WEIGHTS, strict=True))
    body = prefix + division_code + serial + "0123456789X0"[(11 - total % 11) % 12]
    return body + str(uscc.calc_check_digit(body))
