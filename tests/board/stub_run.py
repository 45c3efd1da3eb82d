"""Stands for the process of a run: it says how far it is, waits where it is told to, and is done."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

from geodata.child_process import json_answers


def main() -> None:
    folder, out, who, lang = sys.argv[1:]
    with json_answers() as say:
        signal.signal(signal.SIGINT, lambda *_: (Path(out) / "cut").touch())
        say({"share": 0.5, "text": f"{Path(folder).name} {who} {lang}"})
        while Path(folder).name == "long" and not (Path(out) / "cut").exists():
            time.sleep(0.02)
        if Path(folder).name == "bad":
            say({"issues": [{"code": "S101", "where": "scenario.toml", "what": "odd", "fix": "mend"}]})
            say({"ended": "failed"})
            return
        say({"scenario": "s", "plan_id": "a" * 12})
        say({"ended": "done"})


if __name__ == "__main__":
    main()
