-- Nothing older can hold what is in the tables: they are taken away empty alone. What is hidden here must not pass for nothing.
SET LOCAL row_security = off;
LOCK TABLE sweep.scenario IN ACCESS EXCLUSIVE MODE;
DO $$
BEGIN
    IF EXISTS (SELECT FROM sweep.scenario) THEN
        RAISE EXCEPTION '%', (SELECT string_agg(name, ', ' ORDER BY name) FROM sweep.scenario) USING ERRCODE = 'SW003';
    END IF;
END
$$;
DROP VIEW sweep.approved_plan, sweep.lead, sweep.building;
DROP TABLE sweep.investigation, sweep.investigation_file, sweep.audit_line, sweep.approval, sweep.edition_file,
    sweep.edition, sweep.input_row, sweep.document, sweep.member, sweep.division, sweep.scenario;
DROP FUNCTION sweep.tell(), sweep.refuse_change(), sweep.guard_chain(), sweep.begin_scenario(text, text[]),
    sweep.blocked_buildings(text, date), sweep.my_divisions();
