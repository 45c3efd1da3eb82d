"""`sweep orders`: a plan's orders to be handed out, under passphrases, or on paper."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.staging import change
from geodata.texts import Texts
from sweep.audit.actor import Actor
from sweep.audit.approval import Approval
from sweep.audit.chain import Json
from sweep.audit.log import log_of_edition
from sweep.commands.published import approval_of, chosen_texts, edition_folder
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice
from sweep.disk.csv_text import csv_text
from sweep.disk.files import write_files
from sweep.publish.archive.edition_json import read_edition
from sweep.publish.edition import Edition
from sweep.publish.facts.release import release_s
from sweep.publish.facts.teams import TeamFacts, team_facts
from sweep.publish.orders.page import order_page
from sweep.publish.orders.pdf import find_browser, print_page, print_pdf
from sweep.publish.orders.seal import MIN_SIGNS, new_passphrase, plain_passphrase
from sweep.publish.orders.sealed_page import sealed_order
from sweep.publish.page.escape import file_stem
from sweep.publish.page.marks import approved_page


def orders_command(
    voice: Voice, plan: Path, actor: Actor, *, seal: bool, pdf: bool, passphrase_file: Path | None, lang: str | None
) -> Exit:
    """
    Write the orders of a published plan beside it: sealed ones with a list of their passphrases, or one PDF, or both.

    The passphrases stand in a folder of their own: handed out when the orders may be opened, and not before.

    Parameters
    ----------
    voice
        How to speak.
    plan
        Folder of a published plan, or the plan.json in it.
    actor
        Who hands out.
    seal, pdf
        What to write.
    passphrase_file
        Its first line is the passphrase of every order; None: each gets one of its own.
    lang
        None: the plan's own.

    Raises
    ------
    InputError
        S733 if nothing is asked for, S734 if the passphrase is too short, S731 and S732 without a browser to print,
        and what `read_edition` raises.
    """
    if not seal and not pdf:
        raise InputError([Issue("S733", "sweep orders")])
    folder = edition_folder(plan)
    edition = read_edition(folder)
    voice.texts = texts = chosen_texts(lang, edition.scenario.lang)
    given, browser = _given(passphrase_file), find_browser() if pdf else ""
    pages = _pages(edition, texts, approval_of(folder))
    written: list[Path] = []
    printed = print_pdf(print_page(list(pages.values()), texts), browser) if pdf else b""
    with change(folder.parent):
        if pdf:
            written += write_files({"orders.pdf": printed}, _beside(folder, "orders"), is_secret=True)
        if seal:
            written += _write_sealed(edition, pages, folder, texts, given)
        facts: dict[str, Json] = {
            "plan_id": edition.plan_id,
            "is_sealed": seal,
            "is_printed": pdf,
            "n_teams": len(pages),
        }
        actor.log(log_of_edition(folder), "orders", facts)
    voice.line("command.written", files=", ".join(map(str, written)))
    if voice.as_json:
        voice.json({"plan_id": edition.plan_id, "files": [str(path) for path in written]})
    return Exit.DONE


def _pages(edition: Edition, texts: Texts, approval: Approval | None) -> dict[str, str]:
    """Each team's order by the team's id, approved if the plan is."""
    pages = {team.team.team_id: order_page(edition, team, texts) for team in team_facts(edition)}
    return {i: approved_page(page, approval, texts) if approval else page for i, page in pages.items()}


def _write_sealed(
    edition: Edition, pages: Mapping[str, str], folder: Path, texts: Texts, given: str | None
) -> tuple[Path, ...]:
    sealed: dict[str, str | bytes] = {}
    rows: list[list[object]] = []
    for team in team_facts(edition):
        passphrase = given or new_passphrase()
        name = f"{file_stem(team.team.team_id)}.sealed.html"
        page = pages[team.team.team_id]
        sealed[name] = sealed_order(page, edition.plan_id, team, passphrase, texts, os.urandom)
        rows.append([team.team.team_id, team.letter, name, _release(edition, team, texts), passphrase])
    head = ["team_id", "letter", "file", "not_before", "passphrase"]
    keys: dict[str, str | bytes] = {"passphrases.csv": csv_text(head, rows)}
    return (
        *write_files(sealed, _beside(folder, "orders")),
        *write_files(keys, _beside(folder, "passphrases"), is_secret=True),
    )


def _release(edition: Edition, team: TeamFacts, texts: Texts) -> str:
    """When the passphrase may be given out (C26)."""
    return f"{edition.scenario.day.isoformat()} {texts.clock(release_s(edition, team))}"


def _beside(folder: Path, kind: str) -> Path:
    """Next to the edition and not inside it: whoever is given one folder is not given another."""
    return folder.parent / f"{folder.resolve().name}.{kind}"


def _given(file: Path | None) -> str | None:
    if file is None:
        return None
    first = (file.read_text(encoding="utf-8-sig").splitlines() or [""])[0]
    if len(plain_passphrase(first)) < MIN_SIGNS:
        raise InputError([Issue("S734", str(file), {"n": MIN_SIGNS})])
    return first
