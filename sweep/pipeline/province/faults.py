"""Why a county has no result, told as faults."""

from __future__ import annotations

from geodata.errors import InputError, Issue
from sweep.pipeline.province.same import code_sha256
from sweep.province.messages import Reply
from sweep.records.province import CountyState


def fault_of(reply: Reply, county_id: str) -> tuple[CountyState, tuple[Issue, ...]]:
    """
    Why a county has no result.

    Raises
    ------
    InputError
        S962 if the worker has another program: then no county can be planned there.
    """
    if reply.state == "other_code":
        raise InputError([Issue("S962", f"counties {county_id}", {"own": code_sha256(), "found": reply.detail})])
    if reply.state == "at_fault":
        return "at_fault", reply.issues
    if reply.state == "other_inputs":
        return "at_fault", (Issue("S964", f"counties {county_id}"),)
    return "set_aside", (Issue("S963", f"counties {county_id}", {"detail": reply.detail or "-"}),)
