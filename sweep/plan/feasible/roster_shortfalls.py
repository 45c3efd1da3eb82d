"""Roster shortfalls: rules that allow too few teams, and the roster rows that would fix them."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from geodata.clock_times import exact_clock
from sweep.plan.problem.problem import Problem
from sweep.records.people import MARKET_REGULATION, POLICE, Person

# Facts for which an officer does not count.
CERTIFICATE, SHIFT = "certificate", "shift"


@dataclass(frozen=True, slots=True)
class RosterClash:
    """A rule that the roster cannot keep with the required number of teams, and the people missing for it."""

    code: str
    """S571 too few officers of an agency, S572 too few certified women, S573 no person on duty for the whole shift."""
    asked: int
    """Number of teams required."""
    most: int
    """Largest number of teams that the roster allows under this rule alone."""
    agency: str
    """Agency of the missing officers; empty for women and shifts."""
    has: int
    """Number of people who count for the rule."""
    lacks: int
    """Fewest further people needed to keep the rule."""
    fixes: tuple[tuple[str, str, str], ...]
    """Roster rows to change so that a person counts: (person id, `certificate` or `shift`, current value)."""


def roster_clashes(problem: Problem) -> tuple[RosterClash, ...]:
    """Return each rule that allows fewer than `n_teams` teams, with roster rows to change; () if teams are given."""
    if problem.teams or not problem.people:
        return ()
    if not any(p.covers(problem.shift_s) for p in problem.people):
        return (_no_long_shift(problem),)
    found = [_officers(problem, POLICE), _officers(problem, MARKET_REGULATION), _women(problem)]
    return tuple(clash for clash in found if clash is not None)


def most_teams(problem: Problem) -> int:
    """Return the most teams that the rules of `roster_clashes` allow; number of people + 1 if they set no limit."""
    asked = len(problem.people) + 1
    clashes = roster_clashes(replace(problem, rules=replace(problem.rules, n_teams=asked)))
    return min((clash.most for clash in clashes), default=asked)


def _no_long_shift(problem: Problem) -> RosterClash:
    lo, hi = problem.shift_s
    nearest = min(problem.people, key=lambda p: (max(0, p.shift_s[0] - lo) + max(0, hi - p.shift_s[1]), p.person_id))
    fix = (nearest.person_id, SHIFT, _span(nearest))
    return RosterClash("S573", problem.rules.n_teams, 0, "", 0, 1, (fix,))


def _officers(problem: Problem, agency: str) -> RosterClash | None:
    """Return the shortage (S571) of an agency's officers, None without one; market regulation counts by district."""
    need, asked = problem.rules.min_certified.get(agency, 0), problem.rules.n_teams
    district = {p.person_id: p.division_code if agency == MARKET_REGULATION else "" for p in problem.people}
    here = Counter(district[p.person_id] for p in problem.people if _counts(problem, p, agency))
    most = sum(n // need for n in here.values()) if need else asked
    if most >= asked:
        return None
    fixable: dict[str, list[tuple[str, str, str]]] = {}
    for fix in _fixes(problem, agency):
        fixable.setdefault(district[fix[0]], []).append(fix)
    lacks, fixes = _cheapest(here, fixable, need, asked - most)
    return RosterClash("S571", asked, most, agency, sum(here.values()), lacks, tuple(fixes))


def _cheapest(
    here: Mapping[str, int], fixable: Mapping[str, Sequence[tuple[str, str, str]]], need: int, n_teams: int
) -> tuple[int, list[tuple[str, str, str]]]:
    """
    Return the number of officers missing for `n_teams` more teams, and the roster rows whose change would help.

    `here`: officers by district. `fixable`: roster rows by district, as from `_fixes`. `need`: officers of one team.
    Each further team is formed in the district that lacks the fewest officers (greedy).
    """
    counts = dict.fromkeys(sorted({*here, *fixable}), 0) | dict(here)
    left = {d: list(fixable.get(d, ())) for d in counts}
    lacks, fixes = 0, list[tuple[str, str, str]]()

    def cost(d: str) -> tuple[int, bool, str]:
        short = need - counts[d] % need
        return short, len(left[d]) < short, d

    for _ in range(n_teams):
        d = min(counts, key=cost, default=None)
        short = need if d is None else need - counts[d] % need
        lacks += short
        if d is not None:
            fixes += left[d][:short]
            del left[d][:short]
            counts[d] += short
    return lacks, fixes


def _women(problem: Problem) -> RosterClash | None:
    need, asked = problem.rules.min_female, problem.rules.n_teams
    women = {p.person_id for p in problem.people if p.is_female and (p.agency == POLICE or not problem.rules.is_split)}
    has = _n_useful_women(problem, women) if need else 0
    if not need or has // need >= asked:
        return None
    lacks = need * asked - has
    fixes = [m for m in _fixes(problem) if m[0] in women and _would_help(problem, women, m[0])]
    return RosterClash("S572", asked, has // need, "", has, lacks, tuple(fixes[:lacks]))


def _n_useful_women(problem: Problem, women: Collection[str]) -> int:
    """Return how many teams can have a certified woman; in market regulation, a district counts at most its need."""
    certified = [p for p in problem.people if p.person_id in women and _counts(problem, p, p.agency)]
    needed = _women_needed(problem)
    bound = Counter(p.division_code for p in certified if p.agency == MARKET_REGULATION)
    return sum(p.agency != MARKET_REGULATION for p in certified) + sum(
        min(n, needed.get(d, n)) for d, n in bound.items()
    )


def _women_needed(problem: Problem) -> dict[str, int]:
    """Return, by district, the women that its possible teams need; empty if officers may work in any district (C12)."""
    rules = problem.rules
    each = rules.min_certified.get(MARKET_REGULATION, 0)
    if rules.assist_letter or not each:
        return {}
    here = Counter(p.division_code for p in problem.people if _counts(problem, p, MARKET_REGULATION))
    return {d: rules.min_female * min(n // each, rules.n_teams) for d, n in here.items()}


def _would_help(problem: Problem, women: Collection[str], person_id: str) -> bool:
    person = next(p for p in problem.people if p.person_id == person_id)
    fixed = replace(person, certificate_until=problem.day, shift_s=problem.shift_s)
    people = tuple(fixed if p is person else p for p in problem.people)
    return _n_useful_women(replace(problem, people=people), women) > _n_useful_women(problem, women)


def _counts(problem: Problem, person: Person, agency: str) -> bool:
    return person.agency == agency and person.is_certified(problem.day) and person.covers(problem.shift_s)


def _fixes(problem: Problem, agency: str | None = None) -> Iterator[tuple[str, str, str]]:
    """
    Yield (person id, `certificate` or `shift`, its value in the roster) for officers who lack only that one thing.

    A certificate must be valid on the day, and a shift as long as the problem's. `agency` None: officers of all
    agencies.
    """
    for p in problem.people:
        if agency not in (None, p.agency) or not p.is_officer:
            continue
        is_valid, is_here = p.is_certified(problem.day), p.covers(problem.shift_s)
        if is_here and not is_valid:
            yield p.person_id, CERTIFICATE, str(p.certificate_until or "-")
        elif is_valid and not is_here:
            yield p.person_id, SHIFT, _span(p)


def _span(person: Person) -> str:
    return f"{exact_clock(person.shift_s[0])}-{exact_clock(person.shift_s[1])}"
