"""The journal of a day: every report and act in one chain of lines, and the state of the day that follows from them."""
