"""
What the readers of settings say of a value that they refuse, in the reader's language.

pydantic speaks English, and so do the settings' own checks, which are code: here their sentences get the catalogue's.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping

from pydantic_core import ErrorDetails

from geodata.texts import Texts

# pydantic's own kinds, each with the same name in the catalogue; what is left over has one sentence for all.
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
# The settings' own sentences. A test holds that each that stands in the code is here.
_OWN = (
    (r"no such (?P<what>\w+): (?P<names>.+); known are (?P<known>.+)", "unknown"),
    (r"no such rules: (?P<names>.+); `sweep rules` lists them", "unknown_rules"),
    (r"hard rules cannot be switched off: (?P<names>.+)", "hard_rules"),
    (r"a written reason of (?P<n>.+) signs at least is needed for (?P<names>.+)", "reason"),
    (r"(?P<key>\S+) must be a file of the scenario's folder; nothing is read from a network \(C31\)", "no_network"),
    (r"an approval number stands twice", "twice"),
    (r"must name police and market_regulation, each >= 2 \(C01\)", "two_officers"),
    (r"(?P<later>\S+) must be later than (?P<earlier>\S+)", "later"),
    (r"(?P<later>\S+) must not be earlier than (?P<earlier>\S+)", "not_earlier"),
    (r"(?P<part>\S+) is a part of (?P<whole>\S+) and must not be longer \(C17\)", "part"),
    (r"periods must not overlap", "overlap"),
    (r"must be spans in order of time that do not overlap", "spans"),
    (r"holidays and workdays both name (?P<day>.+)", "both_days"),
    (r"(?P<one>\S+) and (?P<other>\S+) go together", "together"),
    (r"draw_commitment is not the SHA-256 of draw_seed, which is (?P<own>.+)", "commitment"),
    (r"tiles are drawn in one of (?P<known>.+); (?P<got>.+) is none of them", "tiles_datum"),
    (r"tiles lacks (?P<names>.+)", "tiles_lack"),
    (r"tiles must be http\(s\)://host\[:port\]/\.\.\. or a path", "tiles_form"),
    (r"tiles must name http or https before //host", "tiles_scheme"),
    (r"datum must be one of (?P<known>.+), got (?P<got>.+)", "datum"),
    (r"datum (?P<got>.+): the parameters of a city's own grid are not public; .+", "own_grid"),
    (r"datum (?P<got>.+): there is no such code", "no_code"),
    (r"datum (?P<got>.+): it is (?P<name>.+), not degrees or metres on a plane", "not_flat"),
)


def refusal(details: ErrorDetails, texts: Texts) -> str:
    """
    Why a value is refused.

    Parameters
    ----------
    details
        Of a `ValidationError`.
    texts
        The catalogue.
    """
    if details["type"] == "value_error":
        return own_refusal(details["msg"].removeprefix("Value error, "), texts)
    context: Mapping[str, object] = details.get("ctx", {})
    limit = next((context[k] for k in ("gt", "ge", "lt", "le", "pattern", "expected") if k in context), "")
    return texts(f"refusal.{_KINDS.get(details['type'], 'other')}", limit=limit)


def disk_problem(error: OSError, texts: Texts) -> str:
    """What the operating system says, in the reader's language."""
    key = f"disk.{errno.errorcode.get(error.errno or 0, '')}"
    if key in texts:
        return texts(key)
    return texts("disk.other", n=error.errno) if error.errno else str(error)


def own_refusal(sentence: str, texts: Texts) -> str:
    """A sentence of the settings' own checks in the reader's language; as it stands if nothing is known of it."""
    for pattern, key in _OWN:
        found = re.fullmatch(pattern, sentence, re.DOTALL)
        if found:
            return texts(f"refusal.{key}", **found.groupdict())
    return sentence
