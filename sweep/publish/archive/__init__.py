"""What programs read again: plan.json, edition.json, the manifest, and the approval of a plan."""
