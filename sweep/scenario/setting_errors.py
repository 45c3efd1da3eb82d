"""
Errors of setting values, as texts of the catalogue in the reader's language.

pydantic reports errors in English only, so each kind of its errors has a text in the catalogue.
"""

import errno
from collections.abc import Collection, Iterable, Mapping

from pydantic_core import ErrorDetails, PydanticCustomError

from geodata.message_catalogue import Texts, load_texts

# Catalogue text of each kind of pydantic error; all others share one text.
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
# Prefix of refusals in the catalogue, and of the error types that the settings raise themselves.
_OWN = "refusal."


def setting_error(key: str, /, **values: str | int) -> PydanticCustomError:
    """
    Create the error that a validator of the settings raises for a value.

    Parameters
    ----------
    key
        Name of the text in the catalogue, after `refusal.`; the error itself carries the English text.
    values
        Values of the placeholders in the text.
    """
    return PydanticCustomError(_OWN + key, load_texts("en").raw(_OWN + key), values)


def refuse_unknown(names: Iterable[object], known: Collection[str]) -> None:
    """Raise a `setting_error` that lists the unknown names and `known`, if any of `names` is not in `known`."""
    unknown = sorted(set(map(str, names)) - set(known))
    if unknown:
        raise setting_error("unknown", names=", ".join(unknown), known=", ".join(known))


def refusal(details: ErrorDetails, texts: Texts) -> str:
    """Return the text of one pydantic error about a setting, in the language of `texts`."""
    context: Mapping[str, object] = details.get("ctx", {})
    if details["type"].startswith(_OWN):
        return texts(details["type"], **context)
    limit = next((context[k] for k in ("gt", "ge", "lt", "le", "pattern", "expected") if k in context), "")
    return texts(f"refusal.{_KINDS.get(details['type'], 'other')}", limit=limit)


def disk_problem(error: OSError, texts: Texts) -> str:
    """Return the text of an operating system error, such as a full disk, in the language of `texts`."""
    key = f"disk.{errno.errorcode.get(error.errno or 0, '')}"
    if key in texts:
        return texts(key)
    return texts("disk.other", n=error.errno) if error.errno else str(error)
