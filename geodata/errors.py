"""Faults in a user's files: the record of one, and the error that carries all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geodata.texts import Texts

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Issue:
    """
    One fault, or one thing worth knowing, in a user's file.

    The sentences are not here but in the catalogue, under `issue.<code>.what` and `issue.<code>.fix`, so that a
    planner reads them in their own language; `values` fills their place-holders.
    """

    code: str
    """G1xx files and columns, G2xx rows, G3xx places, S1xx scenario, S2xx roster and rules."""
    where: str
    """File and row (1-based, the header is row 1), or the scenario key."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    def what(self, texts: Texts) -> str:
        """What is wrong, in the reader's language."""
        return texts(f"issue.{self.code}.what", **self.values)

    def fix(self, texts: Texts) -> str:
        """How to mend it, in the reader's language."""
        return texts(f"issue.{self.code}.fix", **self.values)


class InputError(Exception):
    """
    The user's files cannot be used as they are.

    Parameters
    ----------
    issues
        Every fault found, at least one.
    """

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(issues)
        if not self.issues:
            raise ValueError("InputError needs at least one Issue")
        super().__init__("; ".join(f"{i.code} {i.where} {dict(i.values)}" for i in self.issues))
