"""The rest of a day planned again, with as few changes as they are worth."""
