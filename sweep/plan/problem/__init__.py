"""Planning problem: records, JSON file, validation, and which team may serve which visit."""
