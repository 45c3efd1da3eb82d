"""The statements of the steps: one file up and one file down for each."""
