"""A child that does stub counties, for the engines: `python -m tests.province.run.stub_child`."""

from __future__ import annotations

from sweep.province.engines.worker_main import do_all
from tests.province.run.stub import stub_patience_s, stub_reply

if __name__ == "__main__":
    do_all(stub_reply, stub_patience_s)
