"""`sweep orders`: a plan's orders to be handed out, under passphrases, or on paper."""

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.atomic_writes import change
from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts, load_texts
from geodata.read.csv_files import read_text
from geodata.regular_file import read_regular_text
from sweep.audit.actor import Actor
from sweep.audit.approval import Approval
from sweep.audit.audit_log import log_of_edition
from sweep.audit.hash_chain import Json
from sweep.disk.atomic_files import refuse_unwritable, write_files
from sweep.disk.csv_text import csv_cell, csv_text, text_of_cell
from sweep.jobs.tampering.check_edition_log import approval_on_record_of, open_edition
from sweep.publish.archive.edition_json import edition_folder, folder_beside, place_beside
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import TeamFacts, team_facts
from sweep.publish.facts.time_texts import release_s, release_text
from sweep.publish.orders.encrypted_order import MIN_SIGNS, n_own_signs, new_passphrase, plain_passphrase
from sweep.publish.orders.order_page import order_page
from sweep.publish.orders.print_pdf import find_browser, print_page, print_pdf
from sweep.publish.orders.sealed_page import page_parts, salt_of, sealed_order
from sweep.publish.page.escape import file_stem
from sweep.publish.page.templates import approved_page
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice

_KEYS = "passphrases.csv"


def orders_command(
    voice: Voice,
    plan: Path,
    actor: Actor,
    *,
    seal: bool,
    pdf: bool,
    passphrase_file: Path | None,
    lang: str | None,
    out: Path | None = None,
) -> Exit:
    """
    Write the orders of a published plan beside it or elsewhere: sealed with a list of passphrases, as one PDF, or both.

    The passphrases stand in a folder of their own: handed out when the orders may be opened, and not before.

    Parameters
    ----------
    passphrase_file
        A passphrase a line, of each team in the order of their ids; None: they are made.
    out
        The folder of all editions that they are written to, under the scenario's name; None: where the plan stands.

    Raises
    ------
    InputError
        S733 if nothing is asked for, S734 and S739-S741 for the passphrases, S731 and S732 without a browser to print,
        and what `open_edition` raises.
    """
    if not seal and not pdf:
        raise InputError([Issue("S733", "sweep orders")])
    folder = edition_folder(plan)
    log = log_of_edition(folder)
    log.refuse_damaged()
    edition, place = open_edition(folder), place_beside(folder, out)
    refuse_unwritable(place.parent)
    voice.texts = texts = load_texts(lang or edition.scenario.lang)
    teams = [team.team.team_id for team in team_facts(edition)]
    given, browser = _given(passphrase_file, teams), find_browser() if pdf else ""
    pages = _pages(edition, texts, approval_on_record_of(folder))
    made: list[_Files] = []
    if pdf:
        content = print_pdf(print_page(list(pages.values()), texts), browser)
        made.append(_Files({"orders.pdf": content}, folder_beside(place, "orders"), is_secret=True))
    before = _sealed_before(place) if seal else {}
    keys = {
        i: Key(phrase) if (old := before.get(i)) is None or phrase != old.passphrase else old
        for i, phrase in given.items()
    }
    if seal:
        made += _sealed(edition, pages, place, texts, {**before, **keys})
    facts: dict[str, Json] = {"plan_id": edition.plan_id, "is_sealed": seal, "is_printed": pdf, "n_teams": len(pages)}
    with change(place.parent):
        written = [p for f in made for p in write_files(f.content, f.folder, is_secret=f.is_secret)]
        # The files are in place only after the line: no order is handed out that no line knows.
        actor.log(log, "orders", facts)
    if n_new := sum(i in before and before[i] != key for i, key in keys.items()):
        voice.line("command.new_keys", n=n_new)
    voice.line("command.written", files=tuple(map(str, written)))
    voice.json({"plan_id": edition.plan_id, "files": [str(path) for path in written]})
    return Exit.DONE


def _pages(edition: Edition, texts: Texts, approval: Approval | None) -> dict[str, str]:
    """Each team's order by the team's id, approved if the plan is."""
    pages = {team.team.team_id: order_page(edition, team, texts) for team in team_facts(edition)}
    return {i: approved_page(page, approval, texts) if approval else page for i, page in pages.items()}


@dataclass(frozen=True, slots=True)
class _Files:
    """Files to be written, where, and whether their owner alone may read them."""

    content: Mapping[str, str | bytes]
    folder: Path
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a team's order, and whatever is filled in on it."""

    passphrase: str
    salt: bytes | None = None
    """None: the order has not been sealed yet."""


def _sealed_before(place: Path) -> dict[str, Key]:
    """The keys of the orders that stand sealed there, by team id: sealed again they open with the same."""
    try:
        rows = list(csv.DictReader(read_text(folder_beside(place, "passphrases") / _KEYS)[0].splitlines()))
        orders = folder_beside(place, "orders")
        pages = [(r["team_id"], text_of_cell(r["passphrase"]), orders / Path(r["file"]).name) for r in rows]
        salts = [(i, phrase, salt_of(read_regular_text(page))) for i, phrase, page in pages]
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return {}
    return {i: Key(phrase, salt) for i, phrase, salt in salts if salt and len(plain_passphrase(phrase)) >= MIN_SIGNS}


def _sealed(
    edition: Edition, pages: Mapping[str, str], folder: Path, texts: Texts, keys: Mapping[str, Key]
) -> tuple[_Files, _Files]:
    """The sealed orders, all of one length, and the list of their passphrases in a folder of its own."""
    sealed: dict[str, str | bytes] = {}
    rows: list[list[object]] = []
    longest = max((len(page_parts(page)[1].encode("utf-8")) for page in pages.values()), default=0)
    for team in team_facts(edition):
        team_id = team.team.team_id
        key, name = keys.get(team_id) or Key(new_passphrase()), f"{file_stem(team_id)}.sealed.html"
        sealed[name] = sealed_order(
            pages[team_id], edition.plan_id, team, key.passphrase, texts, os.urandom, longest, key.salt
        )
        rows.append([team_id, team.letter, name, _release(edition, team), key.passphrase])
    head = ["team_id", "letter", "file", "not_before", "passphrase"]
    listed = {_KEYS: csv_text(head, rows)}
    return _Files(sealed, folder_beside(folder, "orders")), _Files(
        listed, folder_beside(folder, "passphrases"), is_secret=True
    )


def _release(edition: Edition, team: TeamFacts) -> str:
    """When the passphrase may be given out (C26), with its day."""
    at_s = release_s(edition, team)
    text = release_text(edition, at_s)
    return text if at_s < 0 else f"{edition.scenario.day.isoformat()} {text}"


def _given(file: Path | None, teams: Sequence[str]) -> dict[str, str]:
    """The passphrase of each team, a line each in the order of the teams' ids; none where there is no file."""
    if file is None:
        return {}
    lines = read_text(file)[0].rstrip().splitlines()
    issues = []
    if os.name == "posix" and file.stat().st_mode & 0o022:
        issues.append(Issue("S741", str(file)))
    if len(lines) != len(teams):
        issues.append(Issue("S739", str(file), {"n": len(lines), "n_teams": len(teams)}))
    first: dict[str, int] = {}
    for n, line in enumerate(lines, start=1):
        # A cell that is marked in the list would be read out with its mark.
        if n_own_signs(line) < MIN_SIGNS or csv_cell(line) != line:
            issues.append(Issue("S734", f"{file} line {n}", {"n": MIN_SIGNS}))
        if first.setdefault(plain_passphrase(line), n) != n:
            issues.append(Issue("S740", f"{file} line {n}", {"first": first[plain_passphrase(line)]}))
    if issues:
        raise InputError(issues)
    return dict(zip(sorted(teams), lines, strict=True))
