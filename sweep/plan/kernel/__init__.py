"""All compiled code of the search: arrays, state, moves and acceptance."""
