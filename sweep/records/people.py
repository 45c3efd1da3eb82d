"""Records of people, and of teams, bases and breaks of a day; times in seconds after midnight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from sweep.records.problem_number_ranges import OF_A_FILE, Clock, Seconds, Span

POLICE = "police"
MARKET_REGULATION = "market_regulation"
# Skill of a member who runs the body recorder throughout a visit (C04, C14).
RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the roster: a pseudonymous id and the facts that the rules need."""

    __pydantic_config__ = OF_A_FILE

    person_id: str
    agency: str
    """One of `geodata.schema.AGENCIES`."""
    role: str
    """One of `geodata.schema.ROLES`."""
    certificate_until: date | None
    """Last valid day of the enforcement certificate; None without a certificate."""
    is_female: bool
    base_id: str
    division_code: str
    """Home district, a division code of GB/T 2260."""
    shift_s: Span
    """Start and end of the shift, seconds after midnight."""
    recusals: frozenset[str] = frozenset()
    """Ids of buildings, firms (uscc), landlords and property companies that the person must not inspect."""
    skills: frozenset[str] = frozenset()
    """Skills, such as `recorder`."""

    @property
    def is_officer(self) -> bool:
        """Whether the role may inspect; auxiliaries and grid members only help (C03)."""
        return self.role in frozenset({"officer", "inspector"})

    def is_certified(self, day: date) -> bool:
        """Whether the person may inspect on a day: an officer's role and a valid certificate (C02, C03)."""
        return self.is_officer and self.certificate_until is not None and self.certificate_until >= day

    def covers(self, shift_s: tuple[int, int]) -> bool:
        """Whether the person's shift contains the whole of another shift (C20)."""
        return self.shift_s[0] <= shift_s[0] and self.shift_s[1] >= shift_s[1]


@dataclass(frozen=True, slots=True)
class Base:
    """Place where teams assemble, start and return."""

    base_id: str
    name: str
    division_code: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class BreakTime:
    """Break that a team takes between two stops, at the place where the team is (C20)."""

    __pydantic_config__ = OF_A_FILE

    earliest_s: Clock
    """Earliest start of the break."""
    latest_s: Clock
    """Latest start of the break, inclusive."""
    length_s: Seconds


@dataclass(frozen=True, slots=True)
class BreakRule:
    """Rule from which the break of a shift follows (C20)."""

    longest_s: int
    """Longest duty without a break, seconds."""
    length_s: int
    """Minimum length of a break, seconds."""

    @property
    def most_s(self) -> int:
        """Longest shift for which one break is enough, seconds."""
        return 2 * self.longest_s + self.length_s

    def break_of(self, shift_s: tuple[int, int]) -> BreakTime | None:
        """
        Return the break of a shift, with its earliest and latest start; None if the shift needs no break.

        At every start in this range, the duty before and after the break lasts at most `longest_s`. A shift longer than
        `most_s` is not rejected: its range is empty, with the latest start before the earliest.
        """
        start_s, end_s = shift_s
        if end_s - start_s <= self.longest_s:
            return None
        earliest_s = max(start_s, end_s - self.longest_s - self.length_s)
        return BreakTime(earliest_s, min(start_s + self.longest_s, end_s - self.length_s), self.length_s)


@dataclass(frozen=True, slots=True)
class Team:
    """Members who travel together for a shift (检查组)."""

    team_id: str
    member_ids: tuple[str, ...]
    base_id: str
    division_codes: frozenset[str]
    """Districts in which all members may inspect (C12)."""
    shift_s: tuple[int, int]
    """Start and end of the shift, seconds after midnight of the problem's first day."""
    n_certified: Mapping[str, int]
    """Number of certified members by agency."""
    n_female_certified: int
    """Number of certified women in the team (C19)."""
    recusals: frozenset[str]
    """Union of the members' recusals."""
    is_reserve: bool = False
    """Whether the team is kept back as a reserve (C18)."""
    n_skilled: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Number of members by skill."""
    end_base_id: str | None = None
    """Base at which the shift ends; None: `base_id`."""
    max_duty_s: int | None = None
    """Longest duty in seconds, from departure to end of duty; None: no limit."""
    break_time: BreakTime | None = None
    """Break that the team must take; None: no break."""
    former: tuple[tuple[str, int], ...] = ()
    """(person id, end of duty) of members who left during the day; `member_ids` are the others."""
    called_s: int | None = None
    """Time at which the reserve team was called out; None for other teams."""
    starts_with_shift: bool = False
    """Whether paid duty begins with the shift, so that time at the base counts as waiting; else it begins at departure.
    """
    paid_until_s: int | None = None
    """Time after which duty is overtime; None: no overtime."""
    day: int = 0
    """Day of the problem, from 0. The team's times are seconds after midnight of the first day."""

    def members_at(self, at_s: int) -> tuple[str, ...]:
        """Return the members on duty at `at_s`; a member whose duty ends at `at_s` still counts."""
        return (*self.member_ids, *(i for i, until_s in self.former if until_s >= at_s))
