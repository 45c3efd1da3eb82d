"""The schema on a real server: put there, taken away, and refused where it is not the program's."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from geodata.errors import InputError
from sweep.store.postgres import schema_migrations
from sweep.store.postgres.connections import open_engine, transaction
from sweep.store.postgres.schema_migrations import current_revision, downgrade_schema, init_schema, revisions
from sweep.store.postgres.sqlalchemy_tables import TABLES
from tests.store.cluster import Cluster
from tests.store.dumps import schema_of

_MAY_LOCK = "SELECT has_function_privilege('sweep_public', 'pg_advisory_lock(bigint)', 'EXECUTE')"


@pytest.fixture(scope="module")
def fresh(cluster: Cluster) -> str:
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", "schema_only")
    return cluster.url(database="schema_only")


def objects(connection: Connection) -> set[str]:
    found = connection.execute(
        text(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'sweep' "
            "AND c.relname NOT LIKE 'alembic%' UNION SELECT p.proname FROM pg_proc p JOIN pg_namespace n "
            "ON n.oid = p.pronamespace WHERE n.nspname = 'sweep'"
        )
    )
    return set(found.scalars())


def test_the_schema_goes_up_and_down_again(fresh: str) -> None:
    with transaction(open_engine(fresh), is_admin=True) as connection:
        init_schema(connection)
        assert current_revision(connection) == revisions()[-1]
        there = objects(connection)
        downgrade_schema(connection, "base")
        assert (current_revision(connection), objects(connection)) == (None, set())
        # Other users of the database have the server's own locks again.
        assert connection.execute(text(_MAY_LOCK)).scalar()
        init_schema(connection)
        assert objects(connection) == there
        # Once more over what is there: nothing changes.
        init_schema(connection)
        assert objects(connection) == there


def test_the_tables_are_what_the_program_knows(cluster: Cluster, template: str) -> None:
    with transaction(open_engine(cluster.url(database=template)), is_admin=True) as connection:
        rows = connection.execute(
            text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'sweep'")
        )
        there = {tuple(row) for row in rows}
    own = {(t.name, c.name) for t in TABLES for c in t.columns}
    names = {name for name, _ in own}
    assert own == {(table, column) for table, column in there if table in names}
    others = {"building", "lead", "approved_plan", "audit_evidence", "shown_file", "division"}
    assert {t for t, _ in there} - names == {"alembic_version", "layer_styles", "qgis_projects", *others}


def test_no_table_is_without_forced_row_level_security(cluster: Cluster, template: str) -> None:
    with transaction(open_engine(cluster.url(database=template)), is_admin=True) as connection:
        found = connection.execute(
            text(
                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = "
                "'sweep' AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
            )
        )
        assert set(found.scalars()) == {"alembic_version", "layer_styles", "qgis_projects"}


def test_a_schema_that_is_not_the_programs_is_refused(fresh: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = revisions()[-1]
    monkeypatch.setattr(schema_migrations, "revisions", lambda: ("0000", own))
    engine = open_engine(fresh)
    with transaction(engine, is_admin=True) as connection:
        connection.execute(text("CREATE ROLE plain_login LOGIN IN ROLE sweep_planner"))
    plain = open_engine(fresh.replace("postgres@", "plain_login@"))
    for number, code in (("9999", "S931"), ("0000", "S932")):
        with transaction(engine, is_admin=True) as connection:
            connection.execute(text("UPDATE sweep.alembic_version SET version_num = :n"), {"n": number})
        with pytest.raises(InputError) as refused, transaction(plain):
            pass
        assert [i.code for i in refused.value.issues] == [code]
    with transaction(engine, is_admin=True) as connection:
        connection.execute(text("UPDATE sweep.alembic_version SET version_num = :n"), {"n": own})
    with transaction(plain):
        pass


@pytest.mark.parametrize("released", revisions())
def test_a_store_of_each_revision_is_upgraded_to_the_newest_and_back(
    cluster: Cluster, template: str, released: str
) -> None:
    """From the schema of 0.1.0 on: equal to a new store, with its content; each downgrade restores the older schema."""
    database = f"upgraded_{released}"
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", database)
    with transaction(open_engine(cluster.url(database=database)), is_admin=True) as connection:
        init_schema(connection, released)
        assert current_revision(connection) == released
        connection.execute(text("INSERT INTO sweep.scenario (name) VALUES ('kept')"))
    before = schema_of(cluster, database)
    with transaction(open_engine(cluster.url(database=database)), is_admin=True) as connection:
        assert init_schema(connection) == (() if released == revisions()[-1] else ("schema",))
        assert connection.execute(text("SELECT name FROM sweep.scenario")).scalars().all() == ["kept"]
    assert schema_of(cluster, database) == schema_of(cluster, template)
    with transaction(open_engine(cluster.url(database=database)), is_admin=True) as connection:
        downgrade_schema(connection, released)
        assert connection.execute(text("SELECT name FROM sweep.scenario")).scalars().all() == ["kept"]
    assert schema_of(cluster, database) == before
