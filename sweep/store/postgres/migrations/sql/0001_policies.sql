-- Who sees and writes what: row-level security on every table, forced on its owner too, and the grants.
SET LOCAL ROLE sweep_owner;
DO $$
DECLARE
    own text;
BEGIN
    FOREACH own IN ARRAY ARRAY['scenario', 'division', 'member', 'document', 'input_row', 'edition', 'edition_file',
                               'approval', 'audit_line', 'audit_evidence', 'investigation', 'investigation_file'] LOOP
        EXECUTE format('ALTER TABLE sweep.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', own);
    END LOOP;
    -- What is common to a scenario's divisions, and its log: only for logins that have one of these.
    FOREACH own IN ARRAY ARRAY['division', 'document', 'input_row', 'edition', 'edition_file', 'approval', 'audit_line',
                               'audit_evidence'] LOOP
        EXECUTE format(
            'CREATE POLICY members ON sweep.%I AS RESTRICTIVE TO sweep_planner, sweep_investigator, sweep_approver, '
            'sweep_market_regulation, sweep_property, sweep_public, sweep_auditor '
            'USING (scenario = ANY ((SELECT sweep.my_scenarios())::text[]))', own);
    END LOOP;
    FOREACH own IN ARRAY ARRAY['scenario', 'division', 'member', 'document', 'edition', 'edition_file', 'approval',
                               'investigation', 'investigation_file'] LOOP
        EXECUTE format('CREATE POLICY warden ON sweep.%I TO sweep_warden USING (true) WITH CHECK (true)', own);
    END LOOP;
END
$$;
CREATE POLICY own ON sweep.member FOR SELECT TO sweep_planner, sweep_investigator, sweep_approver,
    sweep_market_regulation, sweep_property, sweep_public, sweep_auditor USING (login = session_user);
CREATE POLICY known ON sweep.scenario FOR SELECT TO sweep_planner, sweep_investigator, sweep_approver,
    sweep_market_regulation, sweep_property, sweep_public, sweep_auditor
    USING (name = ANY ((SELECT sweep.my_scenarios())::text[]));
CREATE POLICY own ON sweep.division FOR SELECT TO sweep_planner, sweep_investigator, sweep_approver,
    sweep_market_regulation, sweep_property, sweep_public, sweep_auditor
    USING (code = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE POLICY own ON sweep.document TO sweep_planner, sweep_investigator
    USING (divisions <@ (SELECT sweep.my_divisions())::text[])
    WITH CHECK (divisions <@ (SELECT sweep.my_divisions())::text[]);
CREATE POLICY reads ON sweep.document FOR SELECT TO sweep_approver
    USING (divisions <@ (SELECT sweep.my_divisions())::text[]);
-- A login with all divisions is asked so once a query, not once a record: the server then knows that it reads all.
CREATE POLICY own ON sweep.input_row TO sweep_planner, sweep_investigator
    USING (EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*')
        OR division = ANY ((SELECT sweep.my_divisions())::text[]))
    WITH CHECK (division = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE POLICY reads ON sweep.input_row FOR SELECT TO sweep_approver
    USING (EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*')
        OR division = ANY ((SELECT sweep.my_divisions())::text[]));
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
-- Planners write all of an edition but its approval, approvers all but the plan.
CREATE POLICY own ON sweep.edition_file TO sweep_planner, sweep_investigator
    USING (divisions <@ (SELECT sweep.my_divisions())::text[])
    WITH CHECK (divisions <@ (SELECT sweep.my_divisions())::text[] AND name <> 'approval.json');
CREATE POLICY approves ON sweep.edition_file TO sweep_approver
    USING (divisions <@ (SELECT sweep.my_divisions())::text[])
    WITH CHECK (divisions <@ (SELECT sweep.my_divisions())::text[] AND name <> 'plan.json');
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
CREATE POLICY reads ON sweep.audit_evidence FOR SELECT TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor
    USING (true);
CREATE POLICY own ON sweep.investigation TO sweep_investigator
    USING (division = ANY ((SELECT sweep.my_divisions())::text[]))
    WITH CHECK (division = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE POLICY whole ON sweep.investigation_file TO sweep_investigator
    USING (EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*'))
    WITH CHECK (EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*'));

GRANT USAGE ON SEQUENCE sweep.revision TO sweep_planner, sweep_investigator, sweep_approver;
GRANT SELECT ON sweep.member, sweep.scenario, sweep.division, sweep.edition, sweep.edition_file
    TO sweep_planner, sweep_investigator, sweep_approver, sweep_market_regulation, sweep_property, sweep_public,
    sweep_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON sweep.document TO sweep_planner, sweep_investigator;
GRANT SELECT, INSERT, DELETE ON sweep.input_row TO sweep_planner, sweep_investigator;
GRANT INSERT, UPDATE, DELETE ON sweep.edition, sweep.edition_file TO sweep_planner, sweep_investigator;
GRANT SELECT ON sweep.document, sweep.input_row TO sweep_approver;
GRANT UPDATE (rev) ON sweep.edition TO sweep_approver;
GRANT INSERT, UPDATE (content) ON sweep.edition_file TO sweep_approver;
GRANT SELECT ON sweep.approval TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor;
GRANT INSERT, DELETE ON sweep.approval TO sweep_approver;
GRANT SELECT ON sweep.audit_line, sweep.audit_evidence
    TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor;
GRANT INSERT (scenario, line) ON sweep.audit_line TO sweep_planner, sweep_investigator, sweep_approver;
GRANT SELECT, UPDATE ON sweep.investigation, sweep.investigation_file TO sweep_investigator;
GRANT SELECT ON sweep.building, sweep.lead, sweep.approved_plan, sweep.layer_styles, sweep.qgis_projects
    TO sweep_planner, sweep_investigator, sweep_approver;
GRANT SELECT ON sweep.member TO sweep_warden;
GRANT SELECT, INSERT ON sweep.division, sweep.investigation, sweep.investigation_file TO sweep_warden;
GRANT SELECT, INSERT, DELETE ON sweep.scenario, sweep.edition TO sweep_warden;
GRANT SELECT, INSERT, UPDATE ON sweep.document, sweep.edition_file, sweep.approval TO sweep_warden;
RESET ROLE;
GRANT SELECT ON public.layer_styles TO sweep_planner, sweep_investigator, sweep_approver;
