"""The edition of a province: its page with map and drill-down, its JSON, its workbook."""
