"""Records of people, and of teams, bases and breaks of a day; times in seconds after midnight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

POLICE = "police"
MARKET_REGULATION = "market_regulation"
# Skill of a member who runs the body recorder throughout a visit (C04, C14).
RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class Person:
    """One roster row: a pseudonym and the facts that the rules need."""

    person_id: str
    agency: str
    role: str
    certificate_until: date | None
    """Last valid day of the enforcement certificate; None without a certificate."""
    is_female: bool
    base_id: str
    division_code: str
    """Home district, GB/T 2260."""
    shift_s: tuple[int, int]
    """Start and end of the person's shift."""
    recusals: frozenset[str] = frozenset()
    """Ids of buildings, firms (uscc), landlords and property companies from which the person is recused."""
    skills: frozenset[str] = frozenset()
    """Names of skills, such as `recorder`."""

    @property
    def is_officer(self) -> bool:
        """Whether the role is an inspecting one; auxiliaries and grid members are helpers (C03)."""
        return self.role in frozenset({"officer", "inspector"})

    def is_certified(self, day: date) -> bool:
        """Whether the person counts as an inspecting officer on that day (C02, C03)."""
        return self.is_officer and self.certificate_until is not None and self.certificate_until >= day

    def covers(self, shift_s: tuple[int, int]) -> bool:
        """Whether the person's shift contains the whole of another shift (C20)."""
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
    """Break between two stops, taken where the team is (C20)."""

    earliest_s: int
    """Earliest start of the break."""
    latest_s: int
    """Latest start of the break, inclusive."""
    length_s: int


@dataclass(frozen=True, slots=True)
class BreakRule:
    """Rule that decides which shifts need a break (C20)."""

    longest_s: int
    """Longest duty without a break."""
    length_s: int
    """Minimum length of a break."""

    @property
    def most_s(self) -> int:
        """Longest shift for which one break is enough."""
        return 2 * self.longest_s + self.length_s

    def break_of(self, shift_s: tuple[int, int]) -> BreakTime | None:
        """
        Break of a shift no longer than `most_s`; None if the shift needs none.

        Its start range keeps the duty before and after the break within `longest_s`.
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
    """Districts in which every member may inspect (C12)."""
    shift_s: tuple[int, int]
    n_certified: Mapping[str, int]
    """Certified members by agency."""
    n_female_certified: int
    """Number of certified women in the team (C19)."""
    recusals: frozenset[str]
    """Union of the members' recusals."""
    is_reserve: bool = False
    """Whether the team is in reserve (C18)."""
    n_skilled: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Members by skill."""
    end_base_id: str | None = None
    """Base at which the shift ends; None: `base_id`."""
    max_duty_s: int | None = None
    """Longest duty in seconds from the departure to the end of duty."""
    break_time: BreakTime | None = None
    former: tuple[tuple[str, int], ...] = ()
    """(person id, end of duty) of members who left during the day; `member_ids` are the others."""
    called_s: int | None = None
    """Time at which a reserve team was called out."""
    starts_with_shift: bool = False
    """Whether paid duty begins with the shift rather than the departure, so that waiting counts."""
    paid_until_s: int | None = None
    """Time after which duty is overtime; None: no overtime."""
    day: int = 0
    """Day of the problem, from 0; times are seconds after midnight of the first day."""

    def members_at(self, at_s: int) -> tuple[str, ...]:
        """Members on duty at `at_s`; a member whose duty ends at `at_s` still counts."""
        return (*self.member_ids, *(i for i, until_s in self.former if until_s >= at_s))
