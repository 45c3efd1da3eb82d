"""Passphrases, kept as argon2 hashes alone."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# Longer ones only keep the processor busy.
MOST_SIGNS = 200


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
        """
        Whether a passphrase is the one of a hash.

        Parameters
        ----------
        kept
            None: there is no such account; it takes as long to say so.
        """
        with self._lock:
            try:
                self.hasher.verify(kept or _nobodys(self.hasher), passphrase[:MOST_SIGNS])
            except (Argon2Error, InvalidHashError):
                return False
        return kept is not None


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    """The hash of a passphrase that nobody has."""
    return hasher.hash("nobody's")
