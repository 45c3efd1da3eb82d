"""Records as the plain values that JSON knows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np


def plain(value: Any, *, omits_defaults: bool = False) -> Any:
    """
    A record of records as dicts and lists, whatever kind of mapping or sequence it holds them in.

    Parameters
    ----------
    value
        Dataclasses, mappings, sequences, text, numbers, dates, flags and None, in each other; sets of text, which come
        sorted. A mapping keeps its order.
    omits_defaults
        Whether a field that has its default is left out.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {f.name: (f, getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {
            name: plain(inner, omits_defaults=omits_defaults)
            for name, (field, inner) in found.items()
            if not (omits_defaults and _is_default(field, inner))
        }
    if isinstance(value, Mapping):
        return {str(key): plain(inner, omits_defaults=omits_defaults) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [plain(inner, omits_defaults=omits_defaults) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(value == field.default)
    return bool(field.default_factory is not dataclasses.MISSING and value == field.default_factory())
