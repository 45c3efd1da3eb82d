"""A scenario between a folder and a store: taken in, written out, and worked on as a folder while commands run."""
