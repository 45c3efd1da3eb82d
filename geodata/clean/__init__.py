"""CLEAN: raw tables -> tables that satisfy the schema, in WGS-84, with every repair counted and every bad row told."""
