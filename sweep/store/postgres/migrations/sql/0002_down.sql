DROP VIEW public.layer_styles;
DROP TABLE sweep.qgis_projects, sweep.layer_styles;
