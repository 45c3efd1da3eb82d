-- Whoever was given all divisions is asked so once a query, not once a record: the server then knows that it reads all.
DROP POLICY own ON sweep.input_row;
DROP POLICY reads ON sweep.input_row;
CREATE POLICY own ON sweep.input_row TO sweep_planner, sweep_investigator
    USING (EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*')
        OR division = ANY ((SELECT sweep.my_divisions())::text[]))
    WITH CHECK (division = ANY ((SELECT sweep.my_divisions())::text[]));
CREATE POLICY reads ON sweep.input_row FOR SELECT TO sweep_approver
    USING (EXISTS (SELECT FROM sweep.member m WHERE m.login = session_user AND m.division = '*')
        OR division = ANY ((SELECT sweep.my_divisions())::text[]));
-- A layer of QGIS is of one kind of shape: a lead without a point of its own stands on its building.
CREATE OR REPLACE VIEW sweep.lead WITH (security_invoker = true) AS
    SELECT scenario, name, division, n, id AS lead_id, ST_PointOnSurface(geom)::geometry(Geometry, 4326) AS geom
    FROM sweep.input_row WHERE table_name = 'leads' AND geom IS NOT NULL;
