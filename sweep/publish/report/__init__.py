"""report.html: the report on a plan for commanders."""
