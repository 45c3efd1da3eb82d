"""Distinct addresses of a column, each parsed once; and manual assignments of rows and texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.match.address import parse_address, plain_text
from geodata.match.building_names import plain_key
from geodata.raw_table import Column

NO_BUILDING = ""
"""Value used as building id for a row or text that belongs to no building of the table."""


class AddressTexts:
    """
    Addresses of one table's column, one text for each row; each distinct text is parsed once.

    `unique`: the distinct texts; `parsed`: their `Address`, in the same order; `codes`: index of each row's text.
    """

    def __init__(self, column: Column) -> None:
        self._index = column.index
        codes, unique = pd.factorize(column.astype(object).to_numpy())
        self.codes: NDArray[np.intp] = codes
        """Index in `unique` of each row's address, -1 if missing."""
        self.unique: list[str] = unique.tolist()
        self.parsed = [parse_address(text) for text in self.unique]

    def part(self, name: str) -> Column:
        """Return the field `name` of `geodata.match.address.Address` for each row."""
        return self.spread([getattr(address, name) for address in self.parsed], "str")

    def spread(self, values: Sequence[object], dtype: str) -> Column:
        """Return a column with a value for each row, from one value for each text of `unique`; None becomes NA."""
        table = np.array([*values, None], dtype=object)
        column: Column = pd.Series(table[self.codes], index=self._index, dtype=dtype)
        return column


@dataclass(frozen=True, slots=True)
class ManualAssignments:
    """Manual assignments for the rows of one table: building ids, or `NO_BUILDING`: in no building of the scenario."""

    by_key: Mapping[str, str] = field(default_factory=dict)
    """Building id by uscc or lead_id; this assignment overrides everything else in the row."""
    by_text: Mapping[str, str] = field(default_factory=dict)
    """Building id by address (`text_key`), for rows without a building id."""


def text_key(text: str) -> str:
    """Return an address as a key of `ManualAssignments.by_text`: its `plain_text` without punctuation marks."""
    return plain_key(plain_text(text))
