"""A child process that does counties' jobs: `python -m sweep.province.run.child`."""

from sweep.province.engines.loop import do_all
from sweep.province.run.county import do_job

if __name__ == "__main__":
    do_all(do_job)
