from __future__ import annotations

import pytest

from sweep.publish.page.team_colours import (
    TEAM_COLOURS,
    ink_on,
    team_colour,
    team_dash,
    team_letter,
    value_breaks,
    value_place,
)


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")])
def test_letters_count_like_a_spreadsheet(index: int, letter: str) -> None:
    assert team_letter(index) == letter


def test_36_teams_differ_in_colour_or_dash() -> None:
    assert len({(team_colour(i), team_dash(i)) for i in range(36)}) == 36


@pytest.mark.parametrize("colour", TEAM_COLOURS)
def test_text_on_a_team_colour_has_a_contrast_of_three(colour: str) -> None:
    # WCAG 2: large or bold text needs 3 : 1.
    def luminance(c: str) -> float:
        parts = [int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    light, dark = sorted((luminance(colour), luminance(ink_on(colour))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_six_values_fall_into_six_classes() -> None:
    breaks = value_breaks([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert breaks == (2.0, 3.0, 4.0, 5.0, 6.0)
    assert [value_place(v, breaks) for v in (1.0, 2.0, 6.0)] == [0, 1, 5]


@pytest.mark.parametrize(
    ("values", "breaks"), [([], ()), ([3.0], ()), ([3.0, 3.0], ()), ([1.0, 1.0, 1.0, 9.0], (9.0,))]
)
def test_ties_make_fewer_classes(values: list[float], breaks: tuple[float, ...]) -> None:
    assert value_breaks(values) == breaks
