"""A new scenario folder: a template, a real map, or a made-up district on one."""
