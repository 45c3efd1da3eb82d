"""Protocols through which the command line connects a board to other packages: the store, and campaigns."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from geodata.message_catalogue import Texts
from sweep.audit.hash_chain import Json


class DeferredWrites(Protocol):
    """Protocol of a store (database) that takes changes of a board at once, or later if it is unreachable."""

    async def run_locked[T](
        self, work: Callable[[], Awaitable[T]], is_done: Callable[[T], bool], approved: tuple[date, str] | None = None
    ) -> T:
        """
        Run work that changes editions, approvals or results; its changes go to the store if `is_done(result)`.

        `approved`: day, and id of the plan that must still be the day's approved plan; None: no condition.
        """
        ...

    def fetch_approved(self, day: date) -> str | None:
        """Return the id of the plan of a day that is approved in the store; None without one."""
        ...

    @property
    def n_waiting(self) -> int:
        """Return the number of log entries that the store has not taken yet."""
        ...

    def note(self, at: str, who: str, what: str, facts: Mapping[str, Json]) -> None:
        """Add an action to the deferred log entries; `what`: its kind, see `sweep.audit.hash_chain.entry_line`."""
        ...

    def flush_log(self) -> bool:
        """Write the waiting log entries to the store; return whether all are stored; if False, they keep waiting."""
        ...


class Campaigns(Protocol):
    """Protocol by which the board lists, shows and compares the campaigns planned in a folder of editions."""

    def list_campaigns(self, out: Path) -> Sequence[Any]:
        """
        Return the campaigns below the folder of editions, the last planned first, as records with three fields.

        `scenario`: its name; `which`: `now` for the window planned last, `before` for the one before; `record`: a
        `sweep.campaign.records.CampaignRecord`.
        """
        ...

    def campaign_page(self, out: Path, name: str) -> str | None:
        """Return the published page (HTML) of the campaign of scenario `name`; None if missing or changed since."""
        ...

    def comparison_page(self, first: Any, second: Any, texts: Texts) -> str:
        """Return an HTML page that compares two campaigns, each an item of `list_campaigns`."""
        ...
