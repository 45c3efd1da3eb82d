"""Re-planning of the remaining day, with a penalty for each change to the published routes."""
