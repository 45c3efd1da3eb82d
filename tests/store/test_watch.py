"""What is new is told as it comes, to each as much as their role may see; and QGIS finds its styles and project."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from xml.etree.ElementTree import fromstring

import psycopg
import pytest

from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.notifications import StoreChange, watch
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import Key, PendingWrite
from sweep.store.sync.stored_audit_log import next_line
from tests.store.cluster import Cluster
from tests.store.interleaved import DAY, EDITION, MANIFEST
from tests.store.world import new_database, sweep


@pytest.fixture(scope="module")
def database(cluster: Cluster, template: str) -> str:
    return new_database(cluster, template, "watched")


@pytest.mark.slow
def test_a_watcher_is_told_of_plans_under_their_own_role(cluster: Cluster, database: str) -> None:
    heard: dict[str, list[StoreChange]] = {"p370102": [], "p370103": [], "chief": []}
    ready = threading.Barrier(len(heard) + 1)

    def listen(login: str) -> None:
        for news in watch(open_engine(cluster.url(login, database)), next_line, 1.5, ready.wait):
            heard[login].append(news)

    PostgresStore(open_engine(cluster.url("chief", database)), "seen", next_line).begin(["370102", "370103"])
    store = PostgresStore(open_engine(cluster.url("p370102", database)), "seen", next_line)
    listeners = [threading.Thread(target=listen, args=(login,)) for login in heard]
    for one in listeners:
        one.start()
    ready.wait()
    store.commit([PendingWrite(EDITION, b"{}", day=DAY), PendingWrite(MANIFEST, b"{}", day=DAY)], [], {})
    store.commit([PendingWrite(Key("inputs", "leads.csv"), b"x", "leads", divisions=())], [], {})
    for one in listeners:
        one.join()
    names = {login: {key.name for _, key, _ in news} for login, news in heard.items()}
    plan = {EDITION.name, MANIFEST.name}
    assert names == {"p370102": {*plan, "leads.csv"}, "p370103": {"leads.csv"}, "chief": {*plan, "leads.csv"}}


def test_the_notice_itself_says_no_more_than_a_kind(cluster: Cluster, database: str) -> None:
    with psycopg.connect(cluster.url("anyone", database), autocommit=True) as listener:
        listener.execute("LISTEN sweep")
        store = PostgresStore(open_engine(cluster.url("chief", database)), "told", next_line)
        store.begin(["370102"])
        store.commit([PendingWrite(Key("drafts", "drafts/a"), b"x")], [], {})
        told = {n.payload for n in listener.notifies(timeout=0.3)}
    assert told == {"documents"}


def test_qgis_finds_a_project_and_styles_and_each_reader_their_own_rows(cluster: Cluster) -> None:
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", "for_qgis")
    made = sweep("store", "setup", "--url", cluster.url(database="for_qgis"))
    assert made.exit_code == 0, made.output
    new = sweep(
        *("store", "users", "--add", "li", "--role", "planner", "--division", "370102"),
        *("--url", cluster.url(database="for_qgis")),
    )
    assert "li" in new.output
    with psycopg.connect(cluster.url("li", "for_qgis")) as reader:
        styles = reader.execute("SELECT f_table_name, styleqml::text, useasdefault FROM layer_styles").fetchall()
        row = reader.execute("SELECT content FROM sweep.qgis_projects").fetchone()
        assert reader.execute("SELECT count(*) FROM sweep.building, sweep.lead").fetchone() == (0,)
    assert {name for name, _, _ in styles} == {"building", "lead"}
    assert all("renderer-v2" in qml and is_default for _, qml, is_default in styles)
    assert row is not None
    with zipfile.ZipFile(io.BytesIO(row[0])) as archive:
        project = archive.read("sweep.qgs").decode("utf-8")
    assert "user=" not in project and "password" not in project and "host=" not in project
    root = fromstring(project)
    shown = [node.get("id") for node in root.iterfind("layer-tree-group/layer-tree-layer")]
    assert shown == [node.text for node in root.iterfind("projectlayers/maplayer/id")]
    with psycopg.connect(cluster.url("li", "for_qgis")) as reader:
        for source in root.iterfind("projectlayers/maplayer/datasource"):
            found = re.fullmatch(
                r"dbname='for_qgis' key='(\S+)' srid=4326 type=\w+ table=(\S+) \((\w+)\)", source.text or ""
            )
            assert found is not None
            key, table, geom = found.groups()
            query = f"SELECT {key}, {geom} FROM {table}"  # noqa: S608 - as QGIS makes it
            assert reader.execute(query).fetchall() == []  # type: ignore[call-overload]
    # Set up once more: nothing is there twice.
    assert sweep("store", "setup", "--url", cluster.url(database="for_qgis")).exit_code == 0
    with psycopg.connect(cluster.url("li", "for_qgis")) as reader:
        assert reader.execute("SELECT count(*) FROM layer_styles").fetchone() == (2,)
