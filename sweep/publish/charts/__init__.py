"""Charts and small maps as SVG."""
