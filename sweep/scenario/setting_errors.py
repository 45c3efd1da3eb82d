"""
Refusals of values in the settings, each rendered in the reader's language from a key of the catalogue and its values.

pydantic's own errors are in English: here each kind of them gets a text of the catalogue.
"""

import errno
from collections.abc import Mapping

from pydantic_core import ErrorDetails, PydanticCustomError

from geodata.message_catalogue import Texts, load_texts

# The text of each of pydantic's own kinds, by their names; all others share one text.
_KINDS = {
    "bool_parsing": "bool",
    "bool_type": "bool",
    "date_from_datetime_inexact": "date",
    "date_from_datetime_parsing": "date",
    "date_parsing": "date",
    "date_type": "date",
    "dict_type": "section",
    "finite_number": "number",
    "float_parsing": "number",
    "float_type": "number",
    "greater_than": "above",
    "greater_than_equal": "least",
    "int_from_float": "whole",
    "int_parsing": "whole",
    "int_type": "whole",
    "less_than": "below",
    "less_than_equal": "most",
    "literal_error": "one_of",
    "mapping_type": "section",
    "model_type": "section",
    "string_pattern_mismatch": "pattern",
    "string_type": "text",
    "tuple_type": "list",
}
# Prefix of the refusals in the catalogue, and of those types of pydantic's errors that are the settings' own.
_OWN = "refusal."


def refused(key: str, /, **values: str | int) -> PydanticCustomError:
    """
    The error that a check of the settings raises for a value.

    Parameters
    ----------
    key
        Its text is `refusal.<key>` of the catalogue; the error itself says it in English.
    """
    return PydanticCustomError(_OWN + key, load_texts("en").raw(_OWN + key), values)


def refusal(details: ErrorDetails, texts: Texts) -> str:
    """Why a value is refused."""
    context: Mapping[str, object] = details.get("ctx", {})
    if details["type"].startswith(_OWN):
        return texts(details["type"], **context)
    limit = next((context[k] for k in ("gt", "ge", "lt", "le", "pattern", "expected") if k in context), "")
    return texts(f"refusal.{_KINDS.get(details['type'], 'other')}", limit=limit)


def disk_problem(error: OSError, texts: Texts) -> str:
    """Error of the operating system, in the reader's language."""
    key = f"disk.{errno.errorcode.get(error.errno or 0, '')}"
    if key in texts:
        return texts(key)
    return texts("disk.other", n=error.errno) if error.errno else str(error)
