"""A column of addresses, each different one parsed once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.match.address import parse_address
from geodata.raw import Column


class AddressTexts:
    """The addresses of one table, NA where there is none."""

    def __init__(self, column: Column) -> None:
        self._index = column.index
        codes, unique = pd.factorize(column.astype(object).to_numpy())
        self.codes: NDArray[np.intp] = codes
        """Place in `unique` of each row's address, -1 where there is none."""
        self.unique: list[str] = unique.tolist()
        self.parsed = [parse_address(text) for text in self.unique]

    def part(self, name: str) -> Column:
        """One part of `geodata.match.address.Address`, a row an address."""
        return self.spread([getattr(address, name) for address in self.parsed], "str")

    def spread(self, values: Sequence[object], dtype: str) -> Column:
        """The value of each row, from one for each of `unique`; None becomes NA."""
        table = np.array([*values, None], dtype=object)
        column: Column = pd.Series(table[self.codes], index=self._index, dtype=dtype)
        return column
