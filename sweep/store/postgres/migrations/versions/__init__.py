"""Migrations, one file each, numbered in order."""
