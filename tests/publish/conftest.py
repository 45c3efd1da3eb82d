from __future__ import annotations

import pytest

from geodata.message_catalogue import Texts, load_texts
from sweep.publish.edition import Edition
from tests.publish.small_edition import small_edition


@pytest.fixture
def edition() -> Edition:
    return small_edition()


@pytest.fixture(params=["zh_CN", "en"])
def texts(request: pytest.FixtureRequest) -> Texts:
    return load_texts(request.param)
