"""Model of finds, learnt from past checks."""
