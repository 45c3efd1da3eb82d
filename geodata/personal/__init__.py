"""Personal numbers in free text: found in any spelling, and distinguished from harmless ones."""
