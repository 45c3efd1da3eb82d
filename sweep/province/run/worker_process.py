"""A child process that does counties' jobs: `python -m sweep.province.run.worker_process`."""

from sweep.province.engines.worker_main import run_jobs
from sweep.province.run.county_job import do_job

if __name__ == "__main__":
    run_jobs(do_job)
