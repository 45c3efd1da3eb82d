"""Slower streets at certain hours: a profile of the road engine whose speeds are those of another, divided by class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CLASSES: Mapping[str, tuple[str, ...]] = {
    "motorway": ("motorway", "motorway_link"),
    "trunk": ("trunk", "trunk_link"),
    "primary": ("primary", "primary_link"),
    "secondary": ("secondary", "secondary_link"),
    "tertiary": ("tertiary", "tertiary_link"),
    "other": ("unclassified", "residential", "living_street", "service", "road"),
}
"""The classes of street that traffic is stated for, and OpenStreetMap's of each."""


def traffic_profile(profile: Path, factors: Mapping[str, float]) -> str:
    """
    A profile in Lua that loads another and divides the speeds that it gives, tagged speed limits included.

    Parameters
    ----------
    factors
        Time needed over time with free streets, by class of `CLASSES`, > 0; 1 for a class that is not named.

    Raises
    ------
    ValueError
        If there is no such class, or a factor is not above 0.
    """
    wrong = {name: factor for name, factor in factors.items() if name not in CLASSES or not factor > 0}
    if wrong:
        raise ValueError(f"factors must be > 0 and of the classes {tuple(CLASSES)}, got {wrong}")
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
