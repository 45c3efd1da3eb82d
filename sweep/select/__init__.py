"""Selection of the visits on offer (that a day's plan may include) by legal track, and the random draw."""
