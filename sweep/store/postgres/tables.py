"""The tables as SQLAlchemy knows them; the steps of the schema make them, and a test holds the two equal."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(schema="sweep")


def _divisions() -> Column[list[str]]:
    return Column("divisions", ARRAY(Text), Computed("string_to_array(scope, ',')", persisted=True))


SCENARIO = Table("scenario", metadata, Column("name", Text, primary_key=True), Column("began_at", DateTime(True)))
DIVISION = Table(
    "division", metadata, Column("scenario", Text, primary_key=True), Column("code", Text, primary_key=True)
)
MEMBER = Table(
    "member", metadata, Column("login", String, primary_key=True), Column("division", Text, primary_key=True)
)
DOCUMENT = Table(
    "document",
    metadata,
    Column("scenario", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("rev", BigInteger),
    Column("table_name", Text),
    Column("day", Date),
    Column("sha256", Text),
    Column("is_split", Boolean),
    Column("content", LargeBinary),
    Column("by_login", String),
    Column("at", DateTime(True)),
    _divisions(),
)
INPUT_ROW = Table(
    "input_row",
    metadata,
    Column("scenario", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("division", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("table_name", Text),
    Column("id", Text),
    Column("geom", Geometry("GEOMETRY", srid=4326)),
    Column("raw", LargeBinary),
)
EDITION = Table(
    "edition",
    metadata,
    Column("scenario", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("edition", Text, primary_key=True),
    Column("class", Text, key="output_class"),
    Column("day", Date),
    Column("rev", BigInteger),
    Column("by_login", String),
    Column("at", DateTime(True)),
    _divisions(),
)
EDITION_FILE = Table(
    "edition_file",
    metadata,
    Column("scenario", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("edition", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("class", Text, key="output_class"),
    Column("sha256", Text),
    Column("content", LargeBinary),
    _divisions(),
)
APPROVAL = Table(
    "approval",
    metadata,
    Column("scenario", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("plan_id", Text),
    Column("plan_sha256", Text),
    Column("by", Text),
    Column("at", Text),
    Column("audit_head", Text),
    Column("rev", BigInteger),
    _divisions(),
)
AUDIT_LINE = Table(
    "audit_line",
    metadata,
    Column("scenario", Text, primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("prev", Text),
    Column("hash", Text),
    Column("line", LargeBinary),
)
INVESTIGATION_FILE = Table(
    "investigation_file",
    metadata,
    Column("scenario", Text, primary_key=True),
    Column("name", Text),
    Column("content", LargeBinary),
    Column("rev", BigInteger),
)
INVESTIGATION = Table(
    "investigation",
    metadata,
    Column("scenario", Text, primary_key=True),
    Column("division", Text, primary_key=True),
    Column("places", JSONB),
)
