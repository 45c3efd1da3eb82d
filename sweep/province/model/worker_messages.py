"""Messages between coordinator and workers, and stored results, as JSON with a published schema."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from geodata.errors import Issue
from sweep.disk.plain_json import to_json_values
from sweep.province.records import CountyCurve, CountyPlan, MobileTeam, Window

VERSION = 1


@dataclass(frozen=True, slots=True)
class Job:
    """Job of one county: its value curve, or its edition. Paths in it are valid on every machine."""

    kind: Literal["curve", "edition"]
    county_id: str
    folder: str
    """Folder of the county's scenario."""
    store: str
    """Folder of the result store."""
    inputs_sha256: str
    """Hash of all files of the county; a worker whose files differ rejects the job."""
    code: str
    """Hash of the program; a worker with another version rejects the job."""
    overrides: Mapping[str, str]
    """Values that replace those of scenario.toml, by dotted key."""
    mobile: MobileTeam
    """People in each mobile team."""
    n_mobile: int
    """Kind `edition`: number of mobile teams in the plan; kind `curve`: largest number on the value curve."""
    share: float
    """Share of the solver's limits (time, iterations) for this job, in (0, 1]."""
    sites: tuple[str, ...] = ()
    """Linked buildings of the county."""
    windows_s: Mapping[str, Window] = field(default_factory=dict)
    """Start windows of linked sites, by building id."""
    never: tuple[str, ...] = ()
    """Linked sites that must not be visited."""
    curve_key: str = ""
    """Key of the curve result on which an edition is based."""
    is_campaign: bool = False
    """Whether the window of the county's campaign is planned instead of one day."""
    before: str = ""
    """Folder of the county in the edition with fixed published days; empty without one."""
    before_sha256: str = ""
    """Hash of the campaign.json in `before`."""
    approved: Mapping[str, str] = field(default_factory=dict)
    """Folder of the county's last approved edition, by day, for each of the past 28 days. Visits of an edition without
    results count as done."""
    version: int = VERSION

    @property
    def key(self) -> str:
        """Return 32 hexadecimal characters that identify the job's result, independent of paths."""
        approved = {day: PurePath(folder).name for day, folder in self.approved.items()}
        content = {**to_json_values(self), "folder": "", "store": "", "before": "", "approved": approved}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Reply:
    """Outcome of the job with this `key`; the result is on disk."""

    key: str
    state: Literal["done", "at_fault", "other_code", "other_inputs", "died"]
    """`at_fault`: errors of files or disk, in `issues`; `other_...`: job rejected; `died`: it killed its workers."""
    issues: tuple[Issue, ...] = ()
    detail: str = ""
    """Last line of output of a worker that died, or the differing hash."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """Stored result of the job with this `key`; `version`: of the message format."""

    key: str
    county_id: str
    name: str
    """Name of the county."""
    curve: CountyCurve | None = None
    """Result of a job of kind `curve`; else None."""
    plan: CountyPlan | None = None
    """Result of a job of kind `edition`; else None."""
    logged: tuple[Mapping[str, Any], ...] = ()
    """Facts of each edition for the audit log."""
    version: int = VERSION


_ADAPTERS: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Job, Reply, JobResult)}


def to_json(message: Job | Reply | JobResult) -> str:
    """Return a message as one line of JSON; equal messages give equal bytes."""
    return json.dumps(to_json_values(message), ensure_ascii=False, sort_keys=True) + "\n"


def from_json[M: (Job, Reply, JobResult)](kind: type[M], text: str | bytes) -> M:
    """Read a message of the class `kind` from one line of JSON; ValueError for another kind or version."""
    try:
        message: M = _ADAPTERS[kind].validate_json(text)
    except ValidationError as error:
        raise ValueError(f"message is not a {kind.__name__}: {error.error_count()} errors") from error
    return message


def schema_json() -> str:
    """Return the JSON Schema of the messages `Job`, `Reply` and `JobResult`."""
    schemas = {kind.__name__: adapter.json_schema() for kind, adapter in _ADAPTERS.items()}
    return json.dumps({"version": VERSION, "messages": schemas}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
