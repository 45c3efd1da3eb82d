"""Table definitions for SQLAlchemy; the migrations create the tables, and a test compares both."""

from typing import Any

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


def _key(*names: str) -> list[Column[str]]:
    """Return the primary key: text columns, the scenario first."""
    return [Column(name, Text, primary_key=True) for name in ("scenario", *names)]


def _divisions() -> Column[list[str]]:
    return Column("divisions", ARRAY(Text), Computed("string_to_array(scope, ',')", persisted=True))


def _sha256() -> Column[str]:
    return Column("sha256", Text, Computed("encode(sha256(content), 'hex')", persisted=True))


def _written() -> list[Column[Any]]:
    """Return revision, writer and time, set by the server."""
    return [Column("rev", BigInteger), Column("by_login", String), Column("at", DateTime(True))]


SCENARIO = Table("scenario", metadata, Column("name", Text, primary_key=True), Column("began_at", DateTime(True)))
DIVISION = Table("division", metadata, *_key("code"))
MEMBER = Table(
    "member", metadata, Column("login", String, primary_key=True), Column("division", Text, primary_key=True)
)
DOCUMENT = Table(
    "document",
    metadata,
    *_key("kind", "scope", "name"),
    *_written(),
    Column("table_name", Text),
    Column("day", Date),
    _sha256(),
    Column("is_split", Boolean),
    Column("content", LargeBinary),
    _divisions(),
)
INPUT_ROW = Table(
    "input_row",
    metadata,
    *_key("name", "division"),
    Column("n", Integer, primary_key=True),
    Column("table_name", Text),
    Column("id", Text),
    Column("geom", Geometry("GEOMETRY", srid=4326)),
    Column("raw", LargeBinary),
)
EDITION = Table(
    "edition",
    metadata,
    *_key("scope", "edition"),
    *_written(),
    Column("class", Text, key="output_class"),
    Column("day", Date),
    _divisions(),
)
EDITION_FILE = Table(
    "edition_file",
    metadata,
    *_key("scope", "edition", "name"),
    Column("class", Text, key="output_class"),
    _sha256(),
    Column("content", LargeBinary),
    _divisions(),
)
APPROVAL = Table(
    "approval",
    metadata,
    *_key("scope"),
    Column("day", Date, primary_key=True),
    Column("plan_id", Text),
    Column("plan_sha256", Text),
    Column("by", Text),
    Column("at", Text),
    Column("audit_head", Text),
    Column("rev", BigInteger),
    Column("by_login", String),
    _divisions(),
)
AUDIT_LINE = Table(
    "audit_line",
    metadata,
    *_key(),
    Column("n", BigInteger, primary_key=True),
    Column("prev", Text),
    Column("hash", Text),
    Column("line", LargeBinary),
    Column("by_login", String),
    Column("at", DateTime(True)),
)
INVESTIGATION_FILE = Table(
    "investigation_file",
    metadata,
    *_key(),
    Column("name", Text),
    Column("content", LargeBinary),
    Column("rev", BigInteger),
)
INVESTIGATION = Table("investigation", metadata, *_key("division"), Column("places", JSONB))
