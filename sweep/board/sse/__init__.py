"""What is sent to open pages as it happens, taken up again from the last event seen."""
