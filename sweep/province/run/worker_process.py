"""A child process that does counties' jobs: `python -m sweep.province.run.worker_process`."""

from sweep.province.engines.worker_main import do_all
from sweep.province.run.county_job import do_job

if __name__ == "__main__":
    do_all(do_job)
