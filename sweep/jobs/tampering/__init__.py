"""Whether files of a plan were changed after they were written."""
