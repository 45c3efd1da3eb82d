"""A ranking judged by what came later: from a scenario, or from a file of dated points."""
