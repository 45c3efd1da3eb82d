DROP VIEW sweep.approved_plan, sweep.lead, sweep.building;
DROP TABLE sweep.investigation, sweep.investigation_file, sweep.audit_line, sweep.approval, sweep.edition_file,
    sweep.edition, sweep.input_row, sweep.document, sweep.member, sweep.division, sweep.scenario;
DROP FUNCTION sweep.tell(), sweep.refuse_change(), sweep.guard_chain(), sweep.begin_scenario(text, text[]),
    sweep.blocked_buildings(text, date), sweep.my_divisions();
