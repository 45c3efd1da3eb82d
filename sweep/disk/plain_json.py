"""Records as the plain values that JSON knows."""

import dataclasses
from collections.abc import Callable, Mapping, Set
from datetime import date
from typing import Any

import numpy as np

_AS_THEY_ARE = frozenset({str, bool, int, float, type(None)})


def scalar(value: Any) -> Any:
    """A date as ISO 8601 and a number of numpy as Python's; any other value as it is."""
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def plain(value: Any, *, omits_defaults: bool = False, other: Callable[[Any], Any] = scalar) -> Any:
    """
    A record of records as dicts and lists, whatever kind of mapping or sequence it holds them in; sets come sorted.

    Parameters
    ----------
    omits_defaults
        Whether a field that has its default is left out.
    other
        Turns values that are no dataclass, mapping, set or sequence into kinds of JSON.
    """
    # Most values by far are of a kind of JSON.
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner, omits_defaults=omits_defaults, other=other) for key, inner in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((f, getattr(value, f.name)) for f in dataclasses.fields(value))
        kept = {f.name: inner for f, inner in fields if not (omits_defaults and _is_default(f, inner))}
        return plain(kept, omits_defaults=omits_defaults, other=other)
    if isinstance(value, Set | tuple | list):
        made = [plain(inner, omits_defaults=omits_defaults, other=other) for inner in value]
        return sorted(made) if isinstance(value, Set) else made
    return other(value)


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(value == field.default)
    return bool(field.default_factory is not dataclasses.MISSING and value == field.default_factory())
