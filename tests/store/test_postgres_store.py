"""What a store in a database keeps, shows and refuses."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from geodata.errors import InputError
from sweep.audit.hash_chain import chain_issues
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import NO_REV, ConflictError, Key, LogEntry, PendingWrite, RecordSplit
from sweep.store.store_records import RecordRow as Record
from sweep.store.sync.record_divisions import record_ends
from sweep.store.sync.stored_audit_log import next_line
from tests.store.cluster import Cluster
from tests.store.interleaved import APPROVED, DAY, DRAFT, EDITION, MANIFEST, RESULTS, SETTINGS, Planner, play
from tests.store.world import new_database

Open = Callable[[str], PostgresStore]
LINE = LogEntry("2026-09-16T08:00:00+08:00", "C001", "edit", {"n": 1})
LEADS = Key("inputs", "leads.csv")


@pytest.fixture(scope="module")
def database(cluster: Cluster, template: str) -> str:
    return cluster.url("chief", new_database(cluster, template, "both"))


@pytest.fixture
def opened(request: pytest.FixtureRequest, database: str) -> Open:
    """Opens the same store again and again, as several planners do."""
    name = f"s{abs(hash(request.node.name)) % 10**9}"
    PostgresStore(open_engine(database), name, next_line).begin(("370102", "370103"))
    return lambda _who: PostgresStore(open_engine(database), name, next_line)


def test_what_was_written_is_read_and_listed(opened: Open) -> None:
    store = opened("a")
    made = store.commit(
        [PendingWrite(SETTINGS, b"x = 1\n"), PendingWrite(DRAFT, b"d"), PendingWrite(RESULTS, b"r")], [LINE], {}
    )
    listing = store.listing()
    assert {k: e.rev for k, e in listing.items()} == made
    assert [store.read(k) for k in (SETTINGS, DRAFT, RESULTS)] == [b"x = 1\n", b"d", b"r"]
    with pytest.raises(KeyError):
        store.read(Key("drafts", "drafts/none"))


def test_a_table_in_records_comes_back_byte_for_byte(opened: Open) -> None:
    store = opened("a")
    content = b'\xef\xbb\xbflead_id,address\r\nL1,"a\r\nb"\r\nL2,\t\\x\r\nL3,end'
    first = content.index(b"L1")
    cuts = [content.index(b"L2"), content.index(b"L3"), len(content)]
    rows = [
        Record(end, code, f"L{n}") for n, (end, code) in enumerate(zip(cuts, ("370103", "", "370102"), strict=True))
    ]
    store.commit([PendingWrite(LEADS, content, "leads", split=RecordSplit(first, rows), divisions=())], [], {})
    assert (store.read(LEADS), store.listing()[LEADS].table) == (content, "leads")
    again = content.replace(b"end", b"other")
    read = {LEADS: store.listing()[LEADS].rev}
    rows = [*rows[:2], Record(len(again), "370102")]
    store.commit([PendingWrite(LEADS, again, "leads", split=RecordSplit(first, rows), divisions=())], [], read)
    assert store.read(LEADS) == again
    store.commit([PendingWrite(LEADS, None)], [], {LEADS: store.listing()[LEADS].rev})
    assert LEADS not in store.listing()


def test_a_file_comes_back_as_it_was_although_its_records_are_kept_in_another_form(opened: Open) -> None:
    store, key = opened("a"), Key("inputs", "leads.xlsx")
    form, rows = b"lead_id\nL1\nL2\n", [Record(11, "370102", "L1"), Record(14, "", "L2")]
    made = store.commit(
        [PendingWrite(key, form, "leads", split=RecordSplit(8, rows), divisions=(), whole=b"PK1")], [], {}
    )
    assert (store.read(key), {k: e.rev for k, e in store.listing().items()}) == (b"PK1", made)
    made = store.commit(
        [PendingWrite(key, form, "leads", split=RecordSplit(8, rows), divisions=(), whole=b"PK2")], [], made
    )
    assert store.read(key) == b"PK2"
    store.commit([PendingWrite(key, None)], [], made)
    assert store.listing() == {}


def test_who_sees_some_divisions_gets_their_records_and_what_they_change_is_in_the_whole(
    database: str, cluster: Cluster
) -> None:
    chief = PostgresStore(open_engine(database), "parts", next_line)
    chief.begin(("370102", "370103"))
    part = PostgresStore(open_engine(cluster.url("p370102", "both")), "parts", next_line)
    key = Key("inputs", "leads.xlsx")
    form, rows = b"id\nL1\nL2\nL3\n", [Record(6, "370102"), Record(9, "370103"), Record(12, "")]
    chief.commit([PendingWrite(key, form, "leads", split=RecordSplit(3, rows), divisions=(), whole=b"PK1")], [], {})
    assert part.read(key) == b"id\nL1\n"
    read = {key: part.listing()[key].rev}
    split = RecordSplit(3, [Record(6, "370102")])
    part.commit([PendingWrite(key, b"id\nL9\n", "leads", split=split, divisions=(), whole=b"PK9")], [], read)
    assert (part.read(key), chief.read(key)) == (b"PK9", b"id\nL9\nL2\nL3\n")
    with pytest.raises(ConflictError):
        chief.commit(
            [PendingWrite(key, form, "leads", split=RecordSplit(3, rows), divisions=(), whole=b"PK1")], [], read
        )


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_last_line_without_an_end_is_glued_to_no_record_of_another_division(
    database: str, cluster: Cluster, end: str
) -> None:
    name, part_rows = f"ends{len(end)}", ["L8", "L9"]
    chief = PostgresStore(open_engine(database), name, next_line)
    chief.begin(("370102", "370103"))
    part = PostgresStore(open_engine(cluster.url("p370102", "both")), name, next_line)
    made = chief.commit([_leads(end, {"L1": "370102", "L2": "370103", "L3": "370102", "L4": "370103"})], [], {})
    # The file as it came has no end either: so it goes.
    assert chief.read(LEADS) == end.join(["id", "L1", "L2", "L3", "L4"]).encode()
    assert part.read(LEADS) == f"id{end}L1{end}L3{end}".encode()
    part.commit([_leads(end, dict.fromkeys(part_rows, "370102"))], [], made)
    assert part.read(LEADS) == end.join(["id", *part_rows]).encode()
    assert chief.read(LEADS) == end.join(["id", "L8", "L9", "L2", "L4"]).encode()


@pytest.mark.parametrize(
    ("content", "is_let"),
    [
        ("lead_id,due,地址\nL9,,甲\n".encode(), True),
        (b"lead_id,due,\xe5\x9c\xb0\xe5\x9d\x80\nL9,,\n", True),
        ("due,lead_id,地址\n,L9,甲\n".encode(), False),
        ("lead_id,due,地址\r\nL9,,甲\r\n".encode(), False),
        ("lead_id,due,地址\nL9,,甲\n".encode("gb18030"), False),
        ("lead_id,due,地址\n".encode() + "L9,,甲\n".encode("gb18030"), False),
    ],
    ids=["same", "no address", "columns swapped", "line ends", "encoding", "two encodings"],
)
def test_who_sees_a_part_of_a_table_keeps_the_form_that_the_rest_has(
    database: str, cluster: Cluster, content: bytes, *, is_let: bool
) -> None:
    name = f"form {hash(content)}"
    chief = PostgresStore(open_engine(database), name, next_line)
    chief.begin(("370102", "370103"))
    part = PostgresStore(open_engine(cluster.url("p370102", "both")), name, next_line)
    made = chief.commit([_table("lead_id,due,地址\nL1,,乙\nL2,,\n".encode(), ("370102", "370103"))], [], {})
    before = chief.read(LEADS)
    if is_let:
        part.commit([_table(content, ("370102",))], [], made)
        return
    with pytest.raises(InputError) as refused:
        part.commit([_table(content, ("370102",))], [], made)
    assert [(i.code, i.where) for i in refused.value.issues] == [("S993", "leads.csv")]
    # Nor as a file whose records cannot be told apart: the rest would have no head.
    with pytest.raises(InputError):
        part.commit([PendingWrite(LEADS, content, "leads", divisions=("370102",))], [], made)
    assert chief.read(LEADS) == before
    chief.commit([_table(content, ("370102",))], [], made)


def test_records_of_one_number_have_one_order_whatever_way_the_server_takes(database: str, cluster: Cluster) -> None:
    codes = ("370102", "370103")
    chief = PostgresStore(open_engine(database), "ties", next_line)
    chief.begin(codes)
    made = chief.commit([_leads("\n", {f"L{n}": codes[n % 2] for n in range(3000)})], [], {})
    for code in reversed(codes):
        part = PostgresStore(open_engine(cluster.url(f"p{code}", "both")), "ties", next_line)
        made = part.commit([_leads("\n", dict.fromkeys((f"{code} {n}" for n in range(1500)), code))], [], made)
    wanted = "\n".join(["id", *(f"{code} {n}" for n in range(1500) for code in codes)])
    for off in ("enable_seqscan", "enable_indexscan", "enable_sort"):
        url = f"{database}&options=-c%20{off}%3Doff%20-c%20enable_bitmapscan%3Doff"
        assert PostgresStore(open_engine(url), "ties", next_line).read(LEADS).decode() == wanted


def _leads(end: str, divisions: dict[str, str]) -> PendingWrite:
    """A table of one column, its last line without an end."""
    return _table(end.join(["id", *divisions]).encode(), tuple(divisions.values()))


def _table(content: bytes, divisions: Sequence[str]) -> PendingWrite:
    ends = record_ends(content)
    assert ends is not None
    rows = [Record(int(at), division) for at, division in zip(ends[1:], divisions, strict=True)]
    return PendingWrite(LEADS, content, "leads", split=RecordSplit(int(ends[0]), rows), divisions=())


def test_a_file_is_no_longer_shown_once_its_records_were_taken_away_and_added_again(
    database: str, cluster: Cluster
) -> None:
    chief = PostgresStore(open_engine(database), "again", next_line)
    chief.begin(("370102", "370103"))
    part = PostgresStore(open_engine(cluster.url("p370102", "both")), "again", next_line)
    key = Key("inputs", "leads.xlsx")
    rows = [Record(6, "370102"), Record(9, "370103")]
    chief.commit(
        [PendingWrite(key, b"id\nL1\nL2\n", "leads", split=RecordSplit(3, rows), divisions=(), whole=b"PK1")], [], {}
    )
    part.commit([PendingWrite(key, None)], [], {key: part.listing()[key].rev})
    part.commit(
        [PendingWrite(key, b"id\nL9\n", "leads", split=RecordSplit(3, [Record(6, "370102")]), divisions=())], [], {}
    )
    assert sorted(chief.read(key).splitlines()) == [b"L2", b"L9", b"id"]


def test_each_set_of_divisions_has_its_own_drafts_and_nobody_goes_on_with_anothers(
    database: str, cluster: Cluster
) -> None:
    chief = PostgresStore(open_engine(database), "drafts", next_line)
    chief.begin(("370102", "370103"))
    part = PostgresStore(open_engine(cluster.url("p370102", "both")), "drafts", next_line)
    closed = Key("follow_up", "follow_up/closed.csv")
    part.commit([PendingWrite(DRAFT, b"part"), PendingWrite(closed, b"part")], [], {})
    assert chief.listing() == {}
    # Who sees all begins their own; were they shown the part's, it would hold from then on what the part may not see.
    chief.commit([PendingWrite(DRAFT, b"all"), PendingWrite(closed, b"all")], [], {})
    assert [(s.read(DRAFT), s.read(closed)) for s in (part, chief)] == [(b"part", b"part"), (b"all", b"all")]


def test_a_division_more_takes_nothing_from_whoever_sees_all(database: str) -> None:
    chief = Planner("C001", PostgresStore(open_engine(database), "grown", next_line))
    chief.store.begin(("370102", "370103"))
    closed, leads = Key("follow_up", "follow_up/closed.csv"), Key("inputs", "leads.xlsx")
    split = RecordSplit(3, [Record(6, "370102"), Record(9, "")])
    chief.store.commit([PendingWrite(leads, b"id\nL1\nL2\n", "leads", split=split, divisions=(), whole=b"PK1")], [], {})
    for key in (DRAFT, closed, EDITION):
        assert chief.write(key, "mine") == []
    assert chief.write(APPROVED, "2026-09-15") == []
    before = chief.store.listing()
    chief.store.begin(("370102", "370103", "370109"))
    assert (chief.store.listing(), chief.store.read(leads)) == (before, b"PK1")
    # Another plan of that day is approved by who has read which one is.
    plan, approval = (Key("editions", f"ba9876543210/{name}") for name in ("plan.json", "approval.json"))
    read = chief.store.commit([PendingWrite(plan, b"{}", day=DAY)], [], {})
    told = {"plan_id": "ba9876543210", "plan_sha256": "0", "by": "D07", "at": "2026-09-16", "audit_head": "1:0"}
    with pytest.raises(ConflictError) as refused:
        chief.store.commit([PendingWrite(approval, json.dumps(told).encode(), day=DAY)], [], read)
    assert [(c.key, c.by) for c in refused.value.conflicts] == [(APPROVED, "C001")]


def test_who_was_given_all_divisions_by_name_keeps_what_was_of_all_when_there_is_one_more(
    database: str, cluster: Cluster
) -> None:
    chief = PostgresStore(open_engine(database), "shared", next_line)
    chief.begin(("370102",))
    part = Planner("C002", PostgresStore(open_engine(cluster.url("p370102", "both")), "shared", next_line))
    for key in (DRAFT, EDITION):
        assert part.write(key, "part") == []
    chief.begin(("370102", "370103"))
    assert [s.read(k) for s in (part.store, chief) for k in (DRAFT, EDITION)] == [b"part\n"] * 4
    chief.commit([PendingWrite(DRAFT, b"all")], [], {DRAFT: chief.listing()[DRAFT].rev})
    assert (part.store.read(DRAFT), chief.read(DRAFT)) == (b"part\n", b"all")


def test_whoever_plans_one_division_adds_no_others(database: str, cluster: Cluster) -> None:
    chief = PostgresStore(open_engine(database), "refused", next_line)
    chief.begin(("370102", "370103"))
    part = PostgresStore(open_engine(cluster.url("p370102", "both")), "refused", next_line)
    part.begin(("370102",))
    # Nor does it say whether there is one that they do not see.
    for code in ("370103", "999999"):
        with pytest.raises(InputError) as refused:
            part.begin(("370102", code))
        assert [(i.code, code in str(i.values)) for i in refused.value.issues] == [("S934", True)]
    assert (chief.reader(), part.reader()) == ("chief *", "p370102 370102")


def test_who_writes_over_what_they_have_not_read_is_told_and_nothing_is_written(opened: Open) -> None:
    first, second = opened("a"), opened("b")
    read = first.commit([PendingWrite(SETTINGS, b"a")], [LINE], {})
    second.commit([PendingWrite(SETTINGS, b"b")], [LINE], read)
    with pytest.raises(ConflictError) as told:
        first.commit([PendingWrite(SETTINGS, b"c"), PendingWrite(DRAFT, b"d")], [LINE], read)
    (conflict,) = told.value.conflicts
    assert (conflict.key, conflict.read, conflict.theirs) == (SETTINGS, read[SETTINGS], b"b")
    assert conflict.now == second.listing()[SETTINGS].rev
    assert DRAFT not in first.listing()
    assert first.chain().count(b"\n") == 2
    with pytest.raises(ConflictError) as told:
        first.commit([PendingWrite(SETTINGS, b"c")], [], {})
    assert told.value.conflicts[0].read == NO_REV


@pytest.mark.parametrize("key", [LEADS, DRAFT, MANIFEST], ids=lambda key: key.kind)
def test_what_was_taken_away_and_written_again_has_a_revision_that_nobody_has_read(opened: Open, key: Key) -> None:
    first, second = opened("a"), opened("b")
    read = first.commit([PendingWrite(key, b"old", "leads")], [], {})
    first.commit([PendingWrite(key, None)], [], read)
    first.commit([PendingWrite(key, b"new", "leads")], [], {})
    with pytest.raises(ConflictError):
        second.commit([PendingWrite(key, b"over what was never seen", "leads")], [], read)
    assert second.read(key) == b"new"


def test_the_log_is_a_chain_whoever_adds_to_it(opened: Open) -> None:
    stores = [opened(who) for who in "ab"]
    for n in range(6):
        stores[n % 2].commit([], [LINE, LINE], {})
    assert stores[0].chain() == stores[1].chain()
    assert (chain_issues(stores[0].chain(), "log"), stores[0].chain().count(b"\n")) == ([], 12)


@pytest.mark.slow
def test_nothing_is_lost_whatever_the_order_in_which_two_planners_work(opened: Open) -> None:
    planners = [Planner(who, opened(who)) for who in ("C001", "C002")]
    assert play(planners, 40, random.Random(7)) == []
    assert chain_issues(planners[0].store.chain(), "log") == []


def test_of_several_who_write_at_once_each_is_through_or_told(opened: Open) -> None:
    opened("a").commit([PendingWrite(SETTINGS, b"")], [], {})

    def work(who: str) -> int:
        planner, n = Planner(who, opened(who)), 0
        for step in range(4):
            planner.read()
            n += not planner.write(SETTINGS, f"{who}{step}")
        return n

    with ThreadPoolExecutor(3) as pool:
        n = sum(pool.map(work, "abc"))
    store = opened("a")
    assert len(store.read(SETTINGS).split()) == n
    assert (store.chain().count(b"\n"), chain_issues(store.chain(), "log")) == (n, [])


def test_an_approval_is_that_of_its_day_and_rests_on_the_edition_that_was_read(opened: Open) -> None:
    first, second = Planner("C001", opened("a")), Planner("D07", opened("b"))
    assert first.write(EDITION, "one") == []
    second.read()
    assert first.write(EDITION, "two") == []
    assert [c.key.kind for c in second.write(APPROVED, "2026-09-15")] == ["editions"]
    second.read()
    assert second.write(APPROVED, "2026-09-15") == []
    assert b"D07" in second.store.read(APPROVED)
    first.read()
    assert first.revs[APPROVED] == second.store.listing()[APPROVED].rev
