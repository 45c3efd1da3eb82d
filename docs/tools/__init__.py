"""What in the docs is made from the code: `uv run python -m docs.tools.make`, and `--check` in CI."""
