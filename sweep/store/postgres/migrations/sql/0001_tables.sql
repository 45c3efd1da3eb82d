-- Tables: scenarios, members, documents, rows of inputs, editions, approvals, the audit log, investigations; views for QGIS.
SET LOCAL ROLE sweep_owner;

-- One run of numbers for all revisions: what is deleted and written again has a revision that no client has read.
CREATE SEQUENCE sweep.revision;
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
-- A file whole: settings, inputs without rows, results, follow-up, duty, drafts. Of a table that is kept row by row, its head.
-- scope holds the divisions that are in it, in order, with commas; empty: common to all of the scenario.
-- The day of the settings is that of the scenario.
CREATE TABLE sweep.document (
    scenario text NOT NULL REFERENCES sweep.scenario ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('settings', 'inputs', 'results', 'follow_up', 'duty', 'drafts')),
    scope text NOT NULL,
    name text NOT NULL,
    rev bigint NOT NULL,
    table_name text NOT NULL DEFAULT '',
    day date,
    is_split boolean NOT NULL DEFAULT false,
    content bytea NOT NULL,
    sha256 text NOT NULL GENERATED ALWAYS AS (encode(sha256(content), 'hex')) STORED,
    by_login name NOT NULL,
    at timestamptz NOT NULL,
    divisions text[] NOT NULL GENERATED ALWAYS AS (string_to_array(scope, ',')) STORED,
    PRIMARY KEY (scenario, kind, scope, name)
);
-- A record of a table of inputs with the bytes that it has in its file: the file is its document's content, then these.
-- Without an index of geom: row-level security keeps queries from it, and anyone may ask PostGIS for its extent.
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
CREATE TABLE sweep.edition (
    scenario text NOT NULL REFERENCES sweep.scenario ON DELETE CASCADE,
    scope text NOT NULL,
    edition text NOT NULL,
    class text NOT NULL CHECK (class IN ('police', 'market_regulation', 'property', 'public')),
    day date,
    rev bigint NOT NULL,
    by_login name NOT NULL,
    at timestamptz NOT NULL,
    divisions text[] NOT NULL GENERATED ALWAYS AS (string_to_array(scope, ',')) STORED,
    PRIMARY KEY (scenario, scope, edition)
);
CREATE TABLE sweep.edition_file (
    scenario text NOT NULL,
    scope text NOT NULL,
    edition text NOT NULL,
    name text NOT NULL,
    class text NOT NULL,
    content bytea NOT NULL,
    sha256 text NOT NULL GENERATED ALWAYS AS (encode(sha256(content), 'hex')) STORED,
    divisions text[] NOT NULL GENERATED ALWAYS AS (string_to_array(scope, ',')) STORED,
    PRIMARY KEY (scenario, scope, edition, name),
    FOREIGN KEY (scenario, scope, edition) REFERENCES sweep.edition ON DELETE CASCADE
);
-- The approved plan of a day is one row. While it is there its edition cannot be changed or deleted.
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
    by_login name NOT NULL,
    divisions text[] NOT NULL GENERATED ALWAYS AS (string_to_array(scope, ',')) STORED,
    PRIMARY KEY (scenario, scope, day),
    FOREIGN KEY (scenario, scope, plan_id) REFERENCES sweep.edition
);
-- Only `scenario` and `line` are given; the server sets the others.
CREATE TABLE sweep.audit_line (
    scenario text NOT NULL REFERENCES sweep.scenario,
    n bigint NOT NULL,
    prev text NOT NULL,
    hash text NOT NULL,
    line bytea NOT NULL,
    by_login name NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (scenario, n)
);
-- Lines that a repair took out of the log, as they were.
CREATE TABLE sweep.audit_evidence (
    LIKE sweep.audit_line,
    set_aside_at timestamptz NOT NULL DEFAULT now(),
    set_aside_by name NOT NULL DEFAULT session_user
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
-- Styles and projects of QGIS, in the tables that QGIS itself looks for.
CREATE TABLE sweep.layer_styles (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    f_table_catalog varchar,
    f_table_schema varchar,
    f_table_name varchar,
    f_geometry_column varchar,
    stylename text,
    styleqml xml,
    stylesld xml,
    useasdefault boolean,
    description text,
    owner varchar(63) DEFAULT session_user,
    ui xml,
    update_time timestamp DEFAULT CURRENT_TIMESTAMP,
    type varchar
);
CREATE TABLE sweep.qgis_projects (
    name text PRIMARY KEY,
    metadata jsonb,
    content bytea
);

-- EXPLAIN shows what the server's statistics say of another division's rows: keep none.
ALTER TABLE sweep.input_row ALTER division SET STATISTICS 0, ALTER id SET STATISTICS 0, ALTER raw SET STATISTICS 0,
    ALTER n SET STATISTICS 0, ALTER geom SET STATISTICS 0;
ALTER TABLE sweep.document ALTER scope SET STATISTICS 0, ALTER divisions SET STATISTICS 0, ALTER name SET STATISTICS 0;
ALTER TABLE sweep.edition ALTER scope SET STATISTICS 0, ALTER divisions SET STATISTICS 0, ALTER edition SET STATISTICS 0;
ALTER TABLE sweep.edition_file ALTER scope SET STATISTICS 0, ALTER divisions SET STATISTICS 0,
    ALTER edition SET STATISTICS 0;
ALTER TABLE sweep.approval ALTER scope SET STATISTICS 0, ALTER divisions SET STATISTICS 0,
    ALTER plan_id SET STATISTICS 0;

-- What QGIS opens: under the reader's own role. A layer is of one kind of shape: a lead without a point is on its building.
CREATE VIEW sweep.building WITH (security_invoker = true) AS
    SELECT scenario, name, division, n, id AS building_id, geom FROM sweep.input_row
    WHERE table_name IN ('buildings', 'building_files') AND geom IS NOT NULL;
CREATE VIEW sweep.lead WITH (security_invoker = true) AS
    SELECT scenario, name, division, n, id AS lead_id, ST_PointOnSurface(geom)::geometry(Geometry, 4326) AS geom
    FROM sweep.input_row WHERE table_name = 'leads' AND geom IS NOT NULL;
CREATE VIEW sweep.approved_plan WITH (security_invoker = true) AS
    SELECT a.scenario, a.day, a.plan_id, a.by, a.at, e.rev FROM sweep.approval a
    JOIN sweep.edition e ON e.scenario = a.scenario AND e.scope = a.scope AND e.edition = a.plan_id;
RESET ROLE;
-- QGIS looks for styles where a connection looks first.
CREATE VIEW public.layer_styles WITH (security_invoker = true) AS SELECT * FROM sweep.layer_styles;
ALTER VIEW public.layer_styles OWNER TO sweep_owner;
