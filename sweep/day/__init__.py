"""Events of the day, the file that holds them, and the event log that an edition keeps."""
