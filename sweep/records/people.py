"""People on the roster, and the teams, bases and breaks of a day; times are whole seconds after midnight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

POLICE = "police"
MARKET_REGULATION = "market_regulation"
# The skill of who runs the body recorder for the whole of a visit (C04, C14).
RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class Person:
    """One roster row: a pseudonym and what the rules need to know, nothing else."""

    person_id: str
    agency: str
    role: str
    certificate_until: date | None
    """Last valid day of the enforcement certificate, None if there is none."""
    is_female: bool
    base_id: str
    division_code: str
    """Home district, GB/T 2260."""
    shift_s: tuple[int, int]
    """Start and end of the person's shift."""
    recusals: frozenset[str] = frozenset()
    """Ids of buildings, firms (uscc), landlords and property companies the person must keep away from."""
    skills: frozenset[str] = frozenset()
    """Names of skills, as `recorder`."""

    @property
    def is_officer(self) -> bool:
        """Whether the role is an inspecting one; auxiliaries and grid members help and never count (C03)."""
        return self.role in frozenset({"officer", "inspector"})

    def is_certified(self, day: date) -> bool:
        """Whether the person counts as an inspecting officer on that day (C02, C03)."""
        return self.is_officer and self.certificate_until is not None and self.certificate_until >= day

    def covers(self, shift_s: tuple[int, int]) -> bool:
        """Whether the person's own shift takes in the whole of another (C20)."""
        return self.shift_s[0] <= shift_s[0] and self.shift_s[1] >= shift_s[1]


@dataclass(frozen=True, slots=True)
class Base:
    """A place where teams assemble and return to."""

    base_id: str
    name: str
    division_code: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class BreakTime:
    """A pause between two stops, taken where the team is (C20)."""

    earliest_s: int
    """Earliest start of the pause."""
    latest_s: int
    """Latest start of the pause, itself allowed."""
    length_s: int


@dataclass(frozen=True, slots=True)
class BreakRule:
    """Which shifts have a break (C20)."""

    longest_s: int
    """Nobody is out for longer without one."""
    length_s: int
    """Least length of a break."""

    @property
    def most_s(self) -> int:
        """The longest shift that one break can part in two."""
        return 2 * self.longest_s + self.length_s

    def break_of(self, shift_s: tuple[int, int]) -> BreakTime | None:
        """
        The break of a shift that is no longer than `most_s`; None where it needs none.

        It begins early enough that nobody is out for longer without one, and late enough that the rest is no longer
        either.
        """
        start_s, end_s = shift_s
        if end_s - start_s <= self.longest_s:
            return None
        earliest_s = max(start_s, end_s - self.longest_s - self.length_s)
        return BreakTime(earliest_s, min(start_s + self.longest_s, end_s - self.length_s), self.length_s)


@dataclass(frozen=True, slots=True)
class Team:
    """People who move together for a shift (检查组)."""

    team_id: str
    member_ids: tuple[str, ...]
    base_id: str
    division_codes: frozenset[str]
    """Districts in which every member may inspect (C12)."""
    shift_s: tuple[int, int]
    n_certified: Mapping[str, int]
    """Certified members by agency."""
    n_female_certified: int
    """Certified members who are women (C19)."""
    recusals: frozenset[str]
    """Recusals of all members together."""
    is_reserve: bool = False
    """Whether the team stands by (C18)."""
    n_skilled: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Members by skill."""
    end_base_id: str | None = None
    """Where the shift ends; None: at the own base."""
    max_duty_s: int | None = None
    """Most seconds from leaving the base to the end of duty."""
    break_time: BreakTime | None = None
    former: tuple[tuple[str, int], ...] = ()
    """(person, until when) of those who went off duty on the day; `member_ids` are those who are left."""
    called_s: int | None = None
    """When a team that stood by was called out."""
    starts_with_shift: bool = False
    """Whether the duty that costs begins with the shift, and not on leaving: waiting for the first visit is waiting."""
    paid_until_s: int | None = None
    """Duty after it is overtime, which costs; None: no duty is."""
    day: int = 0
    """Day of the problem on which it is out, counted from 0; times stay seconds after midnight of the first day."""

    def members_at(self, at_s: int) -> tuple[str, ...]:
        """Members on duty at `at_s`; a member whose duty ends at `at_s` still counts."""
        return (*self.member_ids, *(i for i, until_s in self.former if until_s >= at_s))
