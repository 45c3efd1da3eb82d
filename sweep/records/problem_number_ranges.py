"""Ranges of the numbers in problem.json, and the configuration of the records that it holds."""

from typing import Annotated

from pydantic import ConfigDict, Field

MOST = 2**30
# For `__pydantic_config__` of a record: its docstrings describe the keys in the JSON Schema.
OF_A_FILE = ConfigDict(extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

Seconds = Annotated[int, Field(ge=0, le=MOST)]
Clock = Annotated[int, Field(ge=0, le=MOST, description="whole seconds after midnight of `day`; may pass 86400")]
Span = tuple[Clock, Clock]
Count = Annotated[int, Field(ge=0, le=MOST)]
Cost = Annotated[float, Field(ge=0.0, le=1e9)]
