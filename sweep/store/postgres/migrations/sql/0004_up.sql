-- One run of numbers for all revisions: what is taken away and written again never has one that somebody has read before.
SET LOCAL row_security = off;
SET LOCAL ROLE sweep_owner;
CREATE SEQUENCE sweep.revision;
GRANT USAGE ON SEQUENCE sweep.revision TO sweep_planner, sweep_investigator, sweep_approver;
RESET ROLE;
SELECT setval('sweep.revision', coalesce(max(rev), 0) + 1, false) FROM (
    SELECT rev FROM sweep.document UNION ALL SELECT rev FROM sweep.edition UNION ALL SELECT rev FROM sweep.approval) known;

-- Whoever was given all divisions goes on with what was of all, when there is a division more: it is theirs by that name.
GRANT SELECT, INSERT, UPDATE ON sweep.document, sweep.edition_file, sweep.approval TO sweep_warden;
GRANT SELECT, INSERT, DELETE ON sweep.edition TO sweep_warden;
CREATE POLICY warden ON sweep.document TO sweep_warden USING (true) WITH CHECK (true);
CREATE POLICY warden ON sweep.edition TO sweep_warden USING (true) WITH CHECK (true);
CREATE POLICY warden ON sweep.edition_file TO sweep_warden USING (true) WITH CHECK (true);
CREATE POLICY warden ON sweep.approval TO sweep_warden USING (true) WITH CHECK (true);
CREATE FUNCTION sweep.all_divisions(in_scenario text) RETURNS text STABLE LANGUAGE sql SET search_path = sweep, pg_temp AS $$
    SELECT string_agg(code, ',' ORDER BY code) FROM sweep.division
    WHERE scenario = in_scenario AND code NOT IN ('', '-')
$$;
-- Of these each set of divisions has its own: follow-up and drafts, and a table's file as it was beside its records.
CREATE FUNCTION sweep.is_of_each(one sweep.document) RETURNS boolean STABLE LANGUAGE sql
    SET search_path = sweep, pg_temp AS $$
    SELECT one.kind IN ('follow_up', 'drafts') OR NOT one.is_split AND EXISTS (
        SELECT FROM sweep.document head WHERE head.scenario = one.scenario AND head.kind = one.kind
            AND head.name = one.name AND head.rev = one.rev AND head.is_split)
$$;
CREATE FUNCTION sweep.widen(in_scenario text, was text, is_now text) RETURNS void
    LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
BEGIN
    INSERT INTO sweep.edition (scenario, scope, edition, class, day, rev, by_login, at)
        SELECT scenario, is_now, edition, class, day, rev, by_login, at FROM sweep.edition
        WHERE scenario = in_scenario AND scope = was;
    -- To whom all that there were had been given by name it is theirs as well: they keep it as it is.
    IF EXISTS (
        SELECT FROM sweep.member GROUP BY login
        HAVING array_agg(division) @> string_to_array(was, ',')
            AND NOT array_agg(division) && ARRAY['*'] AND NOT array_agg(division) @> string_to_array(is_now, ',')
    ) THEN
        INSERT INTO sweep.document
            (scenario, kind, scope, name, rev, table_name, day, sha256, is_split, content, by_login, at)
            SELECT scenario, kind, replace(scope, was, is_now), name, rev, table_name, day, sha256, is_split, content,
                by_login, at
            FROM sweep.document WHERE scenario = in_scenario AND scope IN (was, ',' || was) AND sweep.is_of_each(document);
        INSERT INTO sweep.edition_file (scenario, scope, edition, name, class, sha256, content)
            SELECT scenario, is_now, edition, name, class, sha256, content FROM sweep.edition_file
            WHERE scenario = in_scenario AND scope = was;
        INSERT INTO sweep.approval (scenario, scope, day, plan_id, plan_sha256, by, at, audit_head, rev)
            SELECT scenario, is_now, day, plan_id, plan_sha256, by, at, audit_head, rev FROM sweep.approval
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
CREATE OR REPLACE FUNCTION sweep.begin_scenario(new_name text, codes text[]) RETURNS void SECURITY DEFINER
    LANGUAGE plpgsql SET search_path = sweep, pg_temp AS $$
DECLARE
    was text;
    is_now text;
    others text[] := array(SELECT unnest(codes) EXCEPT SELECT division FROM sweep.member WHERE login = session_user);
BEGIN
    IF others <> '{}' AND NOT EXISTS (SELECT FROM sweep.member WHERE login = session_user AND division = '*') THEN
        RAISE EXCEPTION 'divisions of others: %', array_to_string(others, ', ') USING ERRCODE = '42501';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sweep ' || new_name, 0));
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
REVOKE ALL ON FUNCTION sweep.all_divisions(text), sweep.is_of_each(sweep.document), sweep.widen(text, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep.all_divisions(text), sweep.is_of_each(sweep.document), sweep.widen(text, text, text)
    TO sweep_warden;
