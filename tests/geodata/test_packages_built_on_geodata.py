"""Packages that build on geodata are found by their entry points, and geodata names none of them."""

from __future__ import annotations

from geodata.message_catalogue import load_texts
from geodata.numba_options import compiled_sources
from geodata.packages_built_on_geodata import folder_of, packages


def test_sweep_says_itself_that_it_builds_on_geodata() -> None:
    assert packages() == ("geodata", "sweep")


def test_the_catalogue_holds_the_texts_of_both() -> None:
    texts = load_texts("en")
    assert "issue.G101.what" in texts
    assert "refusal.datum" in texts
    assert "refusal.datum" not in load_texts("en", ("geodata",))


def test_a_change_in_any_compiled_function_changes_the_cache() -> None:
    files = compiled_sources()
    assert folder_of("geodata") / "datum" / "gcj02_bd09.py" in files
    assert any(path.is_relative_to(folder_of("sweep") / "plan") for path in files)


def test_a_change_of_a_search_parameter_changes_the_cache() -> None:
    # Compiled code holds them as constants.
    assert folder_of("sweep") / "plan" / "kernel" / "search_parameters.py" in compiled_sources()
