"""Wording of addresses: surrounding sentences, lanes, Chinese numerals, spelling errors."""
