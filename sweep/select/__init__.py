"""Selection of the visits on offer by legal track, and the random draw."""
