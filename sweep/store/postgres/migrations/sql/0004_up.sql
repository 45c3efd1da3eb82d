-- One run of numbers for all revisions: what is taken away and written again never has one that somebody has read before.
SET LOCAL row_security = off;
SET LOCAL ROLE sweep_owner;
CREATE SEQUENCE sweep.revision;
GRANT USAGE ON SEQUENCE sweep.revision TO sweep_planner, sweep_investigator, sweep_approver;
RESET ROLE;
SELECT setval('sweep.revision', coalesce(max(rev), 0) + 1, false) FROM (
    SELECT rev FROM sweep.document UNION ALL SELECT rev FROM sweep.edition UNION ALL SELECT rev FROM sweep.approval) known;
