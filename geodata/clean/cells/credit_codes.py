"""Unified social credit codes, a whole column at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from stdnum.cn import uscc as stdnum_uscc

from geodata.raw import Column, Mask

# GB 32100-2015: figures and capitals without I, O, S, V, Z; weights are powers of 3 modulo 31.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18
_WEIGHTS = np.array([pow(3, i, 31) for i in range(_LENGTH - 1)])
_NONE = 99
_VALUES = np.full(256, _NONE, dtype=np.int64)
_VALUES[[ord(sign) for sign in _ALPHABET]] = np.arange(len(_ALPHABET))


def is_credit_code(values: Column) -> Mask:
    """
    Whether each text is a credit code with its right check sign; False for NA.

    Notes
    -----
    Codes of the plain form are summed here, for python-stdnum takes 12 us for each; whatever fails is asked of it.
    Both are right where the remainder is 0, as many other programs are not.
    """
    is_right = pd.Series(data=False, index=values.index)
    plain = values[values.str.len().eq(_LENGTH) & values.str.isascii().eq(other=True)]
    signs = np.frombuffer("".join(plain).encode("ascii"), dtype=np.uint8).reshape(-1, _LENGTH)
    figures = _VALUES[signs]
    is_known = (figures < _NONE).all(axis=1) & (figures[:, :8] < 10).all(axis=1)
    checks = (31 - (figures[:, :-1] * _WEIGHTS).sum(axis=1)) % 31
    is_right[plain.index] = is_known & (checks == figures[:, -1])
    rest = values[values.notna() & ~is_right]
    right = {value for value in rest.unique() if stdnum_uscc.is_valid(value)}
    return is_right | values.isin(right)
