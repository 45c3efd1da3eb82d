"""READ: files of all usual formats into raw tables, values unchanged."""
