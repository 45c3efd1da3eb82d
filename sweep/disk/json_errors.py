"""Conversion of pydantic errors of a JSON file to issues with their path in the file."""

import json
import re
from dataclasses import dataclass

from pydantic_core import ErrorDetails

from geodata.errors import Issue, MessageValue

_KINDS = {
    "int_type": "integer",
    "float_type": "number",
    "finite_number": "number",
    "string_type": "string",
    "bool_type": "true, false",
    "dict_type": "object",
    "model_type": "object",
    "dataclass_type": "object",
    "tuple_type": "array",
    "frozen_set_type": "array",
    "date_type": "YYYY-MM-DD",
    "date_parsing": "YYYY-MM-DD",
    "date_from_datetime_parsing": "YYYY-MM-DD",
    "int_from_float": "integer",
    "model_attributes_type": "object",
}
_LIMITS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "min_length": "length >=", "max_length": "length <="}


@dataclass(frozen=True, slots=True)
class ErrorCodes:
    """Error codes of one kind of file, one field for each kind of error."""

    broken: str
    """Not JSON; values `line`, `column`."""
    missing: str
    """A key is missing; value `name`."""
    unknown: str
    """A key is unknown; value `name`."""
    wrong: str
    """A value of the wrong kind; values `name`, `got`, `wanted`."""


def json_issue(file: str, details: ErrorDetails, codes: ErrorCodes) -> Issue:
    """Issue for one pydantic error in a JSON file: missing or unknown key, or a value of the wrong kind."""
    kind = details["type"]
    where = json_path(file, *details["loc"])
    if kind == "json_invalid":
        found = re.search(r"line (\d+) column (\d+)", str(details.get("ctx", {}).get("error", "")))
        line, column = (int(n) for n in found.groups()) if found else (0, 0)
        return Issue(codes.broken, where, {"line": line, "column": column})
    name = json_path("", *details["loc"][-2:]).rpartition(".")[2] or "$"
    if kind == "union_tag_not_found":
        return Issue(codes.missing, where, {"name": str(details.get("ctx", {}).get("discriminator")).strip("'")})
    if kind == "missing":
        return Issue(codes.missing, where, {"name": name})
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return Issue(codes.unknown, where, {"name": name})
    return Issue(codes.wrong, where, {"name": name, "got": _short(details["input"]), "wanted": _wanted(details)})


def json_path(file: str, *steps: int | str) -> str:
    """Path inside a file: `problem.json visits[3].slots[0]`."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return f"{file} {path}".strip()


def _wanted(details: ErrorDetails) -> MessageValue:
    """Allowed values, limit or kind of a value that pydantic refused, in terms of JSON Schema."""
    kind, facts = details["type"], details.get("ctx", {})
    # The allowed values are in these facts of the error: 'held', 'ill' or 'closed'.
    if choices := [tuple(re.findall("'([^']*)'", facts[key])) for key in ("expected_tags", "expected") if key in facts]:
        return choices[0]
    limits = [f"{sign} {facts[key]}" for key, sign in _LIMITS.items() if key in facts]
    return limits[0] if limits else str(facts.get("pattern", _KINDS.get(kind, kind)))


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
