"""Access to the board: accounts, passphrases, sessions, enrolment of phones, throttling of sign-ins."""
