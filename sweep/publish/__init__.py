"""What people see: maps, orders, reports, tables."""
