"""province.json: all that the pages of a province are made from; read again to compare and to check."""

import hashlib
import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular
from sweep.disk.plain import plain
from sweep.publish.province.figures import city_figures, province_figures
from sweep.publish.province.names import JSON
from sweep.records.province import ProvinceEdition

VERSION = 1
_ADAPTER = TypeAdapter(ProvinceEdition)


def province_json(edition: ProvinceEdition) -> str:
    """The edition with its totals; the same edition gives the same bytes."""
    content = {
        "version": VERSION,
        "totals": plain(province_figures(edition)),
        "cities": plain(city_figures(edition)),
        "province": plain(edition),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read_province_edition(folder: Path) -> ProvinceEdition:
    """What was published in a folder; S969 if no edition of a province is there that can be read."""
    try:
        content = json.loads(read_regular(folder / JSON))
        # One of another version is not found under its number.
        return _ADAPTER.validate_python({VERSION: content["province"]}[content["version"]])
    except (OSError, ValueError, KeyError, TypeError, ValidationError, RecursionError) as error:
        raise InputError([Issue("S969", str(folder))]) from error


def edition_id(edition: ProvinceEdition) -> str:
    """Twelve hexadecimal signs that follow from all that is published."""
    return hashlib.sha256(province_json(edition).encode()).hexdigest()[:12]
