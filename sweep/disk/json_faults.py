"""What pydantic finds wrong with a JSON file, as faults with their path in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from pydantic_core import ErrorDetails

from geodata.errors import Issue

_KINDS = {
    "int_type": "integer",
    "float_type": "number",
    "finite_number": "number",
    "string_type": "string",
    "bool_type": "true, false",
    "dict_type": "object",
    "model_type": "object",
    "tuple_type": "array",
    "frozen_set_type": "array",
    "date_type": "YYYY-MM-DD",
    "date_parsing": "YYYY-MM-DD",
    "date_from_datetime_parsing": "YYYY-MM-DD",
    "too_short": "not empty",
}


@dataclass(frozen=True, slots=True)
class FaultCodes:
    """The codes of one kind of file."""

    broken: str
    """Not JSON; values `line`, `column`."""
    missing: str
    """Value `name`."""
    unknown: str
    """Value `name`."""
    wrong: str
    """A value of the wrong kind; values `name`, `got`, `wanted`."""


def json_issue(file: str, details: ErrorDetails, codes: FaultCodes) -> Issue:
    """
    One fault.

    Parameters
    ----------
    file
        What to call the file.
    details
        One of those that a `ValidationError` lists.
    """
    kind = details["type"]
    where = json_path(file, *details["loc"])
    if kind == "json_invalid":
        found = re.search(r"line (\d+) column (\d+)", str(details.get("ctx", {}).get("error", "")))
        line, column = (int(n) for n in found.groups()) if found else (0, 0)
        return Issue(codes.broken, where, {"line": line, "column": column})
    name = str(details["loc"][-1]) if details["loc"] else "$"
    if kind == "missing":
        return Issue(codes.missing, where, {"name": name})
    if kind == "extra_forbidden":
        return Issue(codes.unknown, where, {"name": name})
    return Issue(codes.wrong, where, {"name": name, "got": _short(details["input"]), "wanted": _wanted(details)})


def json_path(file: str, *steps: int | str) -> str:
    """Where in a file: `problem.json visits[3].slots[0]`."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return f"{file} {path}".strip()


def _wanted(details: ErrorDetails) -> str:
    """What a value must be, in the words of JSON Schema, which are the same in every language."""
    limits = {"greater_than_equal": ("ge", ">="), "less_than_equal": ("le", "<=")}
    kind = details["type"]
    if kind in limits:
        name, sign = limits[kind]
        return f"{sign} {details.get('ctx', {}).get(name)}"
    return _KINDS.get(kind, kind)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
