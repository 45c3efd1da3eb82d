"""Texts that many things of the map share, each written once."""

from geodata.message_catalogue import Texts


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


_SCRIPT_TEXTS = (
    *(
        "rank_of",
        "cluster_no",
        "finds_per_hour",
        "rate",
        "leads_30d",
        "travel",
        "exits_guards",
        "with_team",
        "measured",
    ),
    *("located", "found", "now.waits", "now.goes", "now.early", "now.inside", "now.pause", "now.returns", "now.back"),
    *("team_popup", "stops_of", "linked_start", "measure_hint", "locate_failed", "locate_denied", "none_found", "play"),
    *("pause", "kind.cluster", "kind.team", "kind.base", "close", "zoom_in", "zoom_out"),
)


def script_texts(texts: Texts) -> dict[str, str]:
    """The sentences of the page's script by key, their place-holders left open for a thing's own figures."""
    own = {key: texts.raw(f"map.{key}") for key in _SCRIPT_TEXTS}
    return {**own, "list_separator": texts.listed(("", ""))}
