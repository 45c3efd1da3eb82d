"""
Parameters of the search, in one record; the benchmark `sensitivity` measures half and double of each.

References
----------
Christiaens and Vanden Berghe 2020, Slack induction by string removals for vehicle routing problems.
"""

from typing import NamedTuple


class SearchParameters(NamedTuple):
    """Parameters of annealing, moves, route pool and team composition; those with `share` in the name are in [0, 1]."""

    # Temperatures are shares of the mean value of a visit, or, if travel is paid or nothing has a value, of a mean
    # leg's cost: then travel is what is left to improve.
    hot: float = 1.0
    """First temperature, as a share of the mean value."""
    cold: float = 0.06
    """Last temperature, as a share of the mean value."""
    hot_over_days: float = 0.5
    """First temperature over several days without caps; exchanges under caps need a higher one."""
    hot_leg: float = 0.8
    """First temperature as a share of a mean leg's cost, if nothing has a value."""
    cold_leg: float = 0.005
    """Last temperature as a share of a mean leg's cost, if travel is paid."""
    cooling_bend: float = 0.6
    """Exponent of cooling if travel is not paid: a thousand short visits gain little at high temperature."""
    paid_travel_share: float = 1e-3
    """Cost of a mean leg, as a share of the mean value, from which travel is paid."""
    lift: float = 3.0
    """First factor of values if travel is paid: else a lone distant visit never pays, though a whole route would."""
    lift_until: float = 0.2
    """Share of the limit at which that factor has fallen to 1."""
    guide: float = 0.2
    """First additional cost of travel that is not paid, in unserved value per shift second; keeps routes short."""
    guide_until: float = 0.9
    """Share of the limit at which that cost has fallen to 0."""
    even: float = 0.1
    """First cost of idle time above the mean, as a share of the cost of the largest idle time; in one chain."""
    even_until: float = 0.9
    """Share of the limit at which that cost has fallen to 0."""

    n_chains: int = 2
    """Parallel chains; not the number of cores, so that the plan is the same on any machine."""
    seconds_together: float = 0.1
    """Seconds between two synchronisations; each waits for the interpreter lock that a proof holds."""
    share_together: float = 0.05
    """Share of the limit between two synchronisations, if that is shorter."""
    rounds_together: int = 200
    """Most rounds of a chain between two synchronisations under a limit on rounds."""
    tasks_together: int = 20_000
    """Most rounds times team slots between two synchronisations; in a city the clock is read often enough."""
    apart_until: float = 0.6
    """Share of the limit until which chains keep their own states, so that the pool has two different plans."""
    pool_routes: int = 8_000
    """Size of the route pool; the oldest routes are dropped."""
    pool_trials: int = 3
    """Selections from the pool until one has feasible starts."""
    pool_times: tuple[float, ...] = (0.3, 0.5, 0.7, 0.85, 0.95)
    """Shares of the limit at which routes of the pool are combined."""
    pool_times_few_teams: tuple[float, ...] = (0.6, 0.95)
    """The same with at most `pool_few_teams` teams: a few long routes rarely combine with those of another plan."""
    pool_few_teams: int = 4
    """Number of teams up to which those shares apply."""
    pool_share: float = 0.02
    """Share of the limit that each combination may take."""

    mean_removed: int = 8
    """Mean number of units that a ruin removes (10 in the reference, c-bar)."""
    longest_string: int = 5
    """Longest string of stops that a ruin removes, or what is left to remove if more (10 in the reference, L-max)."""
    single_share: float = 0.3
    """Share of ruins that remove single stops; the reference splits strings (alpha 0.5, beta 0.01)."""
    spared_share: float = 0.2
    """Share of stops that a ruin of single stops spares."""
    must_share: float = 0.1
    """Share of ruins over several days that make room for an unserved must-visit."""
    break_share: float = 0.5
    """Share of changed teams whose break moves after a ruin."""
    blink: float = 0.02
    """Share of positions that an insertion skips, so that it varies (0.01 in the reference, gamma)."""
    everywhere_share: float = 0.05
    """Share of rounds that try every unit in all teams: a blink or a random start may have missed a position."""
    most_tried: int = 40
    """Unserved units up to which a round tries all; with more, the `near_tried` nearest and some others."""
    near_tried: int = 20
    """Unserved units nearest to the ruin that are tried."""
    far_tried: int = 8
    """Mean number of other unserved units that are tried."""
    near_tried_over_days: int = 12
    """The same as `near_tried` over several days, with more teams and more unserved units."""
    far_tried_over_days: int = 4
    """The same as `far_tried` over several days."""
    most_teams: int = 8
    """Teams up to which a removed single slot is tried in all; with more, in the changed and the nearest ones."""
    near_teams: int = 6
    """Nearest teams in which a removed single slot is tried."""
    most_teams_together: int = 24
    """The same as `most_teams` for each slot of a larger unit, whose teams must be there at the same time."""
    near_teams_together: int = 8
    """The same as `near_teams` for each slot of a larger unit."""
    most_near: int = 500
    """Neighbours stored per task; memory is tasks times this."""
    seen_waiting: float = 0.2
    """Share of the waiting cost in insertion costs; else the first unit into a gap is one with long travel."""

    start_trials: int = 16
    """Approximate number of common starts of a unit whose costs are compared."""
    commit_trials: int = 3
    """Number of the cheapest of them that are tried in full."""
    wobble_share: float = 0.1
    """Share of insertions of several slots in which costs are multiplied by random factors of 1 to 1 + `wobble`."""
    wobble: float = 1.0
    """Largest addition to those factors."""
    drawn_share: float = 0.1
    """Share of failed insertions of several slots that are tried again with drawn teams."""
    drawn_trials: int = 3
    """Number of those draws."""
    drawn_blink: float = 0.5
    """Share of positions that are skipped in those draws."""

    segment_share: float = 0.01
    """Share of rounds that re-optimise a segment of a route; each takes as long as some fifty others."""
    segment_share_over_days: float = 0.002
    """The same over several days, with more candidates."""
    segment_tasks: int = 256
    """Most candidates for a segment."""
    segment_tasks_over_days: int = 64
    """The same over several days, or the length of the segment if more."""
    least_prize: float = 0.7
    """Least random factor of the prizes of unserved tasks and those of the segment; of other teams' tasks 0."""
    steal_share: float = 0.5
    """Share of segments with tasks of other teams, and share of these tasks."""
    whole_share: float = 0.5
    """Share of segments that extend to the fixed stops on both sides."""
    shortest_segment: int = 3
    """Shortest length of the other segments."""
    segment_buckets: int = 160
    """Time buckets of the labels of a segment."""
    segment_successors: int = 30
    """Nearest tasks to which a label is extended, those where the team would wait not counted."""

    compose_share: float = 0.9
    """Share of the limit in which teams are composed together with their routes."""
    compose_share_before_proof: float = 0.6
    """The same if a proof follows, which holds for fixed teams only."""
    short_limit_s: float = 20.0
    """First limit, in seconds, whose composition a longer search does first, so that it keeps what a shorter finds."""
    longer_limit: float = 3.0
    """Factor to each next such limit; each search begins at the best plan so far."""
    exchange_share: float = 0.4
    """Share of rounds in which people change teams, if teams are composed."""
    exchange_trials: int = 10
    """Attempts to find an allowed exchange."""
    move_share: float = 0.3
    """Share of exchanges that move people without a return."""
    wanted_share: float = 0.5
    """Share of exchanges that aim at what an unserved slot lacks."""
    clear_share: float = 0.3
    """Share of exchanges that clear both routes."""
    pair_share: float = 0.3
    """Share of exchanges in which a second person goes with the first."""
    idle_share: float = 0.1
    """Share of moves to an idle team that are tried if travel is paid: idle people are more useful elsewhere."""


PARAMETERS = SearchParameters()
"""The values that the search uses; compiled code holds them as constants."""
