"""Which visits are on offer, on which legal track, and the random draw."""
