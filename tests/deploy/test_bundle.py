"""The bundle for machines without a network: its installer, and the wheels that exist for each platform."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pip
import pytest
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

from tests.deploy.scripts import DEPLOY, SCRIPTS, script
from tests.paths import ROOT

PYTHON = (3, 13)
PLATFORMS = {
    "linux-x86_64": [*(f"manylinux_2_{minor}_x86_64" for minor in range(5, 29)), "manylinux2014_x86_64"],
    "linux-aarch64": [*(f"manylinux_2_{minor}_aarch64" for minor in range(17, 29)), "manylinux2014_aarch64"],
    "windows-x86_64": ["win_amd64"],
}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle whose pip is a text, so that each installation fails once the hashes are right."""
    folder = tmp_path / "bundle"
    (folder / "wheels").mkdir(parents=True)
    (folder / "install.sh").write_bytes((DEPLOY / "bundle" / "install.sh").read_bytes())
    (folder / "PYTHON").write_text(f"{sys.version_info[0]}.{sys.version_info[1]}\n", encoding="utf-8")
    (folder / "wheels" / "pip-1.0-py3-none-any.whl").write_text("no archive", encoding="utf-8")
    (folder / "requirements.txt").touch()
    sign(folder)
    return folder


def sign(folder: Path) -> None:
    names = ["PYTHON", "requirements.txt", *(f"wheels/{p.name}" for p in sorted((folder / "wheels").iterdir()))]
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


def install(bundle: Path, target: Path) -> str:
    """What the installer writes to standard error; it must fail."""
    command = ["/bin/sh", str(bundle / "install.sh"), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode != 0
    return done.stderr + done.stdout


@pytest.mark.parametrize("name", ["wheels/pip-1.0-py3-none-any.whl", "requirements.txt"])
def test_a_changed_file_is_named_and_nothing_is_installed(bundle: Path, tmp_path: Path, name: str) -> None:
    with (bundle / name).open("a", encoding="utf-8") as file:
        file.write(" ")
    assert f"{name}: FAILED" in install(bundle, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_a_missing_file_is_named_and_nothing_is_installed(bundle: Path, tmp_path: Path) -> None:
    (bundle / "requirements.txt").unlink()
    assert "requirements.txt" in install(bundle, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_another_python_is_refused_with_both_versions(bundle: Path, tmp_path: Path) -> None:
    (bundle / "PYTHON").write_text("3.99\n", encoding="utf-8")
    sign(bundle)
    assert re.search(r"is Python 3\.\d+; this bundle is for Python 3\.99\.", install(bundle, tmp_path / "target"))
    assert not (tmp_path / "target").exists()


def test_an_existing_folder_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "kept").touch()
    assert "target exists. Move it away, or name another folder." in install(bundle, tmp_path / "target")
    assert [p.name for p in (tmp_path / "target").iterdir()] == ["kept"]


def test_a_failed_installation_leaves_nothing(bundle: Path, tmp_path: Path) -> None:
    install(bundle, tmp_path / "target")
    assert not (tmp_path / "target").exists()


@pytest.fixture
def whole(bundle: Path) -> Path:
    """The bundle with the pip of this Python, and with a program of one line in place of all wheels."""
    with zipfile.ZipFile(bundle / "wheels" / "pip-1.0-py3-none-any.whl", "w") as archive:
        for path in (p for p in Path(pip.__file__).parent.rglob("*") if p.suffix != ".pyc"):
            archive.write(path, path.relative_to(Path(pip.__file__).parents[1]))
    wheel, about = bundle / "wheels" / "sweep-0.1-py3-none-any.whl", "sweep-0.1.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("sweep.py", "def main() -> None:\n    print('sweep 0.1')\n")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: sweep\nVersion: 0.1\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/entry_points.txt", "[console_scripts]\nsweep = sweep:main\n")
        archive.writestr(f"{about}/RECORD", "")
    wanted = f"sweep==0.1 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    (bundle / "requirements.txt").write_text(wanted, encoding="ascii")
    sign(bundle)
    return bundle


@pytest.mark.slow
def test_a_bundle_is_installed_and_started_without_a_network_as_the_image_does(whole: Path, tmp_path: Path) -> None:
    """The gate has no images to build on: it takes the steps of the Containerfile in an environment."""
    steps = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
    assert "\nRUN /bundle/install.sh /opt/sweep\n" in steps and 'ENTRYPOINT ["sweep"]' in steps
    alone = [sys.executable, str(SCRIPTS / "without_network.py")] if script("without_network").is_possible() else []
    command = [*alone, "/bin/sh", str(whole / "install.sh"), str(tmp_path / "target")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (0, "sweep 0.1\n"), done.stderr
    packages = [p.name for p in (tmp_path / "target").rglob("*.dist-info")]
    assert packages == ["sweep-0.1.dist-info"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (f"sweep==0.1 --hash=sha256:{'0' * 64}", "THESE PACKAGES DO NOT MATCH THE HASHES"),
        ("sweep==0.1", "Hashes are required"),
        (f"other==1.0 --hash=sha256:{'0' * 64}", "No matching distribution found for other"),
    ],
    ids=["other hash", "no hash", "not in the bundle"],
)
def test_a_wheel_that_is_not_the_listed_one_is_refused_and_nothing_is_left(
    whole: Path, tmp_path: Path, wanted: str, said: str
) -> None:
    (whole / "requirements.txt").write_text(f"{wanted}\n", encoding="ascii")
    sign(whole)
    assert said in install(whole, tmp_path / "target")
    assert not (tmp_path / "target").exists()


# A pattern of each step, in the order in which both installers take them.
STEPS = {
    "compare each file with its sum": (r"sha256sum .*--strict --check SHA256SUMS", r"Get-FileHash -Algorithm SHA256"),
    "read the version of Python": (r"cat PYTHON", r"Get-Content PYTHON"),
    "refuse a machine without this Python": (
        r'\|\| \{ echo "Install Python',
        r"Get-Command py .*throw .Install Python",
    ),
    "refuse a folder that exists": (r'\[ ! -e "\$target" \] \|\|', r"if \(Test-Path -LiteralPath \$Target\) \{ throw"),
    "remove everything if a step fails": (r"trap 'rm -rf", r"(?m)^try \{"),
    "make an environment": (r'-m venv --without-pip "\$target"', r"-m venv --without-pip \$Target"),
    "take the pip of the bundle": (r"wheels/pip-\*\.whl", r"wheels\\pip-\*\.whl"),
    "install without a network, by hashes": (
        r"--isolated install --quiet --no-cache-dir .*--no-index --find-links wheels --require-hashes",
    )
    * 2,
    "start the program": (r"bin/sweep\" --version", r"Scripts\\sweep\.exe\" --version"),
}


@pytest.mark.parametrize(("place", "name"), [(0, "install.sh"), (1, "install.ps1")], ids=["sh", "ps1"])
def test_both_installers_take_the_same_steps_in_the_same_order(place: int, name: str) -> None:
    text = re.sub(r"[\\`]\n +", "", (DEPLOY / "bundle" / name).read_text(encoding="utf-8"))
    found = {step: re.search(patterns[place], text) for step, patterns in STEPS.items()}
    assert [step for step, match in found.items() if match is None] == []
    at = [match.start() for match in found.values() if match is not None]
    assert at == sorted(at)


def test_the_installer_of_windows_takes_the_same_options_of_pip_and_checks_each_program_that_it_calls() -> None:
    sh, ps1 = ((DEPLOY / "bundle" / f"install.{end}").read_text(encoding="utf-8") for end in ("sh", "ps1"))
    assert re.findall(r"--[a-z-]+", re.sub(r"--(quiet --)?strict.*", "", sh)) == re.findall(r"--[a-z-]+", ps1)
    # PowerShell goes on after a program that failed. Without sums, no file would be compared.
    lines = ps1.splitlines()
    calls = [n for n, line in enumerate(lines) if line.lstrip().startswith("& ")]
    ends = [n + 1 if not lines[n].endswith("`") else n + 2 for n in calls]
    assert len(calls) == 3
    assert [lines[n].strip()[:26] for n in ends] == ["if ($LASTEXITCODE -ne 0) {"] * 3
    assert "if ($sums.Count -eq 0) { throw" in ps1
    assert re.search(r"\} catch \{\n.*Remove-Item -Recurse -Force -LiteralPath \$Target \}\n    throw\n\}\n$", ps1)


def tags(platform: str) -> set[Tag]:
    names = PLATFORMS[platform]
    return {*cpython_tags(PYTHON, platforms=names), *compatible_tags(PYTHON, f"cp{PYTHON[0]}{PYTHON[1]}", names)}


def without_a_wheel(platform: str) -> list[str]:
    """Packages of an install with all extras that the lock has no wheel of for a platform."""
    packages = {p["name"]: [p] for p in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]}
    usable = tags(platform)
    missing = []
    for name in sorted(script("check_sbom").runtime(packages)):
        wheels = [w["url"].rpartition("/")[2] for p in packages[name] for w in p.get("wheels", [])]
        if not any(parse_wheel_filename(wheel)[3] & usable for wheel in wheels):
            missing.append(name)
    return missing


@pytest.mark.parametrize("page", ["deploy.md", "zh/deploy.md"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_page_names_the_wheels_that_a_platform_lacks(platform: str, page: str) -> None:
    (row,) = re.findall(rf"^\| `{platform}` \|.*$", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert re.findall(r"`([^`]+)`", row.rpartition("|")[0].rpartition("|")[2]) == without_a_wheel(platform)


def test_the_bundle_is_for_the_python_of_the_table_and_the_image() -> None:
    version = f"{PYTHON[0]}.{PYTHON[1]}"
    assert f"\npython={version}\n" in (SCRIPTS / "bundle").read_text(encoding="utf-8")
    assert f"ARG PYTHON=python:{version}-" in (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
