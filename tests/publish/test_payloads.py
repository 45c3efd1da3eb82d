from __future__ import annotations

from tests.publish.payloads import PAYLOADS


def test_there_are_sixty_payloads_and_none_twice() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 60
