"""Records of the files that a plan was read from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read."""

    table: str
    file: str
    sha256: str
    n_rows: int
    n_used: int
    n_quarantined: int
    personal_columns: tuple[str, ...] = ()
    """Headers of columns of personal data, which were not read."""
    ignored_columns: tuple[str, ...] = ()
    """Headers of columns that the table has no use for."""
