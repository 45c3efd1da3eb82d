"""The names of division codes (GB/T 2260): Shandong with its cities, and the districts of Jinan and Qingdao."""

from __future__ import annotations

from geodata.texts import Texts


def division_name(code: str, texts: Texts) -> str:
    """
    The name of a division in the reader's language; the code itself where the catalogue has none.

    Parameters
    ----------
    code
        Six digits. Functional zones and former districts have codes of their own, which are valid and not listed.
    texts
        A catalogue that holds those of this package, under `district.<code>`.
    """
    key = f"district.{code}"
    return texts(key) if key in texts else code
