-- Scenarios, who may see which division, documents, rows of inputs, editions, approvals, the audit chain,
-- investigations; row-level security on all of them, forced on their owner too.
SET LOCAL ROLE sweep_owner;

CREATE TABLE sweep.scenario (
    name text PRIMARY KEY,
    began_at timestamptz NOT NULL DEFAULT now()
);
-- The districts of a scenario; '-' is what is common to all, '' what could be placed in none.
CREATE TABLE sweep.division (
    scenario text NOT NULL REFERENCES sweep.scenario ON DELETE CASCADE,
    code text NOT NULL,
    PRIMARY KEY (scenario, code)
);
-- Which divisions a login may see; '*' is all.
CREATE TABLE sweep.member (
    login name NOT NULL,
    division text NOT NULL,
    PRIMARY KEY (login, division)
);
-- A file whole: settings, inputs that are no rows, results, follow-up, duty, drafts.
-- scope holds the divisions that are in it, in order, with commas; empty: common to all of the scenario.
CREATE TABLE sweep.document (
    scenario text NOT NULL REFERENCES sweep.scenario ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('settings', 'inputs', 'results', 'follow_up', 'duty', 'drafts')),
    scope text NOT NULL,
    name text NOT NULL,
    rev bigint NOT NULL,
    table_name text NOT NULL DEFAULT '',
    day date,
    sha256 text NOT NULL,
    is_split boolean NOT NULL DEFAULT false,
    content bytea NOT NULL,
    by_login name NOT NULL DEFAULT session_user,
    at timestamptz NOT NULL DEFAULT now(),
    divisions text[] NOT NULL GENERATED ALWAYS AS (string_to_array(scope, ',')) STORED,
    PRIMARY KEY (scenario, kind, scope, name)
);
-- A record of a table of inputs with the very bytes that it has in its file: the file is its document's content, then these.
CREATE TABLE sweep.input_row (
    scenario text NOT NULL REFERENCES sweep.scenario ON DELETE CASCADE,
    name text NOT NULL,
    division text NOT NULL,
    n integer NOT NULL,
    table_name text NOT NULL,
    id text,
    geom geometry(Geometry, 4326),
    raw bytea NOT NULL,
    PRIMARY KEY (scenario, name, division, n)
);
CREATE INDEX input_row_geom ON sweep.input_row USING gist (geom);
CREATE TABLE sweep.edition (
    scenario text NOT NULL REFERENCES sweep.scenario ON DELETE CASCADE,
    scope text NOT NULL,
    edition text NOT NULL,
    class text NOT NULL CHECK (class IN ('police', 'market_regulation', 'property', 'public')),
    day date,
    rev bigint NOT NULL,
    by_login name NOT NULL DEFAULT session_user,
    at timestamptz NOT NULL DEFAULT now(),
    divisions text[] NOT NULL GENERATED ALWAYS AS (string_to_array(scope, ',')) STORED,
    PRIMARY KEY (scenario, scope, edition)
);
CREATE TABLE sweep.edition_file (
    scenario text NOT NULL,
    scope text NOT NULL,
    edition text NOT NULL,
    name text NOT NULL,
    class text NOT NULL,
    sha256 text NOT NULL,
    content bytea NOT NULL,
    divisions text[] NOT NULL GENERATED ALWAYS AS (string_to_array(scope, ',')) STORED,
    PRIMARY KEY (scenario, scope, edition, name),
    FOREIGN KEY (scenario, scope, edition) REFERENCES sweep.edition ON DELETE CASCADE
);
-- The approved plan of a day is one row; it goes with its edition.
CREATE TABLE sweep.approval (
    scenario text NOT NULL REFERENCES sweep.scenario ON DELETE CASCADE,
    scope text NOT NULL,
    day date NOT NULL,
    plan_id text NOT NULL,
    plan_sha256 text NOT NULL,
    by text NOT NULL,
    at text NOT NULL,
    audit_head text NOT NULL,
    rev bigint NOT NULL,
    divisions text[] NOT NULL GENERATED ALWAYS AS (string_to_array(scope, ',')) STORED,
    PRIMARY KEY (scenario, scope, day),
    FOREIGN KEY (scenario, scope, plan_id) REFERENCES sweep.edition ON DELETE CASCADE
);
CREATE TABLE sweep.audit_line (
    scenario text NOT NULL REFERENCES sweep.scenario,
    n bigint NOT NULL,
    prev text NOT NULL,
    hash text NOT NULL,
    line bytea NOT NULL,
    PRIMARY KEY (scenario, n)
);
-- One row a scenario and one a division, whether there is an investigation or none: no count of rows says anything.
CREATE TABLE sweep.investigation_file (
    scenario text PRIMARY KEY REFERENCES sweep.scenario ON DELETE CASCADE,
    name text,
    content bytea,
    rev bigint NOT NULL DEFAULT 0
);
CREATE TABLE sweep.investigation (
    scenario text NOT NULL REFERENCES sweep.scenario ON DELETE CASCADE,
    division text NOT NULL,
    places jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (scenario, division)
);

-- What the planner of a query would guess about another division's rows, EXPLAIN would tell: keep no statistics of it.
ALTER TABLE sweep.input_row ALTER division SET STATISTICS 0, ALTER id SET STATISTICS 0, ALTER raw SET STATISTICS 0,
    ALTER n SET STATISTICS 0, ALTER geom SET STATISTICS 0;
ALTER TABLE sweep.document ALTER scope SET STATISTICS 0, ALTER divisions SET STATISTICS 0, ALTER name SET STATISTICS 0;
ALTER TABLE sweep.edition ALTER scope SET STATISTICS 0, ALTER divisions SET STATISTICS 0, ALTER edition SET STATISTICS 0;
ALTER TABLE sweep.edition_file ALTER scope SET STATISTICS 0, ALTER divisions SET STATISTICS 0,
    ALTER edition SET STATISTICS 0;
ALTER TABLE sweep.approval ALTER scope SET STATISTICS 0, ALTER divisions SET STATISTICS 0,
    ALTER plan_id SET STATISTICS 0;

ALTER TABLE sweep.scenario ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.division ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.member ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.input_row ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.edition ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.edition_file ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.approval ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.audit_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.investigation_file ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sweep.investigation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- The warden's functions run with the rights of sweep_warden; the asker is the session's login.
RESET ROLE;
GRANT SELECT ON sweep.member, sweep.division, sweep.investigation, sweep.investigation_file, sweep.scenario
    TO sweep_warden;
GRANT INSERT ON sweep.scenario, sweep.division, sweep.investigation, sweep.investigation_file TO sweep_warden;
CREATE FUNCTION sweep.my_divisions() RETURNS text[] STABLE SECURITY DEFINER PARALLEL SAFE
    LANGUAGE sql SET search_path = sweep, pg_temp AS $$
    SELECT array(
        SELECT m.division FROM sweep.member m WHERE m.login = session_user AND m.division <> '*'
        UNION SELECT '-' WHERE EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user)
        UNION SELECT d.code FROM sweep.division d
            WHERE EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*')
        ORDER BY 1)
$$;
CREATE FUNCTION sweep.blocked_buildings(in_scenario text, on_day date) RETURNS SETOF text STABLE SECURITY DEFINER
    LANGUAGE sql SET search_path = sweep, pg_temp AS $$
    SELECT DISTINCT place ->> 'building_id'
    FROM sweep.investigation i, jsonb_array_elements(i.places) place
    WHERE i.scenario = in_scenario AND i.division = ANY (sweep.my_divisions())
        AND (place ->> 'closed_on' IS NULL OR (place ->> 'closed_on')::date >= on_day)
    ORDER BY 1
$$;
CREATE FUNCTION sweep.begin_scenario(new_name text, codes text[]) RETURNS void SECURITY DEFINER
    LANGUAGE sql SET search_path = sweep, pg_temp AS $$
    INSERT INTO sweep.scenario (name) VALUES (new_name) ON CONFLICT DO NOTHING;
    INSERT INTO sweep.division SELECT new_name, unnest(codes || ARRAY['', '-']) ON CONFLICT DO NOTHING;
    INSERT INTO sweep.investigation SELECT new_name, unnest(codes || ARRAY['', '-']) ON CONFLICT DO NOTHING;
    INSERT INTO sweep.investigation_file (scenario) VALUES (new_name) ON CONFLICT DO NOTHING;
$$;
ALTER FUNCTION sweep.my_divisions() OWNER TO sweep_warden;
ALTER FUNCTION sweep.blocked_buildings(text, date) OWNER TO sweep_warden;
ALTER FUNCTION sweep.begin_scenario(text, text[]) OWNER TO sweep_warden;
REVOKE ALL ON FUNCTION sweep.my_divisions(), sweep.blocked_buildings(text, date),
    sweep.begin_scenario(text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep.my_divisions() TO sweep_planner, sweep_investigator, sweep_approver,
    sweep_market_regulation, sweep_property, sweep_public, sweep_auditor;
GRANT EXECUTE ON FUNCTION sweep.blocked_buildings(text, date) TO sweep_planner, sweep_investigator, sweep_approver;
GRANT EXECUTE ON FUNCTION sweep.begin_scenario(text, text[]) TO sweep_planner, sweep_investigator;
SET LOCAL ROLE sweep_owner;

CREATE FUNCTION sweep.guard_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('sweep ' || NEW.scenario, 0));
    SELECT n, hash INTO last FROM sweep.audit_line WHERE scenario = NEW.scenario ORDER BY n DESC LIMIT 1;
    IF NEW.n <> coalesce(last.n, 0) + 1 OR NEW.prev <> coalesce(last.hash, repeat('0', 64)) THEN
        RAISE EXCEPTION 'the line does not follow the last one' USING ERRCODE = 'SW001';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_chain BEFORE INSERT ON sweep.audit_line FOR EACH ROW EXECUTE FUNCTION sweep.guard_chain();
CREATE FUNCTION sweep.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit chain is only ever added to' USING ERRCODE = 'SW002';
END
$$;
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sweep.audit_line
    FOR EACH STATEMENT EXECUTE FUNCTION sweep.refuse_change();
-- Whoever listens learns that something of a kind is new, and must look for it under their own role.
CREATE FUNCTION sweep.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sweep', TG_ARGV[0]);
    RETURN NULL;
END
$$;
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON sweep.edition FOR EACH ROW EXECUTE FUNCTION sweep.tell('editions');
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON sweep.approval FOR EACH ROW EXECUTE FUNCTION sweep.tell('approvals');
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON sweep.document FOR EACH ROW EXECUTE FUNCTION sweep.tell('documents');
REVOKE ALL ON FUNCTION sweep.guard_chain(), sweep.refuse_change(), sweep.tell() FROM PUBLIC;

CREATE POLICY warden ON sweep.member FOR SELECT TO sweep_warden USING (true);
CREATE POLICY warden ON sweep.division TO sweep_warden USING (true) WITH CHECK (true);
CREATE POLICY warden ON sweep.scenario TO sweep_warden USING (true) WITH CHECK (true);
CREATE POLICY warden ON sweep.investigation TO sweep_warden USING (true) WITH CHECK (true);
CREATE POLICY warden ON sweep.investigation_file TO sweep_warden USING (true) WITH CHECK (true);
CREATE POLICY own ON sweep.member FOR SELECT TO sweep_planner, sweep_investigator, sweep_approver,
    sweep_market_regulation, sweep_property, sweep_public, sweep_auditor USING (login = session_user);
CREATE POLICY known ON sweep.scenario FOR SELECT TO sweep_planner, sweep_investigator, sweep_approver,
    sweep_market_regulation, sweep_property, sweep_public, sweep_auditor USING (true);
CREATE POLICY own ON sweep.division FOR SELECT TO sweep_planner, sweep_investigator, sweep_approver,
    sweep_market_regulation, sweep_property, sweep_public, sweep_auditor
    USING (code = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE POLICY own ON sweep.document TO sweep_planner, sweep_investigator
    USING (divisions <@ (SELECT sweep.my_divisions())::text[])
    WITH CHECK (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY reads ON sweep.document FOR SELECT TO sweep_approver
    USING (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY own ON sweep.input_row TO sweep_planner, sweep_investigator
    USING (division = ANY ((SELECT sweep.my_divisions())::text[]))
    WITH CHECK (division = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE POLICY reads ON sweep.input_row FOR SELECT TO sweep_approver
    USING (division = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE POLICY own ON sweep.edition TO sweep_planner, sweep_investigator
    USING (divisions <@ (SELECT sweep.my_divisions())::text[])
    WITH CHECK (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY approves ON sweep.edition FOR UPDATE TO sweep_approver
    USING (divisions <@ (SELECT sweep.my_divisions())::text[])
    WITH CHECK (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY reads ON sweep.edition FOR SELECT TO sweep_approver, sweep_auditor
    USING (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY market_regulation ON sweep.edition FOR SELECT TO sweep_market_regulation
    USING (divisions <@ (SELECT sweep.my_divisions())::text[] AND class IN ('market_regulation', 'public'));
CREATE POLICY property ON sweep.edition FOR SELECT TO sweep_property
    USING (divisions <@ (SELECT sweep.my_divisions())::text[] AND class IN ('property', 'public'));
CREATE POLICY everybody ON sweep.edition FOR SELECT TO sweep_public
    USING (divisions <@ (SELECT sweep.my_divisions())::text[] AND class = 'public');
CREATE POLICY own ON sweep.edition_file TO sweep_planner, sweep_investigator
    USING (divisions <@ (SELECT sweep.my_divisions())::text[])
    WITH CHECK (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY approves ON sweep.edition_file TO sweep_approver
    USING (divisions <@ (SELECT sweep.my_divisions())::text[])
    WITH CHECK (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY reads ON sweep.edition_file FOR SELECT TO sweep_auditor
    USING (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY market_regulation ON sweep.edition_file FOR SELECT TO sweep_market_regulation
    USING (divisions <@ (SELECT sweep.my_divisions())::text[] AND class IN ('market_regulation', 'public'));
CREATE POLICY property ON sweep.edition_file FOR SELECT TO sweep_property
    USING (divisions <@ (SELECT sweep.my_divisions())::text[] AND class IN ('property', 'public'));
CREATE POLICY everybody ON sweep.edition_file FOR SELECT TO sweep_public
    USING (divisions <@ (SELECT sweep.my_divisions())::text[] AND class = 'public');
CREATE POLICY reads ON sweep.approval FOR SELECT TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor
    USING (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY approves ON sweep.approval TO sweep_approver
    USING (divisions <@ (SELECT sweep.my_divisions())::text[])
    WITH CHECK (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY reads ON sweep.audit_line FOR SELECT TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor
    USING (true);
CREATE POLICY appends ON sweep.audit_line FOR INSERT TO sweep_planner, sweep_investigator, sweep_approver
    WITH CHECK (true);
CREATE POLICY own ON sweep.investigation TO sweep_investigator
    USING (division = ANY ((SELECT sweep.my_divisions())::text[]))
    WITH CHECK (division = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE POLICY whole ON sweep.investigation_file TO sweep_investigator
    USING (EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*'))
    WITH CHECK (EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*'));

GRANT SELECT ON sweep.member, sweep.scenario, sweep.division, sweep.edition, sweep.edition_file
    TO sweep_planner, sweep_investigator, sweep_approver, sweep_market_regulation, sweep_property, sweep_public,
    sweep_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON sweep.document, sweep.input_row TO sweep_planner, sweep_investigator;
GRANT INSERT, UPDATE, DELETE ON sweep.edition, sweep.edition_file TO sweep_planner, sweep_investigator;
GRANT SELECT ON sweep.document, sweep.input_row TO sweep_approver;
GRANT UPDATE ON sweep.edition TO sweep_approver;
GRANT INSERT, UPDATE ON sweep.edition_file TO sweep_approver;
GRANT SELECT ON sweep.approval TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor;
GRANT INSERT, UPDATE, DELETE ON sweep.approval TO sweep_approver;
GRANT SELECT ON sweep.audit_line TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor;
GRANT INSERT ON sweep.audit_line TO sweep_planner, sweep_investigator, sweep_approver;
GRANT SELECT, UPDATE ON sweep.investigation, sweep.investigation_file TO sweep_investigator;

-- What QGIS opens: under the reader's own role.
CREATE VIEW sweep.building WITH (security_invoker = true) AS
    SELECT scenario, name, division, n, id AS building_id, geom FROM sweep.input_row
    WHERE table_name IN ('buildings', 'building_files') AND geom IS NOT NULL;
CREATE VIEW sweep.lead WITH (security_invoker = true) AS
    SELECT scenario, name, division, n, id AS lead_id, geom FROM sweep.input_row
    WHERE table_name = 'leads' AND geom IS NOT NULL;
CREATE VIEW sweep.approved_plan WITH (security_invoker = true) AS
    SELECT a.scenario, a.day, a.plan_id, a.by, a.at, e.rev FROM sweep.approval a
    JOIN sweep.edition e ON e.scenario = a.scenario AND e.scope = a.scope AND e.edition = a.plan_id;
GRANT SELECT ON sweep.building, sweep.lead, sweep.approved_plan
    TO sweep_planner, sweep_investigator, sweep_approver;
RESET ROLE;
