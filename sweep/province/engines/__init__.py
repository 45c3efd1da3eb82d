"""Execution of counties' jobs: local processes, or Dask workers on other machines."""
