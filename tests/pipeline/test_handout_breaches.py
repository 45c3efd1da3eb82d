"""What keeps a handout back (C26)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd

from sweep.pipeline.handout_breaches import compromised
from tests.publish.small_edition import at_a_locked_door


def test_an_investigation_at_a_locked_door_keeps_the_handout_back() -> None:
    still = pd.Series([pd.NaT], dtype="datetime64[ns, Asia/Shanghai]")
    opened = {"investigation_id": ["I1"], "building_id": ["B2"], "uscc": [None], "closed_on": still}
    firms = pd.DataFrame({"building_id": [], "uscc": []})
    inputs: Any = SimpleNamespace(investigations=pd.DataFrame(opened), firms=firms)
    assert [(v.rule_id, v.where) for v in compromised(at_a_locked_door(), inputs)] == [("C26", "V2")]
