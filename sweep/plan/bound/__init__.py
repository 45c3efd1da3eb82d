"""How much no plan can exceed: column generation over routes, branching, and the proof."""
