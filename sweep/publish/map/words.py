"""Texts that many things of the map share, each written once."""

from __future__ import annotations

from geodata.texts import Texts


class Words:
    """A list of texts without repeats; things name a text by its place."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def place(self, text: str | None) -> int:
        """Where the text stands, put there if it is new; -1 for none."""
        return -1 if not text else self._places.setdefault(text, len(self._places))

    def all(self) -> list[str]:
        """Every text, by place."""
        return list(self._places)


# Sentences that the page's script fills with a thing's own figures.
_FILLED = {
    "rank_of": ("rank", "n"),
    "cluster_no": ("rank",),
    "finds_per_hour": ("value",),
    "rate": ("rate", "low", "high"),
    "leads_30d": ("n", "n_30d"),
    "travel": ("minutes", "km"),
    "exits_guards": ("exits", "guards"),
    "with_team": ("letter",),
    "measured": ("distance", "points"),
    "located": ("metres",),
    "found": ("n",),
    "now.waits": ("place",),
    "now.goes": ("place",),
    "now.early": ("place",),
    "now.inside": ("place",),
    "now.pause": ("place",),
    "now.returns": ("place",),
    "now.back": ("place",),
    "team_popup": ("letter", "team"),
    "stops_of": ("letter",),
}
_PLAIN = (
    "linked_start",
    "measure_hint",
    "locate_failed",
    "locate_denied",
    "none_found",
    "play",
    "pause",
    "kind.cluster",
    "kind.team",
    "kind.base",
    "close",
    "zoom_in",
    "zoom_out",
)


def script_texts(texts: Texts) -> dict[str, str]:
    """The sentences of the page's script by key, with their place-holders left open."""
    filled = {key: texts(f"map.{key}", **{hole: f"{{{hole}}}" for hole in holes}) for key, holes in _FILLED.items()}
    plain = {key: texts(f"map.{key}") for key in _PLAIN}
    return {**filled, **plain, "list_separator": texts.listed(("", ""))}
