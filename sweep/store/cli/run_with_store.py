"""Work of a command in folders that mirror a shared store."""

import contextlib
import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweep.terminal.command_decorator import Storing, Work
from sweep.terminal.deferred_imports import needs_extra
from sweep.terminal.exit_codes import Exit
from sweep.terminal.resolve_plan_paths import SCENARIO_OPTIONS, ChosenStore, with_latest


def with_store(chosen: ChosenStore, options: Mapping[str, Any], work: Work, storing: Storing) -> Exit:
    """
    Run a command in the folders that mirror a scenario of a store, and write its changes to the store.

    `work`: the command; `options`: its options, of which paths to the scenario are replaced by the mirror; `storing`:
    whether it locks the store or approves a plan. The command's output is printed after its changes are in the store.

    Raises
    ------
    InputError
        S982 if the store's packages are missing; also the errors of the command and of the store.
    """
    needs_extra("store")
    from sweep.store.sync.store_session import open_session  # only here: no other run needs the store's packages

    session = open_session(chosen.url, chosen.name, chosen.out)
    printed = io.StringIO()

    def inside() -> tuple[Exit, bool]:
        mirrored = {key: session.mirror.folder for key in SCENARIO_OPTIONS if isinstance(options.get(key), Path)}
        # A result is printed once it is in the store.
        with contextlib.redirect_stdout(printed):
            code = work(with_latest({**options, **mirrored}), session.division_settings())
        return code, code in (Exit.DONE, Exit.RULE_BROKEN)

    is_locked = storing in (Storing.HOLD, Storing.APPROVE)
    approves = _plan_id(options) if storing is Storing.APPROVE else None
    code = session.run(inside, is_locked=is_locked, approves=approves)
    sys.stdout.write(printed.getvalue())
    return code


def _plan_id(options: Mapping[str, Any]) -> str | None:
    plan = with_latest(options).get("plan")
    if plan is None:
        return None
    name = str(plan.name.removesuffix(".json"))
    return str(options["plan"].parent.name) if name == "plan" else name
