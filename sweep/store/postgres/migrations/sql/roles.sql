-- Roles belong to the cluster and outlive a schema; none of them can log in by itself.
-- sweep_owner owns the tables, sweep_warden the functions that look where the asker may not; nobody logs in as either.
DO $$
DECLARE
    own text;
BEGIN
    FOREACH own IN ARRAY ARRAY['sweep_owner', 'sweep_warden', 'sweep_planner', 'sweep_investigator', 'sweep_approver',
                               'sweep_market_regulation', 'sweep_property', 'sweep_public', 'sweep_auditor', 'sweep_police'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = own) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', own);
        END IF;
    END LOOP;
END
$$;
CREATE SCHEMA IF NOT EXISTS sweep AUTHORIZATION sweep_owner;
REVOKE ALL ON SCHEMA sweep FROM PUBLIC;
GRANT USAGE ON SCHEMA sweep TO sweep_warden, sweep_planner, sweep_investigator, sweep_approver,
    sweep_market_regulation, sweep_property, sweep_public, sweep_auditor, sweep_police;
