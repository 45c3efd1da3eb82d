"""Stands for a process that works for the board: it is ready at once, and answers a question never."""

from __future__ import annotations

import sys

from geodata.child_process import json_answers


def main() -> None:
    with json_answers() as say:
        say({"ready": True})
        for _ in sys.stdin:
            pass


if __name__ == "__main__":
    main()
