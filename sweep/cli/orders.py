"""`sweep orders`: the teams' orders of a plan for handing out, encrypted with passphrases or on paper."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, OutElsewhere, PlanPath

with deferred_imports():
    from geodata import atomic_writes, regular_file
    from geodata.read import csv_files
    from sweep.audit import audit_log
    from sweep.disk import atomic_files, formula_safe_csv
    from sweep.publish.archive import check_editions_against_log as check_edition_log
    from sweep.publish.archive import edition_json_file
    from sweep.publish.facts import iso_and_release_times, team_facts
    from sweep.publish.orders import encrypted_order, order_page, print_pdf, sealed_page
    from sweep.publish.page import escape
    from sweep.publish.page import render_pages as templates

if TYPE_CHECKING:
    from sweep.audit.approval import Approval
    from sweep.audit.hash_chain import Json
    from sweep.publish.edition import Edition

app = group("hand_out")


_KEYS = "passphrases.csv"


@command(app, "orders", example="sweep orders out/quancheng/PLAN_ID --seal", changes=("plan", "out"))
def _orders(
    call: CommandCall,
    plan: PlanPath,
    seal: Annotated[bool, typer.Option("--seal", help=help_text("seal"))] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help=help_text("pdf"))] = False,
    passphrase_file: Annotated[Path | None, typer.Option(help=help_text("passphrase_file"), metavar="FILE")] = None,
    out: OutElsewhere = None,
    by: By = None,
) -> Exit:
    """
    Write the orders of a published plan: encrypted, with a list of their passphrases (`seal`), as one PDF, or both.

    The list of passphrases has its own folder, since passphrases are handed out only at the release time.
    """
    voice, actor, lang = call.voice, call.actor(by), call.lang
    if not seal and not pdf:
        raise InputError([Issue("S733", "sweep orders")])
    folder = edition_json_file.edition_folder(plan)
    log = audit_log.log_of_edition(folder)
    log.refuse_damaged()
    edition, place = check_edition_log.open_edition(folder), edition_json_file.path_below(folder, out)
    atomic_files.refuse_unwritable(place.parent)
    voice.texts = texts = load_texts(lang or edition.scenario.lang)
    teams = [team.team.team_id for team in team_facts.team_facts(edition)]
    given, browser = _given(passphrase_file, teams), print_pdf.find_browser() if pdf else ""
    pages = _pages(edition, texts, check_edition_log.approval_on_record_of(folder))
    made: list[_Files] = []
    if pdf:
        content = print_pdf.print_pdf(print_pdf.print_page(list(pages.values()), texts), browser)
        made.append(_Files({"orders.pdf": content}, edition_json_file.sibling_folder(place, "orders"), is_secret=True))
    before = _sealed_before(place) if seal else {}
    keys = {
        i: OrderKey(phrase) if (old := before.get(i)) is None or phrase != old.passphrase else old
        for i, phrase in given.items()
    }
    if seal:
        made += _sealed(edition, pages, place, texts, {**before, **keys})
    facts: dict[str, Json] = {"plan_id": edition.plan_id, "is_sealed": seal, "is_printed": pdf, "n_teams": len(pages)}
    with atomic_writes.change(place.parent):
        written = [p for f in made for p in atomic_files.write_files(f.content, f.folder, is_secret=f.is_secret)]
        # The log entry precedes the files: no order exists without one.
        actor.log(log, "orders", facts)
    if n_new := sum(i in before and before[i] != key for i, key in keys.items()):
        voice.line("command.new_keys", n=n_new)
    voice.line("command.written", files=tuple(map(str, written)))
    voice.json({"plan_id": edition.plan_id, "files": [str(path) for path in written]})
    return Exit.DONE


def _pages(edition: Edition, texts: Texts, approval: Approval | None) -> dict[str, str]:
    pages = {team.team.team_id: order_page.order_page(edition, team, texts) for team in team_facts.team_facts(edition)}
    return {i: templates.approved_page(page, approval, texts) if approval else page for i, page in pages.items()}


@dataclass(frozen=True, slots=True)
class _Files:
    content: Mapping[str, str | bytes]
    folder: Path
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class OrderKey:
    """Passphrase that encrypts a team's order, and that also decrypts the form which the team sends back."""

    passphrase: str
    salt: bytes | None = None
    """Salt of the encryption; None if nothing was encrypted with the passphrase yet."""


def _sealed_before(place: Path) -> dict[str, OrderKey]:
    """Return, by team id, the keys with which the orders next to `place` are encrypted, so that they stay valid."""
    try:
        listed = csv_files.read_text(edition_json_file.sibling_folder(place, "passphrases") / _KEYS)[0]
        rows = list(csv.DictReader(listed.splitlines()))
        orders = edition_json_file.sibling_folder(place, "orders")
        pages = [
            (r["team_id"], formula_safe_csv.text_of_cell(r["passphrase"]), orders / Path(r["file"]).name) for r in rows
        ]
        salts = [(i, phrase, sealed_page.salt_of(regular_file.read_regular_text(page))) for i, phrase, page in pages]
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return {}
    return {
        i: OrderKey(phrase, salt)
        for i, phrase, salt in salts
        if salt and len(encrypted_order.plain_passphrase(phrase)) >= encrypted_order.MIN_CHARACTERS
    }


def _sealed(
    edition: Edition, pages: Mapping[str, str], folder: Path, texts: Texts, keys: Mapping[str, OrderKey]
) -> tuple[_Files, _Files]:
    """Return the encrypted orders, padded to one length, which then discloses nothing, and the list of passphrases."""
    sealed: dict[str, str | bytes] = {}
    rows: list[list[object]] = []
    longest = max((len(sealed_page.page_parts(page)[1].encode("utf-8")) for page in pages.values()), default=0)
    for team in team_facts.team_facts(edition):
        team_id = team.team.team_id
        key = keys.get(team_id) or OrderKey(encrypted_order.new_passphrase())
        name = f"{escape.file_stem(team_id)}.sealed.html"
        sealed[name] = sealed_page.sealed_order(
            pages[team_id], edition.plan_id, team, key.passphrase, texts, os.urandom, longest, key.salt
        )
        rows.append([team_id, team.letter, name, _release(edition, team), key.passphrase])
    head = ["team_id", "letter", "file", "not_before", "passphrase"]
    orders = _Files(sealed, edition_json_file.sibling_folder(folder, "orders"))
    listed = {_KEYS: formula_safe_csv.csv_text(head, rows)}
    return orders, _Files(listed, edition_json_file.sibling_folder(folder, "passphrases"), is_secret=True)


def _release(edition: Edition, team: team_facts.TeamFacts) -> str:
    at_s = iso_and_release_times.release_s(edition, team)
    text = iso_and_release_times.release_text(edition, at_s)
    return text if at_s < 0 else f"{edition.scenario.day.isoformat()} {text}"


def _given(file: Path | None, teams: Sequence[str]) -> dict[str, str]:
    if file is None:
        return {}
    lines = csv_files.read_text(file)[0].rstrip().splitlines()
    issues = []
    if os.name == "posix" and file.stat().st_mode & 0o022:
        issues.append(Issue("S741", str(file)))
    if len(lines) != len(teams):
        issues.append(Issue("S739", str(file), {"n": len(lines), "n_teams": len(teams)}))
    first: dict[str, int] = {}
    for n, line in enumerate(lines, start=1):
        # A marked cell of the list would be read aloud with its mark.
        if (
            encrypted_order.n_own_characters(line) < encrypted_order.MIN_CHARACTERS
            or formula_safe_csv.csv_cell(line) != line
        ):
            issues.append(Issue("S734", f"{file} line {n}", {"n": encrypted_order.MIN_CHARACTERS}))
        if first.setdefault(encrypted_order.plain_passphrase(line), n) != n:
            issues.append(Issue("S740", f"{file} line {n}", {"first": first[encrypted_order.plain_passphrase(line)]}))
    if issues:
        raise InputError(issues)
    return dict(zip(sorted(teams), lines, strict=True))
