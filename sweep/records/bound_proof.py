"""Records of plan.proof.json: a certificate of the plan's upper bound, in integers so that it is verified exactly."""

import hashlib
import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1
# Rounding tolerance of a bound, as a share of the value of all visits.
CLOSE = 1e-7

Steps = Annotated[int, Field(ge=0, le=2**53)]
Row = Annotated[int, Field(ge=0, le=2**31)]
Seconds = Annotated[int, Field(ge=-(2**31), le=2**31)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class DualSolution(_Part):
    """
    Dual solution that certifies a bound: the value of a visit is split into the prizes of its slots and a surplus.

    The bound is the sum of the surpluses of all visits that may be served, less the prices of their loads on caps,
    plus the prices of all teams and of all cap limits. A visit counts with the value of its best day; on another
    day, its first slot's prize is smaller by the loss of value. Prizes and prices are multiples of `PoolPart.step`.
    """

    prizes: dict[str, tuple[Steps, ...]] = Field(
        description="by visit: dual price of each slot; visits without a price are missing"
    )
    prices: dict[str, Steps] = Field(description="by team: upper bound on the prizes of its routes")
    caps: dict[str, Steps] = Field({}, description="by cap: dual price of one unit of its load")


class Branching(_Part):
    """Branching of a node on one visit: with `until_s`, early or late start; without it, not served or served."""

    visit: str
    until_s: Seconds | None = Field(
        None, description="latest start in the first part, later starts are in the second; default: not served, served"
    )
    parts: tuple[Row, Row] = Field(description="indices of the two parts in `nodes`, larger than this node's")


class NodePart(_Part):
    """
    Branch-and-bound node of a component: split by a branching (`taken`), or bounded by dual prices (`shown`).

    With neither, the bound is the sum of the values of all visits that the node allows.
    """

    taken: Branching | None = None
    shown: DualSolution | None = Field(
        None, description="dual prices; default, if not branched: the value of every servable visit"
    )


class PoolPart(_Part):
    """
    Ids of teams and visits that are independent of all others, with an upper bound on the value of these visits.

    Without `nodes` the bound is a knapsack's: `rate` times the teams' seconds, plus each unit's excess of value over
    `rate` times its own seconds. With `nodes`, routes may return to a visit unless every stop since then has it among
    its nearest or `remembered` visits (ng-routes).
    """

    teams: tuple[str, ...]
    visits: tuple[str, ...]
    with_musts: bool = Field(description="whether the bound is on plans that serve every must-visit of the component")
    step: float = Field(gt=0.0, le=1e9, description="unit of prizes and prices, in value")
    rate: float | None = Field(
        None, ge=0.0, le=1e18, description="value per second: proves the bound if there are no nodes"
    )
    nodes: tuple[NodePart, ...] = Field((), description="nodes of the tree; the first contains all plans")
    remembered: dict[str, tuple[str, ...]] = Field(
        {}, description="by visit: earlier visits to which no route returns from there, in addition to the nearest"
    )


class ShortPart(_Part):
    """Simultaneous slots that outnumber the teams eligible for them, so that their visits cannot be served."""

    slots: tuple[tuple[str, Row], ...] = Field(min_length=1, description="visit id and index in its `slots`")


class CompositionProof(_Part):
    """
    Dual solution that certifies a bound over all team compositions of the active staff.

    Each slot, person and team has a price; no team composition and no routes are worth more than the bound. The price
    of a team is the sum of its members' prices and the price per team; no route collects more prizes. The bound is the
    surplus of visits over their prizes, plus the prices of all staff and of the largest number of teams. Visits that
    need more simultaneous teams of their district than the staff allows count zero.
    """

    with_musts: bool = Field(description="whether the bound is on plans that serve every must-visit")
    step: float = Field(gt=0.0, le=1e9, description="unit of prizes and prices, in value")
    sizes: tuple[Row, ...] = Field(
        min_length=1,
        description="team sizes, ascending; a team between two costs as the smaller and is as fast as the larger",
    )
    prizes: dict[str, tuple[Steps, ...]] = Field(
        description="by visit: dual price of each slot; visits without a price are missing"
    )
    tied: dict[str, Steps] = Field(
        description="by district: dual price of a member of market regulation; all under '' if there are no districts"
    )
    officers: dict[str, Steps] = Field(
        description="by district: additional price of a certified member of market regulation"
    )
    free: Steps = Field(description="dual price of a member of another agency")
    police: Steps = Field(description="additional price of a certified police officer")
    women: Steps = Field(description="additional price of a certified woman of any agency")
    team: Steps = Field(description="dual price of a team")


class BoundProof(_Part):
    """
    Certificate of a plan's upper bound, which is verified from problem.json, plan.json and this file alone.

    `pools` has the proof of each component (independent teams and visits). The plan's bound is the sum of the bounds
    of all components. With `with_urgency`, these bounds include urgency, and the urgency of the plan's served visits
    is subtracted from the sum.
    """

    schema_version: int = Field(SCHEMA_VERSION, ge=SCHEMA_VERSION, le=SCHEMA_VERSION)
    problem_sha256: str | None = Field(None, description="SHA-256 of the problem.json that the proof belongs to")
    with_urgency: bool = Field(
        False,
        description="whether visits count with their urgency: the bound is on plans with at least the plan's urgency",
    )
    short: tuple[ShortPart, ...] = Field(
        (), description="one for each visit, or group of linked visits, that no plan can serve"
    )
    pools: tuple[PoolPart, ...]
    any_teams: CompositionProof | None = Field(None, description="proof of the plan's `bound_any_teams`")


def proof_file(plan: Path) -> Path:
    """Path of a plan's proof: `plan.proof.json` next to `plan.json`."""
    return plan.with_suffix(".proof.json")


def proof_json(proof: BoundProof, problem_sha256: str | None = None) -> str:
    """Return the proof as JSON text, with the hash of its problem.json if given; equal proofs give equal text."""
    named = proof.model_copy(update={"problem_sha256": problem_sha256})
    return json.dumps(named.model_dump(mode="json", exclude_defaults=True), allow_nan=False, sort_keys=True) + "\n"


def named_proof(proof: str, problem: bytes) -> str:
    """Return the JSON text `proof` with the SHA-256 of its problem file added; `problem`: bytes of that file."""
    return proof_json(read_proof(proof), hashlib.sha256(problem).hexdigest())


def read_proof(text: bytes | str) -> BoundProof:
    """Parse the JSON text of a proof; raise ValueError (pydantic's `ValidationError`) for any other content."""
    return BoundProof.model_validate_json(text, strict=True)


def proof_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of plan.proof.json."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **BoundProof.model_json_schema()}
