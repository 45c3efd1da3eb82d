"""A column of addresses, each different one parsed once; and the buildings that a person has settled for some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.match.address import parse_address, plain_text
from geodata.match.building_names import plain_key
from geodata.raw_table import Column

NOT_OURS = ""
"""Stands for a building's id where a row or a text is of none of the table's buildings."""


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


@dataclass(frozen=True, slots=True)
class Assigned:
    """Choices for the rows of one table; building ids, or `NOT_OURS`."""

    by_key: Mapping[str, str] = field(default_factory=dict)
    """Buildings by uscc or lead_id; each goes before everything else that the row says."""
    by_text: Mapping[str, str] = field(default_factory=dict)
    """Buildings by `text_key`, for rows that state no building id."""


def text_key(text: str) -> str:
    """The same text for two writings of an address that differ in width, case, blanks and marks alone."""
    return plain_key(plain_text(text))
