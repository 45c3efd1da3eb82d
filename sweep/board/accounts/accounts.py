"""The board's accounts, in a file that its owner alone may read, and their passphrases as argon2 hashes."""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from sweep.audit.actor import checked_id
from sweep.disk.files import write_files

type Role = Literal["planner", "commander", "team", "market_regulation", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role.__value__)
PLANNER, COMMANDER, TEAM, MARKET, AUDITOR = ROLES
# Whoever keeps the desk, and whoever may look at it.
ACTING: frozenset[Role] = frozenset({PLANNER})
WATCHING: frozenset[Role] = frozenset({PLANNER, COMMANDER})

FILE_NAME = "accounts.json"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in with a passphrase."""

    name: str
    """A pseudonym."""
    role: Role
    passphrase_hash: str
    is_closed: bool = False


def read_accounts(folder: Path) -> dict[str, Account]:
    """
    The accounts by name; none where no file is.

    Raises
    ------
    InputError
        S978 if the file cannot be read.
    """
    path = folder / FILE_NAME
    try:
        text = read_regular_text(path) if path.is_file() else "[]"
        accounts = [Account(**content) for content in json.loads(text)]
    except (OSError, ValueError, TypeError) as error:
        raise InputError([Issue("S978", str(path))]) from error
    return {a.name: a for a in accounts}


def with_account(accounts: Mapping[str, Account], name: str, role: str, passphrase_hash: str) -> dict[str, Account]:
    """
    The accounts with one more, or with another role and passphrase for one.

    Raises
    ------
    InputError
        S801 if the name is no pseudonym, S979 if there is no such role, or it is that of a team: teams enrol phones.
    """
    if role not in ROLES or role == TEAM:
        raise InputError([Issue("S979", f"--role {role}"[:60], {"known": tuple(r for r in ROLES if r != TEAM)})])
    return {**accounts, checked_id(name): Account(name, next(r for r in ROLES if r == role), passphrase_hash)}


def without_account(accounts: Mapping[str, Account], name: str) -> dict[str, Account]:
    """
    The accounts with one closed; its name stays taken.

    Raises
    ------
    InputError
        S990 if there is none of that name.
    """
    if name not in accounts:
        raise InputError([Issue("S990", name[:60], {"known": tuple(sorted(accounts))})])
    return {n: replace(a, is_closed=True) if n == name else a for n, a in accounts.items()}


def write_accounts(accounts: Mapping[str, Account], folder: Path) -> None:
    """Keep the accounts."""
    text = json.dumps([asdict(a) for a in accounts.values()], ensure_ascii=False, indent=1) + "\n"
    write_files({FILE_NAME: text}, folder, is_secret=True)


@dataclass(frozen=True, slots=True)
class Passphrases:
    """Makes and checks hashes, one at a time: each takes tens of megabytes."""

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hashed(self, passphrase: str) -> str:
        """The hash that is kept of a passphrase."""
        with self._lock:
            return self.hasher.hash(passphrase)

    def fits(self, passphrase: str, kept: str | None) -> bool:
        """Whether a passphrase is the one of a hash; None, no such account, takes as long."""
        with self._lock:
            try:
                # Longer ones only keep the processor busy.
                self.hasher.verify(kept or _nobodys(self.hasher), passphrase[:200])
            except (Argon2Error, InvalidHashError):
                return False
        return kept is not None


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    """The hash of a passphrase that nobody has."""
    return hasher.hash("nobody's")
