"""Who may use the board: accounts, passphrases, sessions, phones that are enrolled, and how often one may try."""
