-- Functions of sweep_warden: they run with its rights, for the login of the session.
CREATE FUNCTION sweep.my_divisions() RETURNS text[] STABLE SECURITY DEFINER PARALLEL SAFE
    LANGUAGE sql SET search_path = sweep, pg_temp AS $$
    SELECT array(
        SELECT m.division FROM sweep.member m WHERE m.login = session_user AND m.division <> '*'
        UNION SELECT '-' WHERE EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user)
        UNION SELECT d.code FROM sweep.division d
            WHERE EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*')
        ORDER BY 1)
$$;
-- The scenarios that have one of the login's divisions.
CREATE FUNCTION sweep.my_scenarios() RETURNS text[] STABLE SECURITY DEFINER PARALLEL SAFE
    LANGUAGE sql SET search_path = sweep, pg_temp AS $$
    SELECT array(
        SELECT DISTINCT d.scenario FROM sweep.division d JOIN sweep.member m ON m.division IN (d.code, '*')
        WHERE m.login = session_user ORDER BY 1)
$$;
-- Open on the scenario's day, but never on a day before today: when an investigation was closed does not show.
CREATE FUNCTION sweep.blocked_buildings(in_scenario text) RETURNS SETOF text STABLE SECURITY DEFINER
    LANGUAGE sql SET search_path = sweep, pg_temp SET TimeZone = 'Asia/Shanghai' AS $$
    SELECT DISTINCT place ->> 'building_id'
    FROM sweep.investigation i, jsonb_array_elements(i.places) place
    WHERE i.scenario = in_scenario AND i.scenario = ANY (sweep.my_scenarios()) AND i.division = ANY (sweep.my_divisions())
        AND coalesce((place ->> 'closed_on')::date, 'infinity') >= (
            SELECT greatest(current_date, max(d.day)) FROM sweep.document d
            WHERE d.scenario = in_scenario AND d.kind = 'settings' AND d.scope = '')
    ORDER BY 1
$$;
-- The lock of a scenario, to the end of the transaction. Who waits longer than lock_timeout learns who holds it.
CREATE FUNCTION sweep.hold(in_scenario text) RETURNS void SECURITY DEFINER
    LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
DECLARE
    key bigint := hashtextextended('sweep ' || in_scenario, 0);
    holder text;
BEGIN
    IF in_scenario <> ALL (sweep.my_scenarios())
        AND NOT EXISTS (SELECT FROM sweep.member WHERE login = session_user AND division = '*')
        AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN
        RAISE EXCEPTION 'scenario % is none of the login''s', in_scenario USING ERRCODE = '42501';
    END IF;
    PERFORM pg_advisory_xact_lock(key);
EXCEPTION WHEN lock_not_available THEN
    SELECT string_agg(format('%s (%s)', a.usename, a.pid), ', ') INTO holder
        FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (l.classid::bigint << 32) | l.objid::bigint = key;
    RAISE EXCEPTION '%', coalesce(holder, '-') USING ERRCODE = '55P03';
END
$$;
CREATE FUNCTION sweep.all_divisions(in_scenario text) RETURNS text STABLE LANGUAGE sql SET search_path = sweep, pg_temp AS $$
    SELECT string_agg(code, ',' ORDER BY code) FROM sweep.division
    WHERE scenario = in_scenario AND code NOT IN ('', '-')
$$;
-- Each set of divisions has its own follow-up and drafts, and its own file of a table as it was beside the records.
CREATE FUNCTION sweep.is_of_each(one sweep.document) RETURNS boolean STABLE LANGUAGE sql
    SET search_path = sweep, pg_temp AS $$
    SELECT one.kind IN ('follow_up', 'drafts') OR NOT one.is_split AND EXISTS (
        SELECT FROM sweep.document head WHERE head.scenario = one.scenario AND head.kind = one.kind
            AND head.name = one.name AND head.rev = one.rev AND head.is_split)
$$;
-- A login with all divisions keeps what was of all of them when there is one more.
CREATE FUNCTION sweep.widen(in_scenario text, was text, is_now text) RETURNS void
    LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
BEGIN
    INSERT INTO sweep.edition (scenario, scope, edition, class, day, rev, by_login, at)
        SELECT scenario, is_now, edition, class, day, rev, by_login, at FROM sweep.edition
        WHERE scenario = in_scenario AND scope = was;
    -- A login that was given all of the old divisions by name keeps it as well.
    IF EXISTS (
        SELECT FROM sweep.member GROUP BY login
        HAVING array_agg(division) @> string_to_array(was, ',')
            AND NOT array_agg(division) && ARRAY['*'] AND NOT array_agg(division) @> string_to_array(is_now, ',')
    ) THEN
        INSERT INTO sweep.document (scenario, kind, scope, name, rev, table_name, day, is_split, content, by_login, at)
            SELECT scenario, kind, replace(scope, was, is_now), name, rev, table_name, day, is_split, content, by_login, at
            FROM sweep.document WHERE scenario = in_scenario AND scope IN (was, ',' || was) AND sweep.is_of_each(document);
        INSERT INTO sweep.edition_file (scenario, scope, edition, name, class, content)
            SELECT scenario, is_now, edition, name, class, content FROM sweep.edition_file
            WHERE scenario = in_scenario AND scope = was;
        INSERT INTO sweep.approval (scenario, scope, day, plan_id, plan_sha256, by, at, audit_head, rev, by_login)
            SELECT scenario, is_now, day, plan_id, plan_sha256, by, at, audit_head, rev, by_login FROM sweep.approval
            WHERE scenario = in_scenario AND scope = was;
    ELSE
        UPDATE sweep.document SET scope = replace(scope, was, is_now)
            WHERE scenario = in_scenario AND scope IN (was, ',' || was) AND sweep.is_of_each(document);
        UPDATE sweep.edition_file SET scope = is_now WHERE scenario = in_scenario AND scope = was;
        UPDATE sweep.approval SET scope = is_now WHERE scenario = in_scenario AND scope = was;
        DELETE FROM sweep.edition WHERE scenario = in_scenario AND scope = was;
    END IF;
END
$$;
-- A scenario and its divisions; only a login with all divisions begins one.
CREATE FUNCTION sweep.begin_scenario(new_name text, codes text[]) RETURNS void SECURITY DEFINER
    LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
DECLARE
    was text;
    is_now text;
    others text[] := array(SELECT unnest(codes) EXCEPT SELECT division FROM sweep.member WHERE login = session_user);
BEGIN
    IF NOT EXISTS (SELECT FROM sweep.member WHERE login = session_user AND division = '*') THEN
        IF others <> '{}' THEN
            RAISE EXCEPTION 'divisions of others: %', array_to_string(others, ', ') USING ERRCODE = '42501';
        ELSIF new_name <> ALL (sweep.my_scenarios()) THEN
            RAISE EXCEPTION 'only a login with all divisions begins a scenario' USING ERRCODE = '42501';
        END IF;
    END IF;
    PERFORM sweep.hold(new_name);
    was := sweep.all_divisions(new_name);
    INSERT INTO sweep.scenario (name) VALUES (new_name) ON CONFLICT DO NOTHING;
    INSERT INTO sweep.division SELECT new_name, unnest(codes || ARRAY['', '-']) ON CONFLICT DO NOTHING;
    INSERT INTO sweep.investigation SELECT new_name, unnest(codes || ARRAY['', '-']) ON CONFLICT DO NOTHING;
    INSERT INTO sweep.investigation_file (scenario) VALUES (new_name) ON CONFLICT DO NOTHING;
    is_now := sweep.all_divisions(new_name);
    IF was <> is_now THEN
        PERFORM sweep.widen(new_name, was, is_now);
    END IF;
END
$$;
-- Undoes begin_scenario, as long as nothing was written into the scenario; one with a log stays, by its foreign key.
CREATE FUNCTION sweep.end_scenario(old_name text) RETURNS void SECURITY DEFINER
    LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM sweep.member WHERE login = session_user AND division = '*') THEN
        RAISE EXCEPTION 'only a login with all divisions ends a scenario' USING ERRCODE = '42501';
    END IF;
    PERFORM sweep.hold(old_name);
    IF EXISTS (SELECT FROM sweep.document WHERE scenario = old_name)
        OR EXISTS (SELECT FROM sweep.edition WHERE scenario = old_name)
        OR EXISTS (SELECT FROM sweep.investigation_file WHERE scenario = old_name AND content IS NOT NULL) THEN
        RAISE EXCEPTION 'scenario % is not empty', old_name USING ERRCODE = '42501';
    END IF;
    DELETE FROM sweep.scenario WHERE name = old_name;
END
$$;
DO $$
DECLARE
    own regprocedure;
BEGIN
    FOR own IN SELECT p.oid FROM pg_proc p WHERE pronamespace = 'sweep'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO sweep_warden', own);
    END LOOP;
    -- The lock of a scenario is taken by sweep.hold alone, which asks for a role.
    FOR own IN SELECT p.oid FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace
        AND proname ~ '^pg_(try_)?advisory_' LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', own);
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(bigint) TO sweep_warden;

SET LOCAL ROLE sweep_owner;
-- The text that the program writes for a JSON value (Python's json.dumps: sorted keys, no blanks, shortest numbers).
CREATE FUNCTION sweep.canonical(value json) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql AS $$
DECLARE
    token text := value::text;
BEGIN
    CASE json_typeof(value)
        WHEN 'object' THEN
            RETURN '{' || coalesce((
                SELECT string_agg(to_json(key)::text || ':' || sweep.canonical(own), ',' ORDER BY key COLLATE "C")
                FROM (SELECT DISTINCT ON (key) key, each.value AS own FROM json_each(canonical.value) each) pair), '') || '}';
        WHEN 'array' THEN
            RETURN '[' || coalesce((
                SELECT string_agg(sweep.canonical(item), ',' ORDER BY place)
                FROM json_array_elements(canonical.value) WITH ORDINALITY AS items(item, place)), '') || ']';
        WHEN 'string' THEN
            RETURN to_json(value #>> '{}')::text;
        WHEN 'number' THEN
            IF token ~ '^-?[0-9]+$' AND length(token) < 1000 THEN
                RETURN token::numeric::text;
            END IF;
            token := token::float8::text;
            IF token ~ '^-?[0-9]+$' THEN
                RETURN token || '.0';
            ELSIF token ~ 'e\+15$' THEN
                token := replace(split_part(token, 'e', 1), '.', '');
                RETURN regexp_replace(rpad(token, 17 + (token LIKE '-%')::integer, '0'), '.$', '.\&');
            END IF;
            RETURN token;
        ELSE
            RETURN token;
    END CASE;
END
$$;
-- The line at place n behind the hash prev that says what an entry says, and its own hash; NULL for what is no entry.
CREATE FUNCTION sweep.line_of(n bigint, prev text, entry bytea, OUT hash text, OUT line bytea)
    IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
DECLARE
    own json := convert_from(entry, 'UTF8')::json;
    head text := '{"act":' || sweep.canonical(own -> 'act') || ',"at":' || sweep.canonical(own -> 'at')
        || ',"facts":' || sweep.canonical(own -> 'facts');
    tail text := ',"n":' || n || ',"prev":"' || prev || '","who":' || sweep.canonical(own -> 'who') || E'}\n';
BEGIN
    hash := encode(sha256(convert_to(head || tail, 'UTF8')), 'hex');
    line := convert_to(head || ',"hash":"' || hash || '"' || tail, 'UTF8');
END
$$;
-- Whether a line is what the program writes for its content at place n behind the hash prev.
CREATE FUNCTION sweep.is_line(n bigint, prev text, line bytea) RETURNS boolean
    IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql SET search_path = sweep, pg_temp SET extra_float_digits = 1 AS $$
BEGIN
    RETURN coalesce((sweep.line_of(n, prev, line)).line = line, false);
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN false;
END
$$;
-- The server says at which place a line is, who wrote it, and when.
CREATE FUNCTION sweep.guard_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
DECLARE
    last record;
    entry json;
BEGIN
    PERFORM sweep.hold(NEW.scenario);
    SELECT n, hash INTO last FROM sweep.audit_line WHERE scenario = NEW.scenario ORDER BY n DESC LIMIT 1;
    NEW.n := coalesce(last.n, 0) + 1;
    NEW.prev := coalesce(last.hash, repeat('0', 64));
    IF NOT sweep.is_line(NEW.n, NEW.prev, NEW.line) THEN
        RAISE EXCEPTION 'it does not follow the last line, or its hash is not that of its content' USING ERRCODE = 'SW001';
    END IF;
    entry := convert_from(NEW.line, 'UTF8');
    -- Commands read entries by these, and look for plans and files by the two facts.
    IF json_typeof(entry -> 'facts') <> 'object'
        OR 'string' <> ANY (ARRAY[json_typeof(entry -> 'at'), json_typeof(entry -> 'who'), json_typeof(entry -> 'act')])
        OR EXISTS (SELECT FROM json_each(entry -> 'facts') WHERE key IN ('plan_id', 'path') AND json_typeof(value) <> 'string')
    THEN
        RAISE EXCEPTION 'its content is of another kind' USING ERRCODE = 'SW001';
    ELSIF entry ->> 'act' = 'approve' AND NOT pg_has_role(session_user, 'sweep_approver', 'USAGE') THEN
        RAISE EXCEPTION 'only an approver writes a line of an approval' USING ERRCODE = '42501';
    END IF;
    NEW.hash := entry ->> 'hash';
    NEW.by_login := session_user;
    NEW.at := clock_timestamp();
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
-- For the server's owner: moves the first line that does not follow, and all behind it, into audit_evidence; adds those of
-- them that are sound in themselves again, then a line about the repair. Returns how many were moved.
CREATE FUNCTION sweep.repair_log(in_scenario text, who text) RETURNS bigint LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
DECLARE
    last record;
    moved record;
    own record;
BEGIN
    PERFORM sweep.hold(in_scenario);
    SELECT 0::bigint AS n, repeat('0', 64) AS hash INTO last;
    FOR own IN SELECT n, hash, line FROM sweep.audit_line WHERE scenario = in_scenario ORDER BY n LOOP
        EXIT WHEN own.n <> last.n + 1 OR NOT sweep.is_line(own.n, last.hash, own.line)
            OR own.hash <> convert_from(own.line, 'UTF8')::json ->> 'hash';
        last := own;
    END LOOP;
    SELECT count(*) AS n, encode(sha256(string_agg(line, ''::bytea ORDER BY n)), 'hex') AS sha256 INTO moved
        FROM sweep.audit_line WHERE scenario = in_scenario AND n > last.n;
    IF moved.n = 0 THEN
        RETURN 0;
    END IF;
    PERFORM set_config('session_replication_role', 'replica', true);
    WITH gone AS (DELETE FROM sweep.audit_line WHERE scenario = in_scenario AND n > last.n RETURNING *)
        INSERT INTO sweep.audit_evidence SELECT * FROM gone;
    PERFORM set_config('session_replication_role', 'origin', true);
    FOR own IN
        (SELECT line FROM sweep.audit_evidence e WHERE scenario = in_scenario AND set_aside_at = now()
            AND sweep.is_line(e.n, e.prev, e.line) ORDER BY n)
        UNION ALL
        SELECT convert_to(json_build_object(
            'act', 'repair', 'at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
            'facts', json_build_object('n', moved.n, 'sha256', moved.sha256), 'who', who)::text, 'UTF8')
    LOOP
        INSERT INTO sweep.audit_line (scenario, line)
            SELECT in_scenario, made.line FROM sweep.line_of(last.n + 1, last.hash, own.line) made;
        SELECT n, hash INTO last FROM sweep.audit_line WHERE scenario = in_scenario ORDER BY n DESC LIMIT 1;
    END LOOP;
    RETURN moved.n;
END
$$;
-- The revision, the login and the time of what is written are the server's.
CREATE FUNCTION sweep.stamp_document() RETURNS trigger LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
BEGIN
    NEW.by_login := session_user;
    NEW.at := now();
    NEW.rev := nextval('sweep.revision');
    -- The file beside a table that is kept row by row has the table's revision, if it was written with it.
    IF NOT NEW.is_split THEN
        NEW.rev := coalesce((
            SELECT head.rev FROM sweep.document head WHERE head.scenario = NEW.scenario AND head.kind = NEW.kind
                AND head.name = NEW.name AND head.is_split AND head.at = NEW.at), NEW.rev);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON sweep.document FOR EACH ROW
    WHEN (current_user <> 'sweep_warden') EXECUTE FUNCTION sweep.stamp_document();
CREATE FUNCTION sweep.stamp_table() RETURNS trigger LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
BEGIN
    UPDATE sweep.document SET is_split = is_split WHERE kind = 'inputs' AND is_split AND at <> now()
        AND (scenario, name) IN (SELECT scenario, name FROM changed);
    RETURN NULL;
END
$$;
CREATE TRIGGER stamp_inserted AFTER INSERT ON sweep.input_row REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION sweep.stamp_table();
CREATE TRIGGER stamp_deleted AFTER DELETE ON sweep.input_row REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION sweep.stamp_table();
CREATE FUNCTION sweep.stamp_edition() RETURNS trigger LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND EXISTS (
        SELECT FROM sweep.approval a WHERE (a.scenario, a.scope, a.plan_id) = (OLD.scenario, OLD.scope, OLD.edition)) THEN
        RAISE EXCEPTION 'plan % is approved', OLD.edition USING ERRCODE = 'SW004';
    END IF;
    NEW.by_login := session_user;
    NEW.at := now();
    NEW.rev := nextval('sweep.revision');
    RETURN NEW;
END
$$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON sweep.edition FOR EACH ROW
    WHEN (current_user <> 'sweep_warden') EXECUTE FUNCTION sweep.stamp_edition();
-- Files of an approved edition stay as they are; each other change of a file is a revision of its edition.
CREATE FUNCTION sweep.guard_file() RETURNS trigger LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
DECLARE
    own sweep.edition_file;
BEGIN
    FOREACH own IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW] WHEN 'DELETE' THEN ARRAY[OLD] ELSE ARRAY[OLD, NEW] END
    LOOP
        IF EXISTS (
            SELECT FROM sweep.approval a WHERE (a.scenario, a.scope, a.plan_id) = (own.scenario, own.scope, own.edition)
        ) THEN
            RAISE EXCEPTION 'plan % is approved', own.edition USING ERRCODE = 'SW004';
        END IF;
        UPDATE sweep.edition e SET rev = rev
            WHERE (e.scenario, e.scope, e.edition) = (own.scenario, own.scope, own.edition) AND e.at <> now();
    END LOOP;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER guard_file BEFORE INSERT OR UPDATE OR DELETE ON sweep.edition_file FOR EACH ROW
    WHEN (current_user NOT IN ('sweep_warden', 'sweep_owner')) EXECUTE FUNCTION sweep.guard_file();
-- An approval is of the plan that its hash names; the edition's own row changes with it, so that no older snapshot can.
CREATE FUNCTION sweep.guard_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
BEGIN
    UPDATE sweep.edition e SET rev = rev
        WHERE (e.scenario, e.scope, e.edition) = (NEW.scenario, NEW.scope, NEW.plan_id) AND e.at <> now();
    IF NOT EXISTS (
        SELECT FROM sweep.edition_file f WHERE (f.scenario, f.scope, f.edition) = (NEW.scenario, NEW.scope, NEW.plan_id)
            AND f.name = 'plan.json' AND f.sha256 = NEW.plan_sha256
    ) THEN
        RAISE EXCEPTION 'plan % has another hash', NEW.plan_id USING ERRCODE = 'SW006';
    END IF;
    NEW.by_login := session_user;
    NEW.rev := nextval('sweep.revision');
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_approval BEFORE INSERT ON sweep.approval FOR EACH ROW
    WHEN (current_user <> 'sweep_warden') EXECUTE FUNCTION sweep.guard_approval();
-- A listener learns that something of a kind is new, and must look for it under their own role.
CREATE FUNCTION sweep.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sweep', TG_ARGV[0]);
    RETURN NULL;
END
$$;
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON sweep.edition FOR EACH ROW EXECUTE FUNCTION sweep.tell('editions');
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON sweep.approval FOR EACH ROW EXECUTE FUNCTION sweep.tell('approvals');
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON sweep.document FOR EACH ROW EXECUTE FUNCTION sweep.tell('documents');
RESET ROLE;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sweep FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep.my_divisions(), sweep.my_scenarios() TO sweep_planner, sweep_investigator, sweep_approver,
    sweep_market_regulation, sweep_property, sweep_public, sweep_auditor, sweep_warden;
GRANT EXECUTE ON FUNCTION sweep.blocked_buildings(text), sweep.hold(text), sweep.canonical(json),
    sweep.line_of(bigint, text, bytea), sweep.is_line(bigint, text, bytea) TO sweep_planner, sweep_investigator, sweep_approver;
GRANT EXECUTE ON FUNCTION sweep.begin_scenario(text, text[]), sweep.end_scenario(text)
    TO sweep_planner, sweep_investigator;
