"""Letters and colours of teams, and colour scales, for readers with any kind of colour vision."""

from collections.abc import Sequence
from itertools import pairwise

# Paul Tol's "muted" and "vibrant" sets (Colour Schemes, SRON/EPS/TN/09-002, 2021), ordered so that neighbours in
# the list differ in lightness as well as in hue.
TEAM_COLOURS = (
    "#0077bb",
    "#cc3311",
    "#117733",
    "#aa4499",
    "#ee7733",
    "#332288",
    "#009988",
    "#882255",
    "#999933",
    "#cc6677",
    "#33bbee",
    "#5b4636",
)
# After all colours are used once, routes are dashed, so that colour and dash together are unique for 36 teams.
DASHES = ("", "10 6", "2 6")

# ColorBrewer YlOrBr, six classes: sequential, safe for every common kind of colour-blindness.
VALUE_SCALE = ("#ffffd4", "#fee391", "#fec44f", "#fe9929", "#d95f0e", "#993404")
# Colours of the first reason for an unserved visit, most frequent first.
REASON_COLOURS = ("#31383f", "#b3261e", "#1f5f8b", "#7a4b9a", "#8a6d00", "#0b6b50")
# ColorBrewer's darkest PuBu and a grey, for figures without a scale.
REACHED = "#2b6c99"
NOT_REACHED = "#d5dbe1"


def team_colour(index: int) -> str:
    """Return the colour of the team with this index, from 0, as `#rrggbb`."""
    return TEAM_COLOURS[index % len(TEAM_COLOURS)]


def team_dash(index: int) -> str:
    """Return the SVG dash pattern of the route of the team with this index; empty for a solid line."""
    return DASHES[index // len(TEAM_COLOURS) % len(DASHES)]


def team_letter(index: int) -> str:
    """Return the letter of the team with this index: A, B ... Z, AA, AB ... as spreadsheet columns."""
    if index < 0:
        raise ValueError(f"index must be >= 0, got {index}")
    letters = ""
    rest = index + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def ink_on(colour: str) -> str:
    """Return black or white, whichever has the better contrast on `#rrggbb` (WCAG 2 relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # Contrast with white is 1.05 / (L + 0.05), with black (L + 0.05) / 0.05: equal at L = 0.179.
    return "#ffffff" if luminance < 0.25 else "#111111"


def value_breaks(values: Sequence[float]) -> tuple[float, ...]:
    """Return the quantiles that divide the values into the classes of `VALUE_SCALE`, without repeated ones."""
    ordered = sorted(values)
    if not ordered:
        return ()
    cuts = [ordered[min(len(ordered) - 1, len(ordered) * k // len(VALUE_SCALE))] for k in range(1, len(VALUE_SCALE))]
    return tuple(b for a, b in pairwise([ordered[0], *cuts]) if b > a)


def value_place(value: float, breaks: Sequence[float]) -> int:
    """
    Return the index of a value's colour in `VALUE_SCALE`, from light to dark.

    `breaks`: lower bounds of all classes but the lowest, ascending; fewer classes than colours get the darkest.
    """
    return len(VALUE_SCALE) - 1 - len(breaks) + sum(value >= cut for cut in breaks)
