"""Protocols of other wings that the command line connects a board with: a shared store, and planned campaigns."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from geodata.message_catalogue import Texts
from sweep.audit.hash_chain import Json


class DeferredWrites(Protocol):
    """A store that takes what a board changes at once, or keeps it until the store answers."""

    async def hold[T](
        self, work: Callable[[], Awaitable[T]], is_done: Callable[[T], bool], approved: tuple[date, str] | None = None
    ) -> T:
        """Change editions, approvals or results in the store or not at all."""
        ...

    def fetch_approved(self, day: date) -> str | None:
        """Return the approved plan of a day in the store; None without one."""
        ...

    @property
    def n_waiting(self) -> int:
        """Log entries that the store has not taken yet."""
        ...

    def note(self, at: str, who: str, what: str, facts: Mapping[str, Json]) -> None:
        """Queue an action as a log entry until the store takes it."""
        ...

    def flush_log(self) -> bool:
        """Write waiting entries; return whether the store has taken them."""
        ...


class Campaigns(Protocol):
    """Planned campaigns below a folder of editions."""

    def listed(self, out: Path) -> Sequence[Any]:
        """Return the campaigns, each with `scenario`, `which` and `record`, the one planned last first."""
        ...

    def page(self, out: Path, name: str) -> str | None:
        """Return the published page of a campaign; None without one."""
        ...

    def compared(self, first: Any, second: Any, texts: Texts) -> str:
        """Return a page with two campaigns side by side."""
        ...


class NoCampaigns:
    """A board without campaigns."""

    def listed(self, out: Path) -> Sequence[Any]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def page(self, out: Path, name: str) -> str | None:  # noqa: ARG002
        """Return None."""
        return None

    def compared(self, first: Any, second: Any, texts: Texts) -> str:
        """Refuse: no campaign is listed."""
        raise NotImplementedError
