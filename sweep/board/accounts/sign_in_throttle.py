"""
Throttle of sign-ins: the wait doubles with each failure, counted by account and address, and by address alone.

There is no wait by account alone: with one, any client of the network could lock out the owner of an account.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

# Failed sign-ins without a wait: of one account from one address, and of all accounts and codes from one address.
_FREE_OF_ACCOUNT, _FREE_OF_ADDRESS = 5, 20
# The oldest addresses without a successful sign-in are dropped, so that no client can fill the memory.
_MOST_KEPT = 10_000

type _Key = tuple[str, str | None]


@dataclass(slots=True)
class SignInThrottle:
    """Throttle of sign-ins: failures by account and address, and the addresses of each account's earlier sign-ins."""

    now_s: Callable[[], float] = time.monotonic
    """Monotonic clock, seconds."""
    n_failed: int = 0
    """Number of failed sign-ins since the board was opened, including those refused without a check."""
    _failed: dict[_Key, tuple[int, float]] = field(default_factory=dict)
    """Number of failed sign-ins and end of the wait, by (address, account), and by (address, None) for all accounts."""
    _unlogged: dict[str, int] = field(default_factory=dict)
    """Number of failed sign-ins that are not in the audit log yet, by address."""
    _signed_in: set[tuple[str, str]] = field(default_factory=set)
    """(account, address) of each successful sign-in."""
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def add_known(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add (account, address) pairs with an earlier successful sign-in, as read from the audit log."""
        self._signed_in.update(pairs)

    def is_known(self, account: str, address: str) -> bool:
        """Whether the account has signed in from this address; a right passphrase is never refused there."""
        return (account, address) in self._signed_in

    def lock_of(self, address: str) -> asyncio.Lock:
        """Return the lock of an address, under which passphrases sent from there are checked one at a time."""
        return self._turns.setdefault(address, asyncio.Lock())

    def wait_s(self, address: str, account: str | None = None) -> float:
        """
        Return the seconds until the next sign-in of an account from an address is checked; 0: at once.

        `account`: None if no account has the name; the failed sign-ins of the address to all accounts count too.
        """
        ends = (self._failed.get(key, (0, 0.0))[1] for key in _keys(address, account))
        return max(0.0, *(end - self.now_s() for end in ends))

    def fail(self, address: str, account: str | None = None) -> None:
        """Count a failed sign-in, which may lengthen the next `wait_s`; `account`: None if no account has the name."""
        for key in _keys(address, account):
            n = self._failed.pop(key, (0, 0.0))[0] + 1
            self._failed[key] = (n, self.now_s() + _wait_after(n, key))
        while len(self._failed) > _MOST_KEPT:
            del self._failed[next(iter(self._failed))]

    def succeed(self, address: str, account: str) -> None:
        """Forget the failed sign-ins of an account at an address, and remember that the account signed in from it."""
        n, _ = self._failed.pop((address, account), (0, 0.0))
        whole = (address, None)
        n_of_address, end_s = self._failed.pop(whole, (0, 0.0))
        if n_of_address > n:
            self._failed[whole] = (n_of_address - n, min(end_s, self.now_s() + _wait_after(n_of_address - n, whole)))
        self._signed_in.add((account, address))

    def count_failure(self, address: str) -> int:
        """Count a failed or refused sign-in for the log only; return how many at this address it does not yet have."""
        self.n_failed += 1
        n = self._unlogged.pop(address, 0) + 1
        while len(self._unlogged) >= _MOST_KEPT:
            del self._unlogged[next(iter(self._unlogged))]
        self._unlogged[address] = n
        return n

    def reset_count(self, address: str) -> None:
        """Set the count of unlogged failed sign-ins of an address to 0, after they are logged; `wait_s` stays."""
        self._unlogged.pop(address, None)


def _keys(address: str, account: str | None) -> tuple[_Key, ...]:
    return ((address, None),) if account is None else ((address, account), (address, None))


def _wait_after(n: int, key: _Key) -> float:
    n_free = _FREE_OF_ADDRESS if key[1] is None else _FREE_OF_ACCOUNT
    return 0.0 if n <= n_free else min(900.0, 2.0 ** (min(n, 99) - n_free - 1))
