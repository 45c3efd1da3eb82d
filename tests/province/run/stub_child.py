"""A child that does stub counties, for the engines: `python -m tests.province.run.stub_child`."""

from __future__ import annotations

from sweep.province.engines.worker_main import run_jobs
from tests.province.run.stub import stub_patience_s, stub_reply

if __name__ == "__main__":
    run_jobs(stub_reply, stub_patience_s)
