"""What crosses between machines: a job and its reply; and the results on disk: JSON of a published form."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from geodata.errors import Issue
from sweep.disk.plain_json import plain
from sweep.province.records import CountyPlan, Curve, MobileTeam, Window

VERSION = 1


@dataclass(frozen=True, slots=True)
class Job:
    """One county's work. Paths are those of a folder that every machine has under the same name."""

    kind: Literal["curve", "edition"]
    county_id: str
    folder: str
    """The county's scenario."""
    store: str
    """Where results are kept."""
    inputs_sha256: str
    """Hash of all files of the county; a worker that finds others refuses."""
    code: str
    """Hash of the program; a worker that has another refuses."""
    overrides: Mapping[str, str]
    """Values by key of scenario.toml."""
    mobile: MobileTeam
    n_mobile: int
    """The mobile teams of an edition; the most of a curve."""
    share: float
    """Share of the solver's limit for this job."""
    sites: tuple[str, ...] = ()
    """Linked buildings of the county."""
    windows_s: Mapping[str, Window] = field(default_factory=dict)
    """When linked sites must be started at, by building id."""
    never: tuple[str, ...] = ()
    """Linked sites that must not be visited."""
    curve_key: str = ""
    """The result that an edition begins from."""
    is_campaign: bool = False
    """Whether it is the window of the county's campaign, and not one day."""
    before: str = ""
    """The county's folder in the edition whose published days are held; empty if there is none."""
    before_sha256: str = ""
    """Hash of the campaign.json there."""
    approved: Mapping[str, str] = field(default_factory=dict)
    """The county's edition that was approved last for each of the 28 days before, its folder by day; while no result
    of it is in, its visits count as made."""
    version: int = VERSION

    @property
    def key(self) -> str:
        """Thirty-two hexadecimal signs that follow from all that the result follows from, and from no path."""
        approved = {day: PurePath(folder).name for day, folder in self.approved.items()}
        content = {**plain(self), "folder": "", "store": "", "before": "", "approved": approved}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a job; the result itself is on disk."""

    key: str
    state: Literal["done", "at_fault", "other_code", "other_inputs", "died"]
    issues: tuple[Issue, ...] = ()
    detail: str = ""
    """The last line of a child that died, or what was found instead."""


@dataclass(frozen=True, slots=True)
class Result:
    """What is kept of a job that is done."""

    key: str
    county_id: str
    name: str
    """What the county is called."""
    curve: Curve | None = None
    plan: CountyPlan | None = None
    logged: tuple[Mapping[str, Any], ...] = ()
    """What the audit log says of each edition."""
    version: int = VERSION


_ADAPTERS: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Job, Reply, Result)}


def to_json(message: Job | Reply | Result) -> str:
    """One line; the same message gives the same bytes."""
    return json.dumps(plain(message), ensure_ascii=False, sort_keys=True) + "\n"


def from_json[M: (Job, Reply, Result)](kind: type[M], text: str | bytes) -> M:
    """The message of a line; ValueError if it is none of that kind, or of another version of the program."""
    try:
        message: M = _ADAPTERS[kind].validate_json(text)
    except ValidationError as error:
        raise ValueError(f"no {kind.__name__}: {error.error_count()} faults") from error
    return message


def schema_json() -> str:
    """The JSON Schema of all three."""
    schemas = {kind.__name__: adapter.json_schema() for kind, adapter in _ADAPTERS.items()}
    return json.dumps({"version": VERSION, "messages": schemas}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
