"""Machine-readable outputs: plan.json, edition.json, the manifest; the approval of a plan, and backups."""
