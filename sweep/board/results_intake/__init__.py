"""What was filled in at the doors as the results of the day, and the pages on which editions are compared."""
