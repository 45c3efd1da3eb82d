DROP SEQUENCE sweep.revision;
