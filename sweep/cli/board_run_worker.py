"""Worker process that runs `sweep run` for the board, and reports progress and result as lines of JSON."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geodata.child_process import Send, json_answers
from geodata.errors import InputError
from geodata.message_catalogue import Texts, load_texts
from sweep.cli.run import run_command
from sweep.store.cli.run_with_store import with_store
from sweep.terminal.command_decorator import CommandCall, Storing, report_error
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Output, Report
from sweep.terminal.resolve_plan_paths import chosen_store

_ENDS = {Exit.DONE: "done", Exit.RULE_BROKEN: "broken", Exit.STOPPED: "stopped"}


class _LinesVoice(Output):
    def __init__(self, texts: Texts, say: Send) -> None:
        super().__init__(texts, as_json=True)
        self._say, self._last = say, ""

    def json(self, content: dict[str, Any]) -> None:
        self._say(content)

    @contextmanager
    def bar(self) -> Iterator[Report]:
        yield self._report

    def _report(self, share: float, text: str) -> None:
        # The solver reports progress many times a second.
        line = f"{share:.2f} {text}"
        if line != self._last:
            self._last = line
            self._say({"share": round(share, 3), "text": text})


def main() -> None:
    """Run a scenario and report in JSON lines; arguments: its folder, the output folder, the user, the language."""
    folder, out, who, lang = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    # The board of the running day has priority over the planning of another day.
    os.nice(10)
    # A board in the background lets its children inherit an ignored SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with json_answers() as say:
        voice = _LinesVoice(load_texts(lang), say)

        def work(own: Mapping[str, Any], sets: Sequence[str]) -> Exit:
            call = CommandCall(voice, lang, sets)
            return run_command(call.scenario(own["scenario"]), voice, own["out"], call.actor(who))

        options = {"scenario": folder, "out": out}
        try:
            chosen = chosen_store(options)
            code = work(options, ()) if chosen is None else with_store(chosen, options, work, Storing.FETCH)
        except (InputError, OSError, KeyboardInterrupt) as error:
            code = report_error(voice, error)
        say({"ended": _ENDS.get(code, "failed")})


if __name__ == "__main__":
    main()
