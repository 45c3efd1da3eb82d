"""Day of a plan: events, the file they come in, and the log that an edition keeps of them."""
