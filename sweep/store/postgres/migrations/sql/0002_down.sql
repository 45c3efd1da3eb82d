-- The views hold no content of their own. Views that an office built on them must be dropped first.
DROP VIEW sweep_report.draw, sweep_report.plan, sweep_report.team, sweep_report.stop, sweep_report.unserved, sweep_report.coverage,
    sweep_report.result, sweep_report.public_count, sweep_report.file, sweep.shown_file, sweep_report.edition;
DROP SCHEMA sweep_report;
DROP FUNCTION sweep.json_of(bytea), sweep.csv_rows(bytea);
DROP POLICY results ON sweep.document;
DO $$
DECLARE
    own record;
BEGIN
    FOR own IN SELECT tablename, policyname, array_remove(roles, 'sweep_police') AS roles FROM pg_policies
        WHERE schemaname = 'sweep' AND 'sweep_police' = ANY (roles) LOOP
        EXECUTE format('ALTER POLICY %I ON sweep.%I TO %s', own.policyname, own.tablename, array_to_string(own.roles, ', '));
    END LOOP;
END
$$;
REVOKE ALL ON ALL TABLES IN SCHEMA sweep FROM sweep_police;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sweep FROM sweep_police;
