"""Why a visit is in a plan or not, what would bring it in, and what one thing more would add."""
