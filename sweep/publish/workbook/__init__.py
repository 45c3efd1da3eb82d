"""The workbook of a plan, and the ledger of results."""
