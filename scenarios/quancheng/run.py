"""
What do more teams buy? Plans the day with 12, 16, 20 and 24 teams and writes one comparison.

Teams come with their people: six police, two market regulation and two helpers each, and a fifth more of market
regulation for those off duty or bound to a district that has enough. Copy the folder and change what you like.
"""

from pathlib import Path

from geodata.message_catalogue import load_texts
from sweep.disk.atomic_files import write_files
from sweep.jobs.run_scenario import run
from sweep.publish.studies.compare_page import comparison_files
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from sweep.terminal.output import Output
from sweep.terminal.progress import run_progress


def with_teams(n: int) -> Scenario:
    """The scenario with so many teams, and the people for them."""
    people = {"city.n_police": 6 * n, "city.n_market_regulation": round(2.4 * n), "city.n_auxiliary": 2 * n}
    changes = {"teams.n_teams": n, **people}
    return load_scenario(Path(__file__).parent, {key: str(value) for key, value in changes.items()})


def main() -> None:
    """Plan each of the four days and print where their comparison lies."""
    voice, out = Output(load_texts("zh_CN")), Path("out")
    with run_progress(voice) as watch:
        editions = [run(with_teams(n), out, watch).edition for n in (12, 16, 20, 24)]
    files = write_files(comparison_files(editions, voice.texts), out / editions[0].scenario.name)
    voice.line("command.comparison", files=", ".join(map(str, files)))


if __name__ == "__main__":
    main()
