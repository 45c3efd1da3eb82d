"""A child that does stub counties, for the engines: `python -m tests.province.run.stub_child`."""

from __future__ import annotations

from sweep.province.engines.worker_main import run_jobs
from tests.province.run.stub import stub_reply, stub_timeout_s

if __name__ == "__main__":
    run_jobs(stub_reply, stub_timeout_s)
