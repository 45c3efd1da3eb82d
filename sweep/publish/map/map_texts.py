"""Texts of the map, each stored once, and the texts of its script."""

from geodata.message_catalogue import Texts


class TextTable:
    """List of unique texts, which rows refer to by index."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def place(self, text: str | None) -> int:
        """Return the index of a text, which is added if new; -1 for an empty text or None."""
        return -1 if not text else self._places.setdefault(text, len(self._places))

    def all(self) -> list[str]:
        """Return the texts of the table in the order of their indices."""
        return list(self._places)


_SCRIPT_TEXTS = (
    *("rank_of", "cluster_no", "finds_per_hour", "rate", "leads_30d", "travel", "exits_guards", "with_team"),
    *("located", "found", "now.waits", "now.goes", "now.early", "now.inside", "now.pause", "now.returns", "now.back"),
    *("team_popup", "stops_of", "linked_start", "measure_hint", "locate_failed", "locate_denied", "none_found", "play"),
    *("measured", "pause", "kind.cluster", "kind.team", "kind.base", "close", "zoom_in", "zoom_out"),
)


def script_texts(texts: Texts) -> dict[str, str]:
    """Return the texts for the map's script, by catalogue key without the prefix `map.`; placeholders stay unfilled."""
    own = {key: texts.raw(f"map.{key}") for key in _SCRIPT_TEXTS}
    return {**own, "list_separator": texts.listed(("", ""))}
