"""Loader of scenario.toml with changed keys (overrides), which reports all errors at once, each by its key."""

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts, load_texts
from geodata.regular_file import read_regular_text
from sweep.records.redact_store_address import redacted_address
from sweep.scenario.city_toml import CITY_FILE
from sweep.scenario.find_scenario import FILE_NAME, MAX_TOML_BYTES, SCENARIOS
from sweep.scenario.scenario import NAME, Scenario
from sweep.scenario.setting_errors import refusal

_BRANCH = re.compile(r"str|int|float|bool|(?:tuple|list|mapping|dict)\[.*\]")
# Targets in checks, fines or finds, which no scenario may set (C25).
QUOTA = re.compile(r"(?:^|_)(?:quota|quotas|kpi|fine|fines|penalty|penalties|finds?_min|target_finds)(?:_|$)")


def load_scenario(path: Path, overrides: Mapping[str, object] | None = None, texts: Texts | None = None) -> Scenario:
    """
    Return the scenario of a folder (or of its scenario.toml), with overrides of single keys applied.

    Parameters
    ----------
    path
        A scenario's folder, or the file in it. A plain name without such a file means a folder in `SCENARIOS`.
    overrides
        Values by dotted key, such as `teams.n_teams`. Strings are read as TOML, or as they are if they are no TOML.
    texts
        Catalogue with the texts of the errors; None: English.

    Raises
    ------
    InputError
        S101 no such file, S102 not TOML, S103 unknown key, S104 value not allowed, S105 value missing, S620 a target
        for checks, fines or finds (C25).
    """
    file = file_at(path, FILE_NAME)
    texts = texts or load_texts("en")
    tree = read_toml(file, texts)
    # `city` and `folder` are fields of the record and not keys of the file.
    issues = [Issue("S103", "city", {"nearest": ""})] if tree.pop("city", None) is not None else []
    if (city := file.parent / CITY_FILE).is_file():
        tree["city"] = read_toml(city, texts)
    return make_scenario(tree, file.parent.resolve(), overrides or {}, texts, issues)


def make_scenario(
    tree: dict[str, Any], folder: Path, overrides: Mapping[str, object], texts: Texts, issues: Iterable[Issue] = ()
) -> Scenario:
    """
    Return the scenario with the keys of `tree` and the overrides; raise one error with all issues found.

    Parameters
    ----------
    tree
        Values by section and key, as in scenario.toml; changed in place: the overrides are added.
    folder
        Folder of the scenario, to which its paths are relative.
    overrides
        Values by dotted key; a string is read as TOML, or kept as text if it is not valid TOML.
    issues
        Errors found before, which are raised together with the new ones.

    Raises
    ------
    InputError
        S102 to S105 and S620, see `load_scenario`.
    """
    found = list(issues)
    for key, value in overrides.items():
        # A number of NumPy has `item`.
        plain = _toml_value(value) if isinstance(value, str) else value.item() if hasattr(value, "item") else value
        _put(tree, key.split("."), plain, texts)
    # `folder` is a field of the record and no key of the file.
    found += [Issue("S103", "folder", {"nearest": ""})] if tree.pop("folder", None) is not None else []
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        # An override such as data.division_code=310104 is a number in TOML, where the key takes a text.
        as_texts = {".".join(map(str, f["loc"])) for f in error.errors() if f["type"] == "string_type"}
        quoted = {key: json.dumps(v) for key, v in overrides.items() if isinstance(v, str) and key in as_texts}
        if quoted:
            return make_scenario(tree, folder, quoted, texts, issues)
        raise InputError([*found, *toml_issues(error, texts, Scenario)]) from error
    if found:
        raise InputError(found)
    return scenario.model_copy(update={"folder": folder})


def file_at(path: Path, name: str) -> Path:
    """Return the path of a settings file called `name`; `path`: its folder, the file, or a scenario in `SCENARIOS`."""
    file = path / name if path.is_dir() else path
    named = SCENARIOS / path / name
    is_named = re.fullmatch(NAME, str(path)) and named.is_file() and not file.is_file()
    return named if is_named else file


def read_toml(file: Path, texts: Texts, missing: str = "S101") -> dict[str, Any]:
    """
    Return the content of a TOML file as nested dicts.

    Parameters
    ----------
    missing
        Error code that is raised if the file is missing.

    Raises
    ------
    InputError
        If the file is missing; S102 if it is not TOML.
    OSError
        If the file is a pipe, a device, or larger than `MAX_TOML_BYTES`.
    """
    try:
        text = read_regular_text(file, MAX_TOML_BYTES, encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise InputError([Issue(missing, str(file))]) from error
    except UnicodeDecodeError as error:
        raise InputError([Issue("S102", str(file), {"problem": texts("refusal.encoding")})]) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([Issue("S102", str(file), {"problem": _place(error, text, texts)})]) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets nested by thousands
        raise InputError([Issue("S102", str(file), {"problem": texts("refusal.toml_size")})]) from error


def _place(error: tomllib.TOMLDecodeError, text: str, texts: Texts) -> str:
    found = re.search(r"line (\d+), column (\d+)", str(error))
    # Without a position the error is at the end of the file.
    line, column = found.groups() if found else (str(text.count("\n") + 1), "1")
    return texts("refusal.toml", line=line, column=column)


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except (ValueError, RecursionError):
        return text


def _put(tree: dict[str, Any], keys: list[str], value: Any, texts: Texts) -> None:
    for key in keys[:-1]:
        branch = tree.setdefault(key, {})
        if not isinstance(branch, dict):
            problem = texts("refusal.no_section", key=key)
            raise InputError([Issue("S104", ".".join(keys), {"problem": problem, "got": str(value)})])
        tree = branch
    tree[keys[-1]] = value


def toml_issues(error: ValidationError, texts: Texts, whole: type[BaseModel], file: str = FILE_NAME) -> list[Issue]:
    """
    Return an issue for each error of a settings file, located by its key; an unknown key gets the most similar key.

    `whole`: class of the record that the file was validated as; `file`: name for errors of the file as a whole.
    """
    issues = []
    faults = [(_location(fault["loc"]), fault) for fault in error.errors()]
    for location, fault in faults:
        # An error of one branch of a union is meaningless if another branch has an error at a deeper key.
        if any(len(other) > len(location) and other[: len(location)] == location for other, _ in faults):
            continue
        if fault["type"] == "extra_forbidden" and QUOTA.search(location[-1]):
            issues.append(Issue("S620", ".".join(location)))
        elif fault["type"] == "extra_forbidden":
            nearest = _nearest(location, whole)
            issues.append(Issue("S103", ".".join(location), {"nearest": nearest or ""}))
        elif fault["type"] == "missing":
            issues.append(Issue("S105", ".".join(location), {"path": ".".join(location)}))
        else:
            problem = refusal(fault, texts)
            issues.append(
                Issue(
                    "S104",
                    ".".join(location) or file,
                    {"problem": problem, "got": redacted_address(str(fault["input"]))[:80]},
                )
            )
    return issues


def _location(parts: Sequence[int | str]) -> list[str]:
    """Return the keys of a value's location without pydantic's names of types: `data.clip.str` becomes `data.clip`."""
    return [str(part) for part in parts if not _BRANCH.fullmatch(str(part))]


def _nearest(location: list[str], section: type[BaseModel]) -> str | None:
    for key in location[:-1]:
        if key.isdecimal():  # index in a list of tables
            continue
        field = _fields(section).get(key)
        kinds = () if field is None else (field.annotation, *get_args(field.annotation))
        models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not models:
            return None
        section = models[0]
    known = [key for key in _fields(section) if key not in ("folder", "city")]
    match = difflib.get_close_matches(location[-1], known, n=1, cutoff=0.5)
    return match[0] if match else None


def _fields(section: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in section.model_fields.items()}
