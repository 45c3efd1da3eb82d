"""Files of the routing engine (OSRM) for one OpenStreetMap file, cached by the file's content."""

import hashlib
import shutil
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import osrm
import platformdirs

from geodata.atomic_writes import make_once
from geodata.check_osm_file import check_osm_file, damaged
from geodata.errors import InputError, Issue
from geodata.regular_file import open_regular

_PACKAGE = Path(osrm.__file__).parent
_PROFILES = {name: _PACKAGE / "share" / "profiles" / f"{name}.lua" for name in ("car", "foot")}

# OSRM moves places from components smaller than this to a larger one nearby. Its default of 1,000 counts every
# component of a single district as small; then places stay on isolated car parks at the edge.
_SMALL_COMPONENT = 100

_BASE = "roads.osrm"
CLASSES: Mapping[str, tuple[str, ...]] = {
    "motorway": ("motorway", "motorway_link"),
    "trunk": ("trunk", "trunk_link"),
    "primary": ("primary", "primary_link"),
    "secondary": ("secondary", "secondary_link"),
    "tertiary": ("tertiary", "tertiary_link"),
    "other": ("unclassified", "residential", "living_street", "service", "road"),
}
"""OpenStreetMap's street classes, by street class of the traffic settings."""


def build_roads(
    osm_path: Path, cache_dir: Path | None = None, profile: str = "car", slower: Mapping[str, float] | None = None
) -> Path:
    """
    Return the base path of OSRM's files for an OpenStreetMap file, built if they are missing.

    Parameters
    ----------
    cache_dir
        Folder of the files; None: the user's cache directory. Several processes may share it.
    profile
        Mode of travel: `car` or `foot`.
    slower
        Travel time relative to free flow by street class, see `CLASSES`; None: free flow.

    Raises
    ------
    InputError
        G120 missing, G121 other suffix, G122 empty, G123 damaged, G322 unsaved edits, G125 no drivable street.
    ValueError
        If the profile or a class is unknown, or a factor is not above 0.
    """
    if profile not in _PROFILES:
        raise ValueError(f"profile must be one of {tuple(_PROFILES)}, got {profile!r}")
    check_osm_file(osm_path)
    root = cache_dir if cache_dir is not None else Path(platformdirs.user_cache_dir("sweep")) / "roads"
    rules = traffic_profile(_PROFILES[profile], slower) if slower else None
    folder = root / _key(osm_path, profile, slower or {})
    make_once(folder, lambda built: _build(osm_path, built, _profile(profile, rules, built)))
    return folder / _BASE


def _profile(name: str, rules: str | None, folder: Path) -> Path:
    if rules is None:
        return _PROFILES[name]
    lua = folder / "traffic.lua"
    lua.write_text(rules, encoding="utf-8")
    return lua


def _key(osm_path: Path, profile: str, slower: Mapping[str, float]) -> str:
    with open_regular(osm_path) as file:
        roads = hashlib.file_digest(file, "sha256").hexdigest()
    rules = hashlib.sha256(_PROFILES[profile].read_bytes()).hexdigest()
    parts = [roads, metadata.version("osrm-bindings"), rules, str(_SMALL_COMPONENT)]
    parts += [f"{name} {factor!r}" for name, factor in sorted(slower.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _build(osm_path: Path, folder: Path, profile: Path) -> None:
    base = str(folder / _BASE)
    extract = ["--profile", str(profile), "--small-component-size", str(_SMALL_COMPONENT), "--output", base]
    problem = _run("osrm-extract", [*extract, str(osm_path.resolve())], folder)
    if problem is not None:
        if "no edges remaining" in problem:
            raise InputError([Issue("G125", osm_path.name)])
        raise damaged(osm_path, _last_line(problem))
    for step in ("osrm-partition", "osrm-customize"):
        problem = _run(step, [base], folder)
        if problem is not None:
            raise damaged(osm_path, f"{step}: {_last_line(problem)}")


def _run(program: str, arguments: list[str], folder: Path) -> str | None:
    """Run a program of the engine; return its output if it failed, else None."""
    found = shutil.which(program, path=str(_PACKAGE / "bin"))
    if found is None:
        raise RuntimeError(f"the installed osrm-bindings has no program {program}")
    command = [found, "--verbosity", "ERROR", *arguments]
    # A temporary working folder, since OSRM aborts on a damaged file and may leave a core dump.
    done = subprocess.run(  # noqa: S603 -- a program of the package, a list of arguments, no shell
        command, cwd=folder, capture_output=True, text=True, errors="replace", check=False
    )
    return None if done.returncode == 0 else done.stdout + done.stderr


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("what():").strip() if lines else "no message"


def traffic_profile(profile: Path, factors: Mapping[str, float]) -> str:
    """
    Return a Lua profile for OSRM that loads another and divides its speeds, including tagged speed limits.

    Parameters
    ----------
    profile
        File of the other profile.
    factors
        Travel time relative to free flow by class of `CLASSES`, > 0; 1 for missing classes.

    Raises
    ------
    ValueError
        If a class is unknown, or a factor is not above 0.
    """
    wrong = {name: factor for name, factor in factors.items() if name not in CLASSES or not factor > 0}
    if wrong:
        raise ValueError(f"factors must be > 0 and for the classes {tuple(CLASSES)}, got {wrong}")
    by_tag = {tag: factor for name, factor in factors.items() for tag in CLASSES[name]}
    table = ", ".join(f"{tag} = {factor!r}" for tag, factor in sorted(by_tag.items()))
    folder, file = _lua_text(f"{profile.parent.as_posix()}/?.lua;"), _lua_text(profile.as_posix())
    return _PROFILE.format(folder=folder, file=file, table=table)


def _lua_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_PROFILE = """\
api_version = 4
package.path = {folder} .. package.path
local free = dofile({file})
local factors = {{ {table} }}

local function process_way(profile, way, result, relations)
  free.process_way(profile, way, result, relations)
  local factor = factors[way:get_value_by_key("highway")]
  if not factor then return end
  if result.forward_speed > 0 then result.forward_speed = result.forward_speed / factor end
  if result.backward_speed > 0 then result.backward_speed = result.backward_speed / factor end
  if result.forward_rate > 0 then result.forward_rate = result.forward_rate / factor end
  if result.backward_rate > 0 then result.backward_rate = result.backward_rate / factor end
end

return {{
  setup = free.setup,
  process_way = process_way,
  process_node = free.process_node,
  process_turn = free.process_turn
}}
"""
