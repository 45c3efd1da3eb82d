from __future__ import annotations

import sys
from pathlib import Path

import pytest

from geodata.texts import Texts, load_texts
from sweep.publish.edition import Edition

# With --import-mode=importlib the folder of a test is not on the path, and the tests here share a module.
sys.path.append(str(Path(__file__).parent))

from small_edition import small_edition


@pytest.fixture
def edition() -> Edition:
    return small_edition()


@pytest.fixture(params=["zh_CN", "en"])
def texts(request: pytest.FixtureRequest) -> Texts:
    return load_texts(request.param)
