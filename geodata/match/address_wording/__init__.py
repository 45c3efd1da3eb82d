"""What people do to an address when they write it down: sentences around it, lanes and figures in words, slips."""
