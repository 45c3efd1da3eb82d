"""The small city of the commands, approved and given out, to be tampered with."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.cli.conftest import cache, city, planned, scenario, sweep  # noqa: F401
from tests.tampering.place import Place, made


@pytest.fixture(scope="session")
def place(planned: Any, sweep: Any, tmp_path_factory: pytest.TempPathFactory) -> Place:  # noqa: F811
    out = tmp_path_factory.mktemp("tampering") / "out"
    shutil.copytree(planned.folder.parent.parent, out)
    return made(planned.scenario, out, planned.folder.name, sweep)
