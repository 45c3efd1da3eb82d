"""What carries a county's job to a core: processes of this machine, or Dask to other machines."""
