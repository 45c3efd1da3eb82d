"""The small problems, districts and editions of the other folders, for tests that go through several stages."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).parents[1]
# The fixtures of tests/publish share a module that lies beside them.
sys.path.append(str(TESTS / "publish"))


def _fixtures_of(folder: str) -> ModuleType:
    spec = spec_from_file_location(f"{folder}_fixtures", TESTS / folder / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_plan, _select, _publish = _fixtures_of("plan"), _fixtures_of("select"), _fixtures_of("publish")
make_problem, make_visit, make_team = _plan.make_problem, _plan.make_visit, _plan.make_team
make_building, make_history, make_offer = _select.make_building, _select.make_history, _select.make_offer
edition, texts = _publish.edition, _publish.texts
