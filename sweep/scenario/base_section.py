"""Base record of all sections of scenario.toml, and annotated types for numbers, times, datums and mappings."""

import re
from collections.abc import Collection, Mapping
from datetime import time
from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    PlainValidator,
)
from pydantic_core import CoreSchema, PydanticKnownError

from geodata.clock_times import exact_clock, seconds_of
from geodata.datum.datum_names import Datum, DatumError, parse_datum
from sweep.scenario.setting_errors import refuse_unknown, setting_error

Share = Annotated[float, Field(ge=0.0, le=1.0)]
HitShare = Annotated[float, Field(gt=0.0, le=1.0)]
# Upper limits catch typing errors: a century of days, a day of minutes, a thousand kilometres.
Days = Annotated[float, Field(ge=0.01, le=36_500)]
WholeDays = Annotated[int, Field(ge=0, le=36_500)]
Hours = Annotated[float, Field(ge=0.01, le=100_000)]
Minutes = Annotated[float, Field(ge=0.0, le=1_440)]
Degrees = Annotated[float, Field(ge=-180.0, le=180.0)]
Weight = Annotated[float, Field(ge=0.0, le=1e6)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
_CLOCK = re.compile(r"[0-9]{1,2}:[0-5][0-9](?::[0-5][0-9])?")


def _seconds(given: object) -> int:
    """Return a TOML time, an integer, or text such as "25:00" as seconds after midnight; hours run to 48."""
    if isinstance(given, time) and given.tzinfo is None and not given.microsecond:
        given = given.isoformat()
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if not isinstance(given, str) or not _CLOCK.fullmatch(given):
        raise setting_error("clock")
    return seconds_of(given)


def clock_text(seconds: int) -> str:
    """Return seconds after midnight as text `HH:MM:SS`; after the next midnight the hours continue from 24."""
    text = exact_clock(seconds)
    return text if seconds % 60 else f"{text}:00"


Clock = Annotated[
    int, Field(ge=0, le=172_800), BeforeValidator(_seconds), PlainSerializer(clock_text, when_used="json")
]
"""Time of day in whole seconds after midnight, written as a time in TOML: 13:30:00."""


def _make_strict(schema: Any) -> None:
    """Change a pydantic schema in place so that numbers and booleans are not converted from other types."""
    if isinstance(schema, Mapping):
        if schema.get("type") in ("int", "float", "bool"):
            cast("dict[str, Any]", schema)["strict"] = True
        schema = list(schema.values())
    if isinstance(schema, list | tuple):
        for part in schema:
            _make_strict(part)


class Section(BaseModel):
    """Frozen record of one section of scenario.toml; keys without a field are errors."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the pydantic schema with strict numbers: "1", `true` or 1.0 is not an integer."""
        schema = handler(source)
        _make_strict(schema)
        return schema


def with_defaults(defaults: Mapping[str, Any], known: Collection[str] = ()) -> BeforeValidator:
    """Return a validator that completes a mapping with defaults; keys outside `defaults` and `known` are errors."""
    names = dict.fromkeys([*defaults, *known])

    def laid_over(given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        refuse_unknown(given, names)
        return {**defaults, **given}

    return BeforeValidator(laid_over)


def _made(given: object) -> Datum:
    if isinstance(given, Datum):
        return given
    if not isinstance(given, str):
        raise PydanticKnownError("string_type")
    try:
        return parse_datum(given)
    except DatumError as error:
        raise setting_error(error.key, **error.values) from error


NamedDatum = Annotated[Datum, PlainValidator(_made), PlainSerializer(str, return_type=str)]
