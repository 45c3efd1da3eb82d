"""Command framework: shared options, output, progress bars, exit codes, usage errors."""
