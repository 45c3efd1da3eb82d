"""Tables and columns for queries; the migrations define their types and keys, and a test compares both."""

from sqlalchemy import TableClause, column, table
from sqlalchemy.dialects.postgresql import JSONB


def _table(name: str, columns: str) -> TableClause:
    return table(name, *map(column, columns.split()), schema="sweep")


SCENARIO = _table("scenario", "name began_at")
MEMBER = _table("member", "login division")
DOCUMENT = _table(
    "document", "scenario kind scope name rev by_login at table_name day sha256 is_split content divisions"
)
INPUT_ROW = _table("input_row", "scenario name division n table_name id geom raw")
EDITION = _table("edition", "scenario scope edition rev by_login at class day divisions")
EDITION_FILE = _table("edition_file", "scenario scope edition name class sha256 content divisions")
APPROVAL = _table("approval", "scenario scope day plan_id plan_sha256 by at audit_head rev by_login divisions")
AUDIT_LINE = _table("audit_line", "scenario n prev hash line by_login at")
INVESTIGATION_FILE = _table("investigation_file", "scenario name content rev")
INVESTIGATION = table("investigation", column("scenario"), column("division"), column("places", JSONB), schema="sweep")
TABLES = (
    *(SCENARIO, MEMBER, DOCUMENT, INPUT_ROW, EDITION, EDITION_FILE, APPROVAL),
    *(AUDIT_LINE, INVESTIGATION_FILE, INVESTIGATION),
)
