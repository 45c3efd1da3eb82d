-- Reporting views for QGIS, Excel, Superset and Metabase, under the reader's own role; and a read-only role for class police.
SET LOCAL ROLE sweep_owner;

-- Policies and grants of sweep_police: plans, handouts, approvals and results in its divisions, and nothing else.
DO $$
DECLARE
    own record;
BEGIN
    -- Policies that admit every role, and those of the auditor, who reads plans and approvals.
    FOR own IN SELECT tablename, policyname, roles FROM pg_policies WHERE schemaname = 'sweep'
        AND ('sweep_public' = ANY (roles) AND policyname <> 'everybody' OR policyname = 'reads'
            AND tablename IN ('edition', 'edition_file', 'approval')) LOOP
        EXECUTE format('ALTER POLICY %I ON sweep.%I TO %s, sweep_police', own.policyname, own.tablename,
            array_to_string(own.roles, ', '));
    END LOOP;
END
$$;
CREATE POLICY results ON sweep.document FOR SELECT TO sweep_police
    USING (divisions <@ (SELECT sweep.my_divisions())::text[] AND kind = 'results');
GRANT SELECT ON sweep.member, sweep.scenario, sweep.division, sweep.edition, sweep.edition_file, sweep.approval,
    sweep.document TO sweep_police;

-- A file of a plan as JSON; NULL for other content, so that one bad file hides no other.
CREATE FUNCTION sweep.json_of(content bytea) RETURNS jsonb IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    RETURN convert_from(content, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
-- The rows of a CSV file in UTF-8 with a header, each as an object; no rows for other content.
CREATE FUNCTION sweep.csv_rows(content bytea) RETURNS SETOF jsonb IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    WITH cell AS (
        SELECT place, CASE WHEN m[1] LIKE '"%' THEN replace(substr(m[1], 2, length(m[1]) - 2), '""', '"') ELSE m[1] END AS own,
            count(*) FILTER (WHERE m[2] <> ',') OVER (ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS line
        FROM regexp_matches(ltrim(convert_from(content, 'UTF8'), E'\uFEFF'), '("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)', 'g')
            WITH ORDINALITY AS found(m, place)
    ), numbered AS (
        SELECT line, own, row_number() OVER (PARTITION BY line ORDER BY place) AS n FROM cell
    )
    SELECT jsonb_object_agg(head.own, row.own) FROM numbered row JOIN numbered head USING (n)
        WHERE row.line > 0 AND head.line = 0 GROUP BY row.line HAVING string_agg(row.own, '') <> '' ORDER BY row.line;
EXCEPTION WHEN data_exception THEN
    RETURN;
END
$$;
RESET ROLE;
REVOKE ALL ON FUNCTION sweep.json_of(bytea), sweep.csv_rows(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep.json_of(bytea), sweep.csv_rows(bytea) TO sweep_planner, sweep_investigator, sweep_approver,
    sweep_auditor, sweep_police, sweep_market_regulation, sweep_property, sweep_public;
GRANT EXECUTE ON FUNCTION sweep.my_divisions(), sweep.my_scenarios() TO sweep_police;

CREATE SCHEMA sweep_report AUTHORIZATION sweep_owner;
SET LOCAL ROLE sweep_owner;
COMMENT ON SCHEMA sweep_report IS 'Reporting views with stable names, read under the role of the login. / 报表视图，名称固定，按账号权限显示。';

CREATE VIEW sweep_report.edition WITH (security_invoker = true) AS
    SELECT scenario, day, split_part(edition, '.', 1) AS plan_id, class, scope AS divisions, rev AS revision, by_login, at AS written_at
    FROM (
        -- A plan that is stored for several sets of divisions is shown once, for the largest.
        SELECT DISTINCT ON (scenario, edition) * FROM sweep.edition ORDER BY scenario, edition, cardinality(divisions) DESC, scope
    ) shown;
COMMENT ON VIEW sweep_report.edition IS 'Plans and their handouts. / 方案及其对外文件。';
COMMENT ON COLUMN sweep_report.edition.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.edition.day IS 'Day of the inspections. / 检查日期。';
COMMENT ON COLUMN sweep_report.edition.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.edition.class IS 'Disclosure class: police, market_regulation, property or public. / 读者类别：police、market_regulation、property、public。';
COMMENT ON COLUMN sweep_report.edition.divisions IS 'Codes of the divisions in the plan, with commas. / 所含区划代码，以逗号分隔。';
COMMENT ON COLUMN sweep_report.edition.revision IS 'Revision of the plan in the store. / 在库中的版本号。';
COMMENT ON COLUMN sweep_report.edition.by_login IS 'Login that wrote this revision. / 写入该版本的账号。';
COMMENT ON COLUMN sweep_report.edition.written_at IS 'Time of the writing. / 写入时间。';

-- Files with the content from which the other views take their rows.
CREATE VIEW sweep.shown_file WITH (security_invoker = true) AS
    SELECT e.scenario, e.day, e.plan_id, e.class, e.divisions, f.name AS file_name, length(f.content) AS n_bytes, f.sha256, f.content
    FROM sweep_report.edition e JOIN sweep.edition_file f ON f.scenario = e.scenario AND f.scope = e.divisions
        AND f.edition = e.plan_id || CASE e.class WHEN 'police' THEN '' ELSE '.' || e.class END;
CREATE VIEW sweep_report.file WITH (security_invoker = true) AS
    SELECT scenario, day, plan_id, class, divisions, file_name, n_bytes, sha256 FROM sweep.shown_file;
COMMENT ON VIEW sweep_report.file IS 'Files of plans and handouts. / 方案和对外文件中的各文件。';
COMMENT ON COLUMN sweep_report.file.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.file.day IS 'Day of the inspections. / 检查日期。';
COMMENT ON COLUMN sweep_report.file.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.file.class IS 'Disclosure class. / 读者类别。';
COMMENT ON COLUMN sweep_report.file.divisions IS 'Codes of the divisions in the plan, with commas. / 所含区划代码，以逗号分隔。';
COMMENT ON COLUMN sweep_report.file.file_name IS 'Name in the folder of the plan. / 在方案文件夹中的文件名。';
COMMENT ON COLUMN sweep_report.file.n_bytes IS 'Size in bytes. / 字节数。';
COMMENT ON COLUMN sweep_report.file.sha256 IS 'SHA-256 of the content. / 内容的 SHA-256。';

CREATE VIEW sweep_report.public_count WITH (security_invoker = true) AS
    SELECT f.scenario, f.day, f.plan_id, c ->> 'division_name' AS division_name, c ->> 'n_buildings_reached' AS n_buildings_reached,
        c ->> 'n_targets' AS n_targets, c ->> 'n_leads' AS n_leads
    FROM sweep.shown_file f, sweep.csv_rows(f.content) c WHERE f.class = 'public' AND f.file_name = 'counts.csv';
COMMENT ON VIEW sweep_report.public_count IS 'Public counts by division; small counts are suppressed. / 按区划的公开数字，较小数字不予列示。';
COMMENT ON COLUMN sweep_report.public_count.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.public_count.day IS 'Day of the inspections. / 检查日期。';
COMMENT ON COLUMN sweep_report.public_count.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.public_count.division_name IS 'Name of the division; the last row is the total. / 区划名称，末行为合计。';
COMMENT ON COLUMN sweep_report.public_count.n_buildings_reached IS 'Buildings to be visited, as text. / 拟检查楼宇数（文本）。';
COMMENT ON COLUMN sweep_report.public_count.n_targets IS 'Firms to be inspected, as text. / 拟检查企业数（文本）。';
COMMENT ON COLUMN sweep_report.public_count.n_leads IS 'Leads, as text. / 线索数（文本）。';

CREATE VIEW sweep_report.draw WITH (security_invoker = true) AS
    SELECT f.scenario, f.day, f.plan_id, f.class, f.divisions, (c ->> 'place')::integer AS place, c ->> 'building_id' AS building_id,
        c ->> 'building_name' AS building_name, (c ->> 'inclusion_probability')::float8 AS inclusion_probability,
        c ->> 'is_drawn' = '1' AS is_drawn
    FROM sweep.shown_file f, sweep.csv_rows(f.content) c WHERE f.file_name = 'draw.csv';
COMMENT ON VIEW sweep_report.draw IS 'Random draw of buildings for routine inspections. / 双随机抽取的楼宇。';
COMMENT ON COLUMN sweep_report.draw.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.draw.day IS 'Day of the inspections. / 检查日期。';
COMMENT ON COLUMN sweep_report.draw.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.draw.class IS 'Disclosure class of the file with this row. / 该行所在文件的读者类别。';
COMMENT ON COLUMN sweep_report.draw.divisions IS 'Codes of the divisions in the plan, with commas. / 方案所含区划代码，以逗号分隔。';
COMMENT ON COLUMN sweep_report.draw.place IS 'Place in the order of the draw, from 1. / 抽取顺序，从 1 起。';
COMMENT ON COLUMN sweep_report.draw.building_id IS 'Id of the building. / 楼宇编号。';
COMMENT ON COLUMN sweep_report.draw.building_name IS 'Name of the building. / 楼宇名称。';
COMMENT ON COLUMN sweep_report.draw.inclusion_probability IS 'Probability of being drawn, 0 to 1. / 被抽中的概率，0 至 1。';
COMMENT ON COLUMN sweep_report.draw.is_drawn IS 'Whether the building was drawn. / 是否抽中。';

CREATE VIEW sweep_report.plan WITH (security_invoker = true) AS
    SELECT f.scenario, f.day, f.plan_id, f.divisions, (s ->> 'n_teams')::integer AS n_teams, (s ->> 'n_stops')::integer AS n_stops,
        (s ->> 'n_unserved')::integer AS n_unserved, (s ->> 'value')::float8 AS value, (s ->> 'bound')::float8 AS bound,
        (s ->> 'travel_s')::float8 AS travel_s, (s ->> 'distance_m')::float8 AS distance_m, a.by IS NOT NULL AS is_approved,
        a.by AS approved_by, a.at AS approved_at
    FROM sweep.shown_file f CROSS JOIN LATERAL (SELECT sweep.json_of(f.content) -> 'summary' AS s) summary
        LEFT JOIN sweep.approval a ON (a.scenario, a.scope, a.day, a.plan_id) = (f.scenario, f.divisions, f.day, f.plan_id)
    WHERE f.class = 'police' AND f.file_name = 'plan.json';
COMMENT ON VIEW sweep_report.plan IS 'Plans with their totals and approval. / 方案的合计与批准情况。';
COMMENT ON COLUMN sweep_report.plan.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.plan.day IS 'Day of the inspections. / 检查日期。';
COMMENT ON COLUMN sweep_report.plan.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.plan.divisions IS 'Codes of the divisions in the plan, with commas. / 所含区划代码，以逗号分隔。';
COMMENT ON COLUMN sweep_report.plan.n_teams IS 'Teams. / 检查组数。';
COMMENT ON COLUMN sweep_report.plan.n_stops IS 'Stops of all teams. / 各组停留点合计。';
COMMENT ON COLUMN sweep_report.plan.n_unserved IS 'Visits that no team makes. / 未安排的检查数。';
COMMENT ON COLUMN sweep_report.plan.value IS 'Expected finds. / 预计发现数。';
COMMENT ON COLUMN sweep_report.plan.bound IS 'Proven upper bound of the expected finds. / 预计发现数的已证上界。';
COMMENT ON COLUMN sweep_report.plan.travel_s IS 'Travel time of all teams, seconds. / 各组行驶时间合计，秒。';
COMMENT ON COLUMN sweep_report.plan.distance_m IS 'Distance of all teams, metres. / 各组行驶距离合计，米。';
COMMENT ON COLUMN sweep_report.plan.is_approved IS 'Whether the plan is approved. / 是否已批准。';
COMMENT ON COLUMN sweep_report.plan.approved_by IS 'Id of the approving person. / 批准人编号。';
COMMENT ON COLUMN sweep_report.plan.approved_at IS 'Time of the approval, ISO 8601. / 批准时间，ISO 8601。';

CREATE VIEW sweep_report.team WITH (security_invoker = true) AS
    SELECT f.scenario, f.day, f.plan_id, f.divisions, t ->> 'team_id' AS team_id, t ->> 'letter' AS letter,
        t ->> 'base_name' AS base_name, jsonb_array_length(t -> 'member_ids') AS n_members, (t ->> 'is_reserve')::boolean AS is_reserve,
        coalesce(jsonb_array_length(r -> 'stops'), 0) AS n_stops, (r ->> 'depart_at')::timestamptz AS depart_at,
        (r ->> 'return_at')::timestamptz AS return_at,
        ST_SetSRID(ST_Point((t ->> 'base_lon')::float8, (t ->> 'base_lat')::float8), 4326)::geometry(Point, 4326) AS geom
    FROM sweep.shown_file f CROSS JOIN LATERAL (SELECT sweep.json_of(f.content) AS own) plan
        CROSS JOIN LATERAL jsonb_path_query(own, '$.teams[*]') t
        LEFT JOIN LATERAL jsonb_path_query(own, '$.routes[*]') r ON r ->> 'team_id' = t ->> 'team_id'
    WHERE f.class = 'police' AND f.file_name = 'plan.json';
COMMENT ON VIEW sweep_report.team IS 'Teams of plans, at their bases. / 方案的检查组，位于驻地。';
COMMENT ON COLUMN sweep_report.team.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.team.day IS 'Day of the inspections. / 检查日期。';
COMMENT ON COLUMN sweep_report.team.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.team.divisions IS 'Codes of the divisions in the plan, with commas. / 方案所含区划代码，以逗号分隔。';
COMMENT ON COLUMN sweep_report.team.team_id IS 'Id of the team. / 检查组编号。';
COMMENT ON COLUMN sweep_report.team.letter IS 'Letter of the team on map and orders. / 地图和任务单上的组别字母。';
COMMENT ON COLUMN sweep_report.team.base_name IS 'Name of the base. / 驻地名称。';
COMMENT ON COLUMN sweep_report.team.n_members IS 'Members. / 人数。';
COMMENT ON COLUMN sweep_report.team.is_reserve IS 'Whether the team is a reserve. / 是否机动组。';
COMMENT ON COLUMN sweep_report.team.n_stops IS 'Stops of the team. / 停留点数。';
COMMENT ON COLUMN sweep_report.team.depart_at IS 'Departure from the base; empty for a reserve. / 驻地出发时间，机动组为空。';
COMMENT ON COLUMN sweep_report.team.return_at IS 'Return to the base; empty for a reserve. / 返回驻地时间，机动组为空。';
COMMENT ON COLUMN sweep_report.team.geom IS 'Point of the base, WGS-84. / 驻地点位，WGS-84。';

CREATE VIEW sweep_report.stop WITH (security_invoker = true) AS
    SELECT f.scenario, f.day, f.plan_id, f.divisions, r ->> 'team_id' AS team_id, (s ->> 'number')::integer AS number,
        s ->> 'visit_id' AS visit_id, s ->> 'building_id' AS building_id, s ->> 'building_name' AS building_name,
        s ->> 'address' AS address, s ->> 'track' AS track, (s ->> 'arrive_at')::timestamptz AS arrive_at,
        (s ->> 'start_at')::timestamptz AS start_at, (s ->> 'end_at')::timestamptz AS end_at, (s ->> 'value')::float8 AS value,
        ST_SetSRID(ST_Point((s ->> 'lon')::float8, (s ->> 'lat')::float8), 4326)::geometry(Point, 4326) AS geom
    FROM sweep.shown_file f, jsonb_path_query(sweep.json_of(f.content), '$.routes[*]') r, jsonb_path_query(r, '$.stops[*]') s
    WHERE f.class = 'police' AND f.file_name = 'plan.json';
COMMENT ON VIEW sweep_report.stop IS 'Stops of the teams. / 各检查组的停留点。';
COMMENT ON COLUMN sweep_report.stop.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.stop.day IS 'Day of the inspections. / 检查日期。';
COMMENT ON COLUMN sweep_report.stop.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.stop.divisions IS 'Codes of the divisions in the plan, with commas. / 方案所含区划代码，以逗号分隔。';
COMMENT ON COLUMN sweep_report.stop.team_id IS 'Id of the team. / 检查组编号。';
COMMENT ON COLUMN sweep_report.stop.number IS 'Number of the stop on the route, from 1. / 在路线上的序号，从 1 起。';
COMMENT ON COLUMN sweep_report.stop.visit_id IS 'Id of the visit. / 检查编号。';
COMMENT ON COLUMN sweep_report.stop.building_id IS 'Id of the building. / 楼宇编号。';
COMMENT ON COLUMN sweep_report.stop.building_name IS 'Name of the building. / 楼宇名称。';
COMMENT ON COLUMN sweep_report.stop.address IS 'Address of the building. / 楼宇地址。';
COMMENT ON COLUMN sweep_report.stop.track IS 'Legal track of the visit. / 检查的法律依据类型。';
COMMENT ON COLUMN sweep_report.stop.arrive_at IS 'Arrival. / 到达时间。';
COMMENT ON COLUMN sweep_report.stop.start_at IS 'Start of the inspection. / 开始检查时间。';
COMMENT ON COLUMN sweep_report.stop.end_at IS 'End of the inspection. / 检查结束时间。';
COMMENT ON COLUMN sweep_report.stop.value IS 'Expected finds of the visit. / 该次检查的预计发现数。';
COMMENT ON COLUMN sweep_report.stop.geom IS 'Point of the building, WGS-84. / 楼宇点位，WGS-84。';

CREATE VIEW sweep_report.unserved WITH (security_invoker = true) AS
    SELECT f.scenario, f.day, f.plan_id, f.divisions, u ->> 'visit_id' AS visit_id, u ->> 'building_id' AS building_id,
        u ->> 'building_name' AS building_name, u ->> 'track' AS track, (u ->> 'value')::float8 AS value,
        u #>> '{reasons,0,code}' AS code, u #>> '{reasons,0,sentence}' AS reason,
        ST_SetSRID(ST_Point((u ->> 'lon')::float8, (u ->> 'lat')::float8), 4326)::geometry(Point, 4326) AS geom
    FROM sweep.shown_file f, jsonb_path_query(sweep.json_of(f.content), '$.unserved[*]') u
    WHERE f.class = 'police' AND f.file_name = 'plan.json';
COMMENT ON VIEW sweep_report.unserved IS 'Visits that no team makes. / 未安排的检查。';
COMMENT ON COLUMN sweep_report.unserved.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.unserved.day IS 'Day of the inspections. / 检查日期。';
COMMENT ON COLUMN sweep_report.unserved.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.unserved.divisions IS 'Codes of the divisions in the plan, with commas. / 方案所含区划代码，以逗号分隔。';
COMMENT ON COLUMN sweep_report.unserved.visit_id IS 'Id of the visit. / 检查编号。';
COMMENT ON COLUMN sweep_report.unserved.building_id IS 'Id of the building. / 楼宇编号。';
COMMENT ON COLUMN sweep_report.unserved.building_name IS 'Name of the building. / 楼宇名称。';
COMMENT ON COLUMN sweep_report.unserved.track IS 'Legal track of the visit. / 检查的法律依据类型。';
COMMENT ON COLUMN sweep_report.unserved.value IS 'Expected finds of the visit. / 该次检查的预计发现数。';
COMMENT ON COLUMN sweep_report.unserved.code IS 'Code of the first reason. / 首要原因的代码。';
COMMENT ON COLUMN sweep_report.unserved.reason IS 'First reason, in the language of the plan. / 首要原因，用方案的语言。';
COMMENT ON COLUMN sweep_report.unserved.geom IS 'Point of the building, WGS-84. / 楼宇点位，WGS-84。';

CREATE VIEW sweep_report.coverage WITH (security_invoker = true) AS
    SELECT f.scenario, f.day, f.plan_id, f.divisions, c ->> 'scope' AS scope, c ->> 'scope_id' AS scope_id,
        (c ->> 'n_buildings')::integer AS n_buildings, (c ->> 'n_buildings_reached')::integer AS n_buildings_reached,
        (c ->> 'n_firms')::integer AS n_firms, (c ->> 'n_firms_reached')::integer AS n_firms_reached,
        (c ->> 'n_leads')::integer AS n_leads, (c ->> 'n_leads_reached')::integer AS n_leads_reached,
        (c ->> 'expected_finds')::float8 AS expected_finds, (c ->> 'expected_finds_reached')::float8 AS expected_finds_reached
    FROM sweep.shown_file f, sweep.csv_rows(f.content) c WHERE f.class = 'police' AND f.file_name = 'coverage.csv';
COMMENT ON VIEW sweep_report.coverage IS 'Share of buildings, firms, leads and finds that plans reach. / 方案对楼宇、企业、线索和发现数的覆盖。';
COMMENT ON COLUMN sweep_report.coverage.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.coverage.day IS 'Day of the inspections. / 检查日期。';
COMMENT ON COLUMN sweep_report.coverage.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.coverage.divisions IS 'Codes of the divisions in the plan, with commas. / 方案所含区划代码，以逗号分隔。';
COMMENT ON COLUMN sweep_report.coverage.scope IS 'Kind of group: all, district, cluster or track. / 分组方式：all、district、cluster、track。';
COMMENT ON COLUMN sweep_report.coverage.scope_id IS 'Id of the group; empty for all. / 组的编号，全部时为空。';
COMMENT ON COLUMN sweep_report.coverage.n_buildings IS 'Buildings. / 楼宇数。';
COMMENT ON COLUMN sweep_report.coverage.n_buildings_reached IS 'Buildings that a team visits. / 安排检查的楼宇数。';
COMMENT ON COLUMN sweep_report.coverage.n_firms IS 'Firms. / 企业数。';
COMMENT ON COLUMN sweep_report.coverage.n_firms_reached IS 'Firms in visited buildings. / 被检查楼宇内的企业数。';
COMMENT ON COLUMN sweep_report.coverage.n_leads IS 'Leads. / 线索数。';
COMMENT ON COLUMN sweep_report.coverage.n_leads_reached IS 'Leads on visited buildings. / 被检查楼宇的线索数。';
COMMENT ON COLUMN sweep_report.coverage.expected_finds IS 'Expected finds of all buildings. / 全部楼宇的预计发现数。';
COMMENT ON COLUMN sweep_report.coverage.expected_finds_reached IS 'Expected finds of visited buildings. / 被检查楼宇的预计发现数。';

CREATE VIEW sweep_report.result WITH (security_invoker = true) AS
    SELECT d.scenario, d.scope AS divisions, c ->> 'plan_id' AS plan_id, c ->> 'result_id' AS result_id, c ->> 'visit_id' AS visit_id,
        c ->> 'building_id' AS building_id, nullif(c ->> 'uscc', '') AS uscc, c ->> 'unit_state' AS unit_state,
        c ->> 'track' AS track, nullif(c ->> 'visited_on', '') AS visited_on, nullif(c ->> 'recheck_on', '') AS recheck_on
    FROM sweep.document d, sweep.csv_rows(d.content) c WHERE d.kind = 'results';
COMMENT ON VIEW sweep_report.result IS 'Results of visits, without remarks and officers. / 检查结果，不含备注和人员。';
COMMENT ON COLUMN sweep_report.result.scenario IS 'Name of the scenario. / 场景名称。';
COMMENT ON COLUMN sweep_report.result.divisions IS 'Codes of the divisions in the results, with commas. / 结果所含区划代码，以逗号分隔。';
COMMENT ON COLUMN sweep_report.result.plan_id IS 'Id of the plan. / 方案编号。';
COMMENT ON COLUMN sweep_report.result.result_id IS 'Id of the result. / 结果编号。';
COMMENT ON COLUMN sweep_report.result.visit_id IS 'Id of the visit. / 检查编号。';
COMMENT ON COLUMN sweep_report.result.building_id IS 'Id of the building. / 楼宇编号。';
COMMENT ON COLUMN sweep_report.result.uscc IS 'Unified social credit code of the firm; empty without a registered firm. / 统一社会信用代码，无登记企业时为空。';
COMMENT ON COLUMN sweep_report.result.unit_state IS 'State of the unit that the team found. / 检查组所见的单元状态。';
COMMENT ON COLUMN sweep_report.result.track IS 'Legal track of the visit. / 检查的法律依据类型。';
COMMENT ON COLUMN sweep_report.result.visited_on IS 'Time of the visit, ISO 8601. / 检查时间，ISO 8601。';
COMMENT ON COLUMN sweep_report.result.recheck_on IS 'Day of the re-check; empty without one. / 复查日期，无须复查时为空。';
RESET ROLE;

GRANT USAGE ON SCHEMA sweep_report TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor, sweep_police,
    sweep_market_regulation, sweep_property, sweep_public;
GRANT SELECT ON sweep.shown_file, sweep_report.edition, sweep_report.file, sweep_report.public_count TO sweep_planner,
    sweep_investigator, sweep_approver, sweep_auditor, sweep_police, sweep_market_regulation, sweep_property, sweep_public;
GRANT SELECT ON sweep_report.draw TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor, sweep_police,
    sweep_market_regulation;
GRANT SELECT ON sweep_report.plan, sweep_report.team, sweep_report.stop, sweep_report.unserved, sweep_report.coverage
    TO sweep_planner, sweep_investigator, sweep_approver, sweep_auditor, sweep_police;
GRANT SELECT ON sweep_report.result TO sweep_planner, sweep_investigator, sweep_approver, sweep_police;
