"""Whatever goes wrong between the program and the server is one clear fault with its mend, and exit 2."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from geodata.errors import InputError, Issue
from sweep.records.redact_store_address import redacted_address
from sweep.store.postgres import connections, schema_migrations
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.database_errors import ConnectionLostError, input_error_of
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import Key, LogEntry, PendingWrite
from sweep.store.sync import store_session
from sweep.store.sync.stored_audit_log import lines_of, next_line
from tests.paths import ROOT
from tests.store.cluster import Cluster
from tests.store.world import log_line, new_database, sweep

PASSPHRASE = "correct-horse"  # noqa: S105 - of a login of the tests' own server


@pytest.fixture(scope="module")
def database(cluster: Cluster, template: str) -> str:
    name = new_database(cluster, template, "faults")
    with psycopg.connect(cluster.url(database=name), autocommit=True) as owner:
        owner.execute(f"CREATE ROLE with_password LOGIN PASSWORD '{PASSPHRASE}' IN ROLE sweep_planner")
        owner.execute("CREATE DATABASE no_store")
        owner.execute("CREATE ROLE no_role LOGIN")
        owner.execute("GRANT USAGE ON SCHEMA sweep TO no_role")
    return name


def code(*arguments: object, store: str) -> str:
    result = sweep(*arguments, "--json", store=store)
    assert (result.exit_code, result.stderr) == (2, "")
    assert PASSPHRASE not in result.output
    (issue,) = json.loads(result.stdout)["issues"]
    assert issue["fix"]
    return str(issue["code"])


def test_each_fault_of_the_way_to_the_server_is_one_issue(cluster: Cluster, database: str, tmp_path: Path) -> None:
    assert code("store", "status", store=cluster.url("with_password", database)) == "S927"
    assert code("store", "status", store=cluster.url("nobody_at_all", database)) == "S927"
    assert code("store", "status", store=cluster.url("chief", "nowhere")) == "S928"
    assert code("store", "status", store=cluster.url("chief", "no_store")) == "S930"
    assert code("store", "status", store=cluster.url("postgres", database)) == "S935"
    assert code("store", "status", store=cluster.url("no_role", database)) == "S934"
    assert code("store", "setup", store=cluster.url("chief", "no_store")) == "S861"
    assert code("store", "status", store=f"postgresql://chief@/x?host={tmp_path}") == "S938"
    assert code("store", "status", store="mysql://chief@host/x") == "S939"
    assert code("store", "setup", "--to", "0000", store=cluster.url("postgres", database)) == "S944"
    assert (
        code("store", "users", "--add", "Li; DROP", "--role", "planner", store=cluster.url("postgres", database))
        == "S946"
    )
    assert code("store", "users", "--add", "li", "--role", "chief", store=cluster.url("postgres", database)) == "S946"


@pytest.mark.parametrize("slip", ["sslmod=require", "port=abc", "port=99999", "sslmode=on", "host=a,b&port=1,2,3"])
def test_a_slip_in_an_option_of_an_address_is_no_server_that_is_away(
    cluster: Cluster, database: str, slip: str
) -> None:
    assert code("store", "status", store=f"{cluster.url('chief', database)}&{slip}") == "S939"


def test_a_password_in_an_address_is_refused_and_never_said_again(tmp_path: Path) -> None:
    for url in (f"postgresql://li:{PASSPHRASE}@host/db", f"postgresql://li@host/db?password={PASSPHRASE}"):
        assert code("store", "status", store=url) == "S926"
        assert PASSPHRASE not in redacted_address(url)
        (tmp_path / "scenario.toml").write_text(f'name = "x"\nday = 2026-09-16\n[store]\nurl = "{url}"\n', "utf-8")
        assert code("validate", tmp_path, store="") == "S926"


def test_a_password_comes_from_a_file(
    cluster: Cluster, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pgpass"
    file.write_text(f"*:*:*:with_password:{PASSPHRASE}\n", encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    result = sweep("store", "status", store=cluster.url("with_password", database))
    assert (result.exit_code, PASSPHRASE in result.output) == (0, False)


def test_the_servers_own_words_are_sorted_by_what_mends_them() -> None:
    cases = {
        psycopg.errors.FeatureNotSupported("extension is not available"): "S929",
        psycopg.errors.UndefinedFile("could not open extension control file"): "S929",
        psycopg.errors.DiskFull("could not extend file: No space left on device"): "S936",
        psycopg.errors.TooManyConnections("sorry, too many clients already"): "S936",
        psycopg.errors.AdminShutdown("terminating connection due to administrator command"): "S933",
        psycopg.errors.DivisionByZero("division by zero"): "S937",
        psycopg.OperationalError("server closed the connection unexpectedly"): "S933",
    }
    assert {e: input_error_of(e, "postgresql://a@/b").issues[0].code for e in cases} == cases
    told = input_error_of(psycopg.errors.UniqueViolation("duplicate key DETAIL: Key (id)=(LEAD_1) exists"), "x")
    assert "LEAD_1" not in str(told.issues[0].values)


def test_no_postgis_is_told_with_what_to_install(
    cluster: Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_migrations, "CREATE_EXTENSION", "CREATE EXTENSION postgis_that_is_not_there;")
    assert code("store", "setup", store=cluster.url("postgres", "no_store")) == "S929"


def test_a_line_past_the_chain_is_refused_by_the_server_itself(cluster: Cluster, database: str) -> None:
    store = PostgresStore(open_engine(cluster.url("chief", database)), "chain", next_line)
    store.begin(["370102"])
    store.next_line = lambda n, _prev, line: next_line(n, "1" * 64, line)
    with pytest.raises(InputError) as refused:
        store.commit([], [LogEntry("2026-09-16T08:00:00+08:00", "C001", "edit")], {})
    assert [i.code for i in refused.value.issues] == ["S943"]


def test_a_connection_lost_as_a_result_comes_is_tried_again_and_nothing_is_there_twice(
    cluster: Cluster, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_session, "_WAIT_S", 0.0)
    url = cluster.url("chief", database)
    PostgresStore(open_engine(url), "lost", next_line).begin(["370102"])
    settings = b'name = "lost"\nday = 2026-09-16\n'
    PostgresStore(open_engine(url), "lost", next_line).commit(
        [PendingWrite(Key("settings", "scenario.toml"), settings)], [], {}
    )
    commit, n_tries = PostgresStore.commit, 0

    def lossy(self: PostgresStore, *given: object) -> object:
        """The first answer is lost before the work, the second behind it."""
        nonlocal n_tries
        n_tries += 1
        if n_tries == 1:
            raise ConnectionLostError([Issue("S933", url)])
        commit(self, *given)  # type: ignore[arg-type]
        raise ConnectionLostError([Issue("S933", url)])

    monkeypatch.setattr(PostgresStore, "commit", lossy)
    session = store_session.open_session(url, "lost", tmp_path / "out")
    line = LogEntry("2026-09-16T08:00:00+08:00", "C001", "run", {"plan_id": "0123456789ab"})

    def work() -> tuple[str, bool]:
        log_line(session.mirror, line)
        draft = session.mirror.path(Key("drafts", "drafts/a.toml"))
        draft.parent.mkdir(parents=True)
        draft.write_bytes(b"x")
        return "done", True

    assert session.run(work, is_locked=False) == "done"
    store = PostgresStore(open_engine(url), "lost", next_line)
    assert (n_tries, store.chain().count(b"\n"), store.read(Key("drafts", "drafts/a.toml"))) == (2, 1, b"x")


def test_of_two_commands_in_one_folder_the_second_is_told_and_in_another_folder_it_works(
    cluster: Cluster, database: str, tmp_path: Path
) -> None:
    url, draft = cluster.url("chief", database), Key("drafts", "drafts/a.toml")
    store = PostgresStore(open_engine(url), "twice", next_line)
    store.begin(["370102"])
    store.commit([PendingWrite(Key("settings", "scenario.toml"), b'name = "twice"\nday = 2026-09-16\n')], [], {})
    closed = Key("follow_up", "follow_up/closed.csv")

    def work_in(out: str, key: Key, inside: Callable[[], object]) -> None:
        session = store_session.open_session(url, "twice", tmp_path / out)

        def work() -> tuple[None, bool]:
            inside()
            log_line(session.mirror, LogEntry("2026-09-16T08:00:00+08:00", "C001", key.name))
            session.mirror.path(key).parent.mkdir(parents=True, exist_ok=True)
            session.mirror.path(key).write_bytes(b"x")
            return None, True

        session.run(work, is_locked=False)

    def meanwhile() -> None:
        with pytest.raises(InputError) as refused:
            work_in("out", closed, lambda: None)
        assert [i.code for i in refused.value.issues] == ["S997"]
        work_in("elsewhere", closed, lambda: None)

    work_in("out", draft, meanwhile)
    work_in("out", Key("drafts", "drafts/b.toml"), lambda: None)
    assert [line.act for line in lines_of(store.chain())] == [closed.name, draft.name, "drafts/b.toml"]
    assert store.read(closed) == store.read(draft) == b"x"


def test_a_server_that_mends_itself_after_a_crash_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_WAIT_S", 0.0)
    words = iter(["the database system is starting up", "the database system is in recovery mode", "no such host"])

    class Starting:
        def connect(self) -> None:
            raise OperationalError("", {}, psycopg.OperationalError(f"connection failed: FATAL: {next(words)}"))

    with pytest.raises(OperationalError, match="no such host"):
        connections.connect(Starting())  # type: ignore[arg-type]


def test_nothing_of_the_stores_packages_is_imported_without_a_store() -> None:
    own = ROOT / "sweep"
    inside = r"^(?:from|import) (?:sweep\.store(?!\.cli\b)|sqlalchemy|psycopg|alembic)\b"
    outside = [p for p in own.rglob("*.py") if not p.relative_to(own).as_posix().startswith("store/")]
    assert [p for p in outside if re.search(inside, p.read_text(encoding="utf-8"), re.MULTILINE)] == []
    script = (
        "import sys\nfrom pathlib import Path\nimport sweep.cli.main\n"
        "from sweep.terminal.resolve_plan_paths import chosen_store\n"
        "assert chosen_store({'scenario': Path('scenarios/quancheng')}) is None\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & set(sys.argv)))\n"
    )
    command = [sys.executable, "-c", script, "sqlalchemy", "psycopg", "alembic"]
    environment = {k: v for k, v in os.environ.items() if k != "SWEEP_STORE"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "[]\n"


def test_without_the_packages_the_mend_is_said(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sweep.terminal.deferred_imports.find_spec", lambda _: None)
    assert code("validate", "tiny", store=cluster.url("chief")) == "S982"
