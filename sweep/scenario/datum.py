"""A datum as a setting: made from its name once, and written back as its name."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainSerializer, PlainValidator
from pydantic_core import PydanticKnownError

from geodata.datum.names import Datum, DatumError, parse_datum
from sweep.scenario.refusals import refused


def _made(given: object) -> Datum:
    if isinstance(given, Datum):
        return given
    if not isinstance(given, str):
        raise PydanticKnownError("string_type")
    try:
        return parse_datum(given)
    except DatumError as error:
        raise refused(error.key, **error.values) from error


NamedDatum = Annotated[Datum, PlainValidator(_made), PlainSerializer(str, return_type=str)]
