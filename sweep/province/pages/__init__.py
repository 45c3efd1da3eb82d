"""Edition of a province: page with map and drill-down, JSON, workbook."""
