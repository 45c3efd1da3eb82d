-- Styles and projects of QGIS, in the tables that QGIS itself looks for.
SET LOCAL ROLE sweep_owner;
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
GRANT SELECT ON sweep.layer_styles, sweep.qgis_projects TO sweep_planner, sweep_investigator, sweep_approver;
RESET ROLE;
-- QGIS looks for styles where a connection looks first.
CREATE VIEW public.layer_styles WITH (security_invoker = true) AS SELECT * FROM sweep.layer_styles;
ALTER VIEW public.layer_styles OWNER TO sweep_owner;
GRANT SELECT ON public.layer_styles TO sweep_planner, sweep_investigator, sweep_approver;
