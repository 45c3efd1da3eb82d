"""Public names of `sweep` for Python scripts and notebooks. `sweep` re-exports them, and they stay stable."""
