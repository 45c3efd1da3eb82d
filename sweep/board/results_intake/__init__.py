"""Results intake: reports from the phones as the results of the day."""
