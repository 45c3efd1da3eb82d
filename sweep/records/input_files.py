"""Records of the files that the inputs of a plan were read from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input file: its table, hash, and numbers of rows read, used and quarantined."""

    table: str
    file: str
    sha256: str
    n_rows: int
    n_used: int
    n_quarantined: int
    personal_columns: tuple[str, ...] = ()
    """Headers of columns with personal data, which are never read."""
    ignored_columns: tuple[str, ...] = ()
    """Headers of columns that the table does not use."""
