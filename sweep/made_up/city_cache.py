"""Cache of the synthetic city's files in the user's cache directory."""

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from platformdirs import user_cache_dir

from geodata.atomic_writes import make_once
from sweep.made_up.generate_city import generate_city
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.write_city import write_city

# Increase with every change of the generator's output, so that no cached city of an older version is used.
GENERATOR_VERSION = 4


def city_key(settings: SyntheticCitySettings) -> str:
    """Return the SHA-256, hexadecimal, of the settings and the generator's version: the name of the city's folder."""
    record = {"generator": GENERATOR_VERSION, "settings": asdict(settings)}
    return sha256(json.dumps(record, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def city_folder(settings: SyntheticCitySettings, cache_dir: Path | None = None) -> Path:
    """
    Return the folder of the city's files, generated if missing; OSError if the cache cannot be written.

    `cache_dir`: folder with one subfolder for each city; None: the user's cache directory.
    """
    home = cache_dir if cache_dir is not None else Path(user_cache_dir("sweep")) / "city"
    folder = home / city_key(settings)
    make_once(folder, lambda made: write_city(generate_city(settings), made))
    return folder
