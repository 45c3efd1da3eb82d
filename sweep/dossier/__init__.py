"""The commands about a plan's papers: approval, audit log, what may be handed out, what came back, what must go."""
