"""Worker process for counties' jobs: `python -m sweep.pipeline.province.child`."""

from sweep.pipeline.province.county import do_job
from sweep.pipeline.province.engines.loop import do_all

if __name__ == "__main__":
    do_all(do_job)
