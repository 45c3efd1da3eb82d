"""Machine-readable outputs: plan.json, edition.json, the manifest, and the approval of a plan."""
