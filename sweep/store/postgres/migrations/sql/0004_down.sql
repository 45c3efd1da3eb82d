DROP SEQUENCE sweep.revision;
CREATE OR REPLACE FUNCTION sweep.begin_scenario(new_name text, codes text[]) RETURNS void SECURITY DEFINER
    LANGUAGE sql SET search_path = sweep, pg_temp AS $$
    INSERT INTO sweep.scenario (name) VALUES (new_name) ON CONFLICT DO NOTHING;
    INSERT INTO sweep.division SELECT new_name, unnest(codes || ARRAY['', '-']) ON CONFLICT DO NOTHING;
    INSERT INTO sweep.investigation SELECT new_name, unnest(codes || ARRAY['', '-']) ON CONFLICT DO NOTHING;
    INSERT INTO sweep.investigation_file (scenario) VALUES (new_name) ON CONFLICT DO NOTHING;
$$;
DROP FUNCTION sweep.widen(text, text, text), sweep.is_of_each(sweep.document), sweep.all_divisions(text);
DROP POLICY warden ON sweep.document;
DROP POLICY warden ON sweep.edition;
DROP POLICY warden ON sweep.edition_file;
DROP POLICY warden ON sweep.approval;
REVOKE ALL ON sweep.document, sweep.edition, sweep.edition_file, sweep.approval FROM sweep_warden;
