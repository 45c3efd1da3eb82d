"""Layout of the packages: small folders, few floors, and detection of imports against their order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.paths import ROOT

PACKAGES = ("geodata", "sweep")
MOST_FILES = 20
# Folder with one file per command.
ROOMY = {"sweep/cli": 22}
# File and import that would break a contract.
AGAINST_THE_ORDER = {
    "stages": ("sweep/rank/rank_buildings.py", "sweep.plan.solve"),
    "wings": ("sweep/board/live_day.py", "sweep.store.store_records"),
    "the core": ("sweep/jobs/run_scenario.py", "sweep.campaign.read_campaign_file"),
    "the command line": ("sweep/board/application.py", "sweep.cli.serve"),
    "campaigns on the board": ("sweep/board/live_day.py", "sweep.campaign.records"),
    "inputs": ("sweep/inputs/matched_inputs.py", "sweep.publish.edition"),
    "the made-up city": ("sweep/scenario/city_toml.py", "sweep.made_up.generate_city"),
    "the backtest": ("sweep/rank/rank_buildings.py", "sweep.rank.backtest.backtest"),
    "the planner": ("sweep/plan/problem/problem.py", "sweep.plan.bound.branch_and_price"),
    "the products": ("sweep/publish/facts/team_facts.py", "sweep.publish.report.report"),
    "geodata": ("geodata/errors.py", "geodata.read.read_table"),
    "the checker": ("sweep/check/rule_registry.py", "numba"),
    "a wing's checker": ("sweep/province/check/cross_county.py", "sweep.plan.solve"),
    "the whole scenario": ("sweep/plan/problem/problem.py", "sweep.scenario.scenario"),
    "a change of the day": ("sweep/jobs/replan/replan_day.py", "sweep.rank.rank_buildings"),
}


def test_no_module_is_outside_of_a_package() -> None:
    assert sorted(p.name for p in (ROOT / "sweep").glob("*.py")) == ["__init__.py"]


def test_each_job_combines_two_parts_of_the_program_or_more() -> None:
    parts = "inputs|rank|select|plan|check|publish|follow|day|made_up|scenario|audit"
    imported = re.compile(rf"(?m)^\s*(?:from|import) sweep\.({parts})\b")
    few = {}
    for job in (p for p in (ROOT / "sweep" / "jobs").iterdir() if p.stem not in ("__init__", "__pycache__")):
        sources = job.rglob("*.py") if job.is_dir() else [job]
        used = {part for source in sources for part in imported.findall(source.read_text(encoding="utf-8"))}
        if len(used) < 2:
            few[job.name] = used
    assert few == {}


def test_no_folder_is_crowded() -> None:
    crowded = {}
    for package in PACKAGES:
        for folder in {p.parent for p in (ROOT / package).rglob("*.py")}:
            name, n = folder.relative_to(ROOT).as_posix(), len(list(folder.glob("*.py")))
            if n > ROOMY.get(name, MOST_FILES):
                crowded[name] = n
    assert crowded == {}


def test_no_name_says_tell_hear_or_anew() -> None:
    named = r"(?:(?:async )?def |class |self\.|with .* as |for )?"
    words = re.compile(rf"(?m)^\s*{named}(?:\w*_)?(?:tells?|told|hears?|heard|anew)(?:_\w*)?(?:\(|:| =| in )")
    sources = [p for package in PACKAGES for p in (ROOT / package).rglob("*.py")]
    assert [str(p) for p in sources if words.search(p.read_text(encoding="utf-8"))] == []


def test_no_docstring_hangs_on_the_line_above_it() -> None:
    hanging = re.compile(r'"""(Of|By|In) ')
    sources = [p for package in PACKAGES for p in (ROOT / package).rglob("*.py")]
    assert [str(p) for p in sources if hanging.search(p.read_text(encoding="utf-8"))] == []


def test_nothing_but_the_study_of_fairness_imports_what_takes_a_second_to_import() -> None:
    sources = [p for package in PACKAGES for p in (ROOT / package).rglob("*.py")]
    taken = re.compile(r"^\s*(from scipy\.stats|import scipy\.stats|from scipy import .*\bstats)", re.MULTILINE)
    takers = [p.relative_to(ROOT).as_posix() for p in sources if taken.search(p.read_text(encoding="utf-8"))]
    assert takers == ["sweep/rank/backtest/fairness.py"]


def test_there_are_eleven_floors_at_most() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (house,) = [c for c in contracts if c["type"] == "layers" and "sweep.cli" in c["layers"]]
    assert len(house["layers"]) <= 11


def test_every_module_outside_of_the_wings_is_imported_without_the_packages_of_extras() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    wanted = {re.split(r"[\[<>=]", line)[0] for lines in extras.values() for line in lines}
    blocked = [module for module, names in packages_distributions().items() if wanted & set(map(str.lower, names))]
    assert {"starlette", "distributed", "sqlalchemy", "psycopg", "argon2"} <= set(blocked)
    files = [f for top in ("geodata", "sweep") for f in sorted((ROOT / top).rglob("*.py"))]
    names = [".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for f in files]
    core = [name for name in names if not re.match(r"sweep\.(board|campaign|province|store)\b", name)]
    code = f"import sys\nsys.modules.update(dict.fromkeys({blocked!r}))\nfrom importlib import import_module\n"
    code += f"for name in {core!r}:\n    import_module(name)\nfrom sweep.cli.main import main"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def test_imports_against_the_order_are_found(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.po", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, module in AGAINST_THE_ORDER.values():
        with (tmp_path / file).open("a", encoding="utf-8") as source:
            source.write(f"\nimport {module}\n")
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1, done.stdout
    told = " ".join(done.stdout.split())
    importers = {place: file.removesuffix(".py").replace("/", ".") for place, (file, _) in AGAINST_THE_ORDER.items()}
    assert [p for p, (_, module) in AGAINST_THE_ORDER.items() if f"{importers[p]} -> {module}" not in told] == []
