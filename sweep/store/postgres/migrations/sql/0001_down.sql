-- Nothing older can hold what is in the tables: they are dropped only if empty. What policies hide here must not pass for nothing.
SET LOCAL row_security = off;
LOCK TABLE sweep.scenario IN ACCESS EXCLUSIVE MODE;
DO $$
DECLARE
    own regprocedure;
BEGIN
    IF EXISTS (SELECT FROM sweep.scenario) THEN
        RAISE EXCEPTION '%', (SELECT string_agg(name, ', ' ORDER BY name) FROM sweep.scenario) USING ERRCODE = 'SW003';
    END IF;
    DROP VIEW public.layer_styles, sweep.approved_plan, sweep.lead, sweep.building;
    DROP TABLE sweep.qgis_projects, sweep.layer_styles, sweep.investigation, sweep.investigation_file, sweep.audit_evidence,
        sweep.audit_line, sweep.approval, sweep.edition_file, sweep.edition, sweep.input_row, sweep.member, sweep.division;
    DROP TABLE sweep.document CASCADE;
    DROP TABLE sweep.scenario;
    DROP SEQUENCE sweep.revision;
    FOR own IN SELECT p.oid FROM pg_proc p WHERE pronamespace = 'sweep'::regnamespace LOOP
        EXECUTE format('DROP FUNCTION %s', own);
    END LOOP;
    REVOKE EXECUTE ON FUNCTION pg_advisory_xact_lock(bigint) FROM sweep_warden;
    FOR own IN SELECT p.oid FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace
        AND proname ~ '^pg_(try_)?advisory_' LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', own);
    END LOOP;
END
$$;
