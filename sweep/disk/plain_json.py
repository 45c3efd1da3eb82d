"""Conversion of records to plain JSON values."""

import dataclasses
from collections.abc import Callable, Mapping, Set
from datetime import date
from typing import Any

import numpy as np

_AS_THEY_ARE = frozenset({str, bool, int, float, type(None)})


def scalar(value: Any) -> Any:
    """ISO 8601 text of a date, Python value of a numpy scalar, or the value unchanged."""
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def to_json_values(value: Any, *, omits_defaults: bool = False, other: Callable[[Any], Any] = scalar) -> Any:
    """
    Convert nested records to dicts and lists; sets become sorted lists.

    Parameters
    ----------
    omits_defaults
        Whether fields with their default value are omitted.
    other
        Converts values that are no dataclass, mapping, set or sequence.
    """
    # Most values are already JSON scalars.
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, Mapping):
        return {
            str(key): to_json_values(inner, omits_defaults=omits_defaults, other=other) for key, inner in value.items()
        }
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((f, getattr(value, f.name)) for f in dataclasses.fields(value))
        kept = {f.name: inner for f, inner in fields if not (omits_defaults and _is_default(f, inner))}
        return to_json_values(kept, omits_defaults=omits_defaults, other=other)
    if isinstance(value, Set | tuple | list):
        made = [to_json_values(inner, omits_defaults=omits_defaults, other=other) for inner in value]
        return sorted(made) if isinstance(value, Set) else made
    return other(value)


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(value == field.default)
    return bool(field.default_factory is not dataclasses.MISSING and value == field.default_factory())
