"""Re-planning of the remaining day, with a penalty on changes to published routes."""
