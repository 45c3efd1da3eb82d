"""Access to the board: accounts, passphrases, sessions, enrolment of phones, and throttling of sign-ins."""
