"""The statements of the steps: files of the way up, and one of the way down."""
