DROP POLICY own ON sweep.input_row;
DROP POLICY reads ON sweep.input_row;
CREATE POLICY own ON sweep.input_row TO sweep_planner, sweep_investigator
    USING (division = ANY ((SELECT sweep.my_divisions())::text[]))
    WITH CHECK (division = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE POLICY reads ON sweep.input_row FOR SELECT TO sweep_approver
    USING (division = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE OR REPLACE VIEW sweep.lead WITH (security_invoker = true) AS
    SELECT scenario, name, division, n, id AS lead_id, geom FROM sweep.input_row
    WHERE table_name = 'leads' AND geom IS NOT NULL;
