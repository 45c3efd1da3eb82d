"""Input tables by record: written by COPY, read as the bytes of the records visible to the login."""

import hashlib
from typing import Any

from sqlalchemy import Connection, Row, TextClause, delete, text

from geodata.errors import InputError, Issue
from sweep.store.postgres.connections import driver_of
from sweep.store.postgres.sqlalchemy_tables import INPUT_ROW
from sweep.store.store_records import PendingWrite, RecordSplit

# Records that the server joins into one value, which may hold at most 1 GB.
AT_ONCE = 50_000
_STAGED = (
    "CREATE TEMP TABLE staged_row (division text, n integer, id text, geom geometry(Geometry, 4326), raw bytea) "
    "ON COMMIT DROP"
)
_COPY = "COPY staged_row (division, n, id, geom, raw) FROM STDIN"
# COPY into a table with row-level security is refused, hence the temporary table.
_ENTER = text(
    "INSERT INTO sweep.input_row (scenario, name, table_name, division, n, id, geom, raw) "
    # Records of a division are stored together, so that a login with few divisions reads few pages.
    "SELECT :scenario, :name, :table_name, division, n, id, geom, raw FROM staged_row ORDER BY division, n"
)
# The last line of a file may lack a line end, though records of other divisions may follow it in the store.
_READ = (
    r"SELECT string_agg(raw || CASE WHEN substr(raw, length(raw)) = '\x0a' THEN ''::bytea ELSE :line_end END, "
    r"''::bytea ORDER BY n, division), bool_or(substr(raw, length(raw)) <> '\x0a') FROM sweep.input_row "
    "WHERE scenario = :scenario AND name = :name{} GROUP BY n / :at_once ORDER BY min(n)"
)
_LAST = (
    r"SELECT substr(raw, length(raw)) <> '\x0a' FROM sweep.input_row "
    "WHERE scenario = :scenario AND name = :name{} ORDER BY n DESC, division DESC LIMIT 1"
)
# Empty for a login with all divisions. Otherwise the query repeats the policy's condition, since the server can use
# the index only for conditions in the query itself.
_PART = text(
    "SELECT sweep.my_divisions() WHERE NOT EXISTS "
    "(SELECT FROM sweep.member WHERE login = session_user AND division = '*')"
)


def write_rows(connection: Connection, scenario: str, write: PendingWrite, split: RecordSplit, content: bytes) -> None:
    """
    Replace those records of file `write.key` that the login sees; `content`: new records, delimited by `split`.

    The caller commits.
    """
    remove_rows(connection, scenario, write.key.name)
    driver = driver_of(connection)
    driver.execute(_STAGED)
    start = split.n_head
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        lines = []
        for n, row in enumerate(split.rows, start=1):
            geom = "\\N" if row.geom is None else row.geom.hex()
            own = "\\N" if row.id is None else _escaped(row.id)
            lines.append(f"{_escaped(row.division)}\t{n}\t{own}\t{geom}\t\\\\x{content[start : row.end].hex()}\n")
            start = row.end
            if len(lines) == AT_ONCE:
                copy.write("".join(lines))
                lines.clear()
        copy.write("".join(lines))
    parameters = {"scenario": scenario, "name": write.key.name, "table_name": write.table}
    connection.execute(_ENTER, parameters)
    driver.execute("DROP TABLE staged_row")


def remove_rows(connection: Connection, scenario: str, name: str) -> None:
    """Delete the records of the file `name` that the login sees; those of other divisions stay."""
    connection.execute(delete(INPUT_ROW).where(INPUT_ROW.c.scenario == scenario, INPUT_ROW.c.name == name))


def read_rows(connection: Connection, scenario: str, name: str, head: bytes) -> bytes:
    """Return a file's visible records without its header `head`; records without a line end get that of the header."""
    line_end = b"\r\n" if head.endswith(b"\r\n") else b"\n"
    parts = connection.execute(*rows_query(connection, scenario, name, line_end)).all()
    rows = b"".join(bytes(part) for part, _ in parts)
    if (
        any(is_open for _, is_open in parts)
        and connection.execute(*_login_query(connection, scenario, name, _LAST)).scalar()
    ):
        return rows.removesuffix(line_end)
    return rows


def rows_query(
    connection: Connection, scenario: str, name: str, line_end: bytes = b"\n"
) -> tuple[TextClause, dict[str, object]]:
    """Return a query for a file's visible records and its parameters; `line_end` is added to records without one."""
    query, parameters = _login_query(connection, scenario, name, _READ)
    return query, {**parameters, "at_once": AT_ONCE, "line_end": line_end}


def _login_query(connection: Connection, scenario: str, name: str, query: str) -> tuple[TextClause, dict[str, object]]:
    parameters: dict[str, object] = {"scenario": scenario, "name": name}
    divisions = login_divisions(connection)
    if divisions is None:
        return text(query.format("")), parameters
    return text(query.format(" AND division = ANY (CAST(:divisions AS text[]))")), {
        **parameters,
        "divisions": divisions,
    }


def login_divisions(connection: Connection) -> list[str] | None:
    """Return the codes of the administrative divisions whose records the login sees; None: all."""
    divisions = connection.execute(_PART).scalar()
    return None if divisions is None else list(divisions)


def verified_content(row: Row[*tuple[Any, ...]], where: str) -> bytes:
    """Return the content of a database row; S854 (at the place `where`) unless the hash stored in the row matches."""
    content = bytes(row.content)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise InputError([Issue("S854", where)])
    return content


def _escaped(text_: str) -> str:
    return text_.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
