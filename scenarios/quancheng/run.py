"""What do more teams buy? Plans the day with 12, 16, 20 and 24 teams and writes one comparison.

Each team takes two market-regulation officers, and the roster has 28: beyond 13 teams the made-up city is given
more of them, and the comparison says how many each plan would need. Copy the folder and change what you like.
"""

from pathlib import Path

from sweep.pipeline.compare import compare
from sweep.scenario_file import load_scenario

HERE = Path(__file__).parent


def officers(n_teams: int) -> int:
    """Market-regulation officers for so many teams: two each, and a tenth for who is off duty or without papers."""
    return max(28, round(2 * n_teams * 1.2))


if __name__ == "__main__":
    scenarios = [
        load_scenario(HERE, {"teams.n_teams": str(n), "city.n_market_regulation": str(officers(n))})
        for n in (12, 16, 20, 24)
    ]
    for path in compare(scenarios, Path("out")):
        print(path)
