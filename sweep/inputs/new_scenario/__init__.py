"""Creation of a scenario folder: from a template, a real map, or synthetic data."""
