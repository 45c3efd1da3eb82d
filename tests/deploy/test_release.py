"""A release: from a clean checkout of a dated version, with notes and licences, twice with the same bytes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
import zipfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from sweep.api import version
from tests.deploy.scripts import SCRIPTS, script
from tests.paths import ROOT

release_files = script("release_files")
CHANGELOG = "# Changelog\n\n## [1.2.0] - 2026-12-01\n\nNew.\n\n## [1.1.0] - 2026-11-01\n\nOld.\n"


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=made up", "-c", "user.email=made-up@localhost"]
    command = ["git", "-C", str(folder), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Change")


def test_a_clean_checkout_of_a_dated_version_is_released(checkout: Path) -> None:
    assert release_files.release_version(checkout) == "1.2.0"


@pytest.mark.parametrize("name", ["CHANGELOG.md", "new.py"], ids=["changed", "new"])
def test_a_checkout_that_differs_from_its_commit_is_refused(checkout: Path, name: str) -> None:
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(ValueError, match=rf"differs from its commit(.|\n)*{name}"):
        release_files.release_version(checkout)


@pytest.mark.parametrize(
    ("heading", "message"),
    [
        ("## [1.3.0] - 2026-12-01", "has version 1.2.0; the newest heading of CHANGELOG.md: 1.3.0"),
        ("## Soon", "the newest heading of CHANGELOG.md: 1.1.0"),
        ("## [1.2.0] - unreleased", "dates 1.2.0 with 'unreleased'"),
    ],
    ids=["another version", "no version", "no date"],
)
def test_a_version_that_the_changelog_does_not_date_is_refused(checkout: Path, heading: str, message: str) -> None:
    text = CHANGELOG.replace("## [1.2.0] - 2026-12-01", heading)
    (checkout / "CHANGELOG.md").write_text(text, encoding="utf-8")
    commit(checkout)
    with pytest.raises(ValueError, match=message):
        release_files.release_version(checkout)


def test_the_notes_are_the_newest_section_alone() -> None:
    assert release_files.notes(CHANGELOG) == "## [1.2.0] - 2026-12-01\n\nNew.\n"


def test_this_version_is_the_newest_of_the_changelog() -> None:
    notes = release_files.notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert notes.startswith(f"## [{version.__version__}] - ")
    assert "### Upgrade notes" in notes


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("License-Expression: MIT\nLicense: none", "MIT"),
        ("License: BSD", "BSD"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License", "MIT License"),
        ("License: Copyright 2017\n" + "        and a text\n" * 20, "Copyright 2017"),
        ("Classifier: Topic :: Games", ""),
    ],
    ids=["expression", "name", "classifier", "text", "none"],
)
def test_a_licence_is_read_from_wherever_a_package_states_it(tmp_path: Path, lines: str, expected: str) -> None:
    about = tmp_path / "made_up-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: made-up\nVersion: 1.0\n{lines}\n", encoding="utf-8")
    assert release_files.licence(Distribution.at(about)) == expected
    if expected:
        assert list(release_files.licences(tmp_path)) == [("made-up", "1.0", expected)]
    else:
        with pytest.raises(ValueError, match=r"made-up 1\.0 states no licence"):
            list(release_files.licences(tmp_path))


def test_each_package_of_an_install_with_all_extras_states_a_licence() -> None:
    packages = {p["name"]: [p] for p in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]}
    names = script("check_sbom").runtime(packages)
    assert {"numba", "starlette", "distributed", "alembic"} < names
    assert "pytest" not in names
    of_an_install = [p for p in distributions() if re.sub("[-_.]+", "-", p.name).lower() in names]
    assert [p.name for p in of_an_install if not release_files.licence(p)] == []


def test_the_bill_of_materials_is_the_same_for_the_same_packages_alone() -> None:
    def made(package: str, serial: str, timestamp: str) -> str:
        content = {"serialNumber": serial, "metadata": {"timestamp": timestamp}, "components": [package]}
        return str(release_files.fix_time(json.dumps(content), 86_400))

    first, again, other = made("a", "1", "now"), made("a", "2", "later"), made("b", "1", "now")
    assert first == again
    assert json.loads(first)["metadata"]["timestamp"] == "1970-01-02T00:00:00+00:00"
    assert json.loads(first)["serialNumber"] != json.loads(other)["serialNumber"]


def test_the_version_shows_the_commit_of_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "__file__", str(tmp_path / "version.py"))
    assert version.version_and_build() == version.__version__
    (tmp_path / "commit.txt").write_text("0123456789ab\n", encoding="utf-8")
    assert version.version_and_build() == f"{version.__version__} (0123456789ab)"


@pytest.mark.slow
def test_two_builds_of_a_commit_have_equal_bytes_and_carry_it(tmp_path: Path) -> None:
    """Other folder, other hour, other umask, other language."""
    built: list[dict[str, bytes]] = []
    for name, umask, settings in (("one", 0o022, {}), ("a second", 0o077, {"TZ": "Asia/Shanghai", "LC_ALL": "C"})):
        clone, out = tmp_path / name / "clone", tmp_path / name / "out"
        git(tmp_path, "clone", "-q", "--no-local", str(ROOT), str(clone))
        # Files of the checkout that its commit lacks are not built.
        (clone / "sweep" / "left_over.py").touch()
        command = [str(SCRIPTS / "build"), str(out)]
        subprocess.run(command, cwd=clone, env={**os.environ, **settings}, umask=umask, check=True)  # noqa: S603
        built.append({p.name: p.read_bytes() for p in out.iterdir() if p.suffix in (".whl", ".gz")})
    assert sorted(Path(name).suffix for name in built[0]) == [".gz", ".whl"]
    assert built[0] == built[1]
    with zipfile.ZipFile(next((tmp_path / "one" / "out").glob("*.whl"))) as wheel:
        assert (
            wheel.read("sweep/api/commit.txt").decode().strip() == git(ROOT, "rev-parse", "--short=12", "HEAD").strip()
        )
        assert "sweep/left_over.py" not in wheel.namelist()
