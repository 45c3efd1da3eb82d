"""Planning problem: records, JSON file, validation, and rules on which team may serve which visit."""
