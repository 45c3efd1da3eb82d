"""How a command is called and how it answers: options shared by all, voice, bars, exit codes, usage."""
