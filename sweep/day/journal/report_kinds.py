"""Kinds of report: who may make each, and the shape of its body."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from geodata.day_times import exact_clock, seconds_of
from geodata.errors import InputError, Issue
from geodata.schema import LEAD_TYPES, RESULT_ANSWERS, RESULT_COUNTS, UNIT_STATES
from sweep.day.events_file import LAST_CLOCK_S, Clock, NotedPart

# Control characters, and characters that change the direction of text: a message is read as it was typed.
_CONTROLS = (*range(9), 11, 12, *range(14, 32), *range(0x7F, 0xA0))
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNREADABLE = dict.fromkeys((*_CONTROLS, *_DIRECTIONS), "\ufffd") | {0x2028: "\n", 0x2029: "\n"}


def plain_text(text: str) -> str:
    """Typed text with U+FFFD for each control character but tab and line end, and for each change of direction."""
    return text.translate(_UNREADABLE)


Id = Annotated[str, Field(min_length=1, max_length=120)]
_PLAIN = AfterValidator(plain_text)
Text = Annotated[str, Field(max_length=1_000), _PLAIN]

DESK = "desk"
"""Whom a message is for if it is for whoever keeps the board."""
# Reports of where a team is, in the order in which a stop brings them.
STEPS = ("left", "arrived", "inside", "done")
# Reports that a stop is over, each with its outcome.
ENDS = ("done", "locked", "refused")
# Answers to a column of the results table that a form can hold.
ANSWERS = frozenset({"unit_state", "recheck_on", "remark", *RESULT_ANSWERS, *RESULT_COUNTS} - {"is_target"})


# What is no number stays so, and is no word left out.
_ANYTHING = TypeAdapter[Any](Any, config=ConfigDict(ser_json_inf_nan="constants"))


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StepBody(_Body):
    """A team is on the way to a stop, there, inside, or done with it."""

    team_id: Id
    visit_id: Id
    note: Text = ""


class HeldBody(StepBody):
    """A team is busy where it is."""

    until: Clock


class LockedBody(StepBody):
    """Nobody gets in; without `until` for the rest of the day."""

    until: Clock | None = None


class CorrectedBody(StepBody):
    """A team takes back a report that it is held, or one find."""

    report: Literal["held", "found"]


class HomeBody(_Body):
    """A team is back at its base."""

    team_id: Id


class FormBody(_Body):
    """One row of a stop's form: all that is filled in of it so far."""

    team_id: Id
    visit_id: Id
    row: Annotated[str, Field(pattern=r"^(?:[0-9A-Z]{18}|\+\d{1,3})$")]
    """The code of a firm on the list, or the number of a unit beside them."""
    unit: Annotated[str, Field(max_length=60), _PLAIN] = ""
    answers: dict[str, Annotated[str, Field(max_length=200), _PLAIN]]


class MessageBody(_Body):
    """Something said between the desk and the teams."""

    to: Id
    text: Annotated[str, Field(min_length=1, max_length=1_000), _PLAIN]
    team_id: Id | None = None
    """The team that says it; None: the desk."""


class ReadBody(_Body):
    """The desk has read a message."""

    id: Id


class EventBody(_Body):
    """An event as events.json has it."""

    event: Annotated[NotedPart, Field(discriminator="type")]


class WithdrawnBody(_Body):
    """An event that the desk takes back: it was noted by mistake, or is over."""

    n: int
    """Number of the entry that noted it."""


class LeadBody(_Body):
    """A lead that came in while the day goes on: its number, and no word of who it is about."""

    lead_id: Annotated[Id, _PLAIN]
    lead_type: Annotated[str, Field(pattern=f"^(?:{'|'.join(LEAD_TYPES)})$")]
    building_id: Id


class EditionBody(_Body):
    """A plan that the day is run by from now on."""

    plan_id: Id
    day: str
    is_exercise: bool
    answers_to: int | None = None
    """Number of the last entry that the plan was made with; none where a day or an exercise begins with it."""


class AcceptedBody(_Body):
    """The results of a plan went into its ledger."""

    plan_id: Id
    n: int


class ClockBody(_Body):
    """The desk confirms the server's clock: no earlier report is of a later time than this one."""


KINDS: Mapping[str, type[BaseModel]] = {
    **dict.fromkeys((*STEPS, "refused", "found"), StepBody),
    "held": HeldBody,
    "locked": LockedBody,
    "corrected": CorrectedBody,
    "home": HomeBody,
    "form": FormBody,
    "message": MessageBody,
    "read": ReadBody,
    "event": EventBody,
    "withdrawn": WithdrawnBody,
    "lead": LeadBody,
    "edition": EditionBody,
    "accepted": AcceptedBody,
    "clock": ClockBody,
}
# What a team says; the desk writes down the same for a team that it has on the telephone.
OF_TEAMS = frozenset({*STEPS, "held", "locked", "refused", "found", "corrected", "home", "form", "message"})
OF_DESK = OF_TEAMS | {"read", "event", "withdrawn", "lead", "clock"}


def checked_body(kind: str, body: object, where: str) -> dict[str, Any]:
    """
    The body of a report as JSON's own kinds.

    Raises
    ------
    InputError
        S976 for an unknown kind, or a body that is none of its kind.
    """
    if kind not in KINDS:
        raise _fault(where, kind, "kind")
    try:
        read = KINDS[kind].model_validate_json(_ANYTHING.dump_json(body))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _fault(where, kind, ".".join(map(str, first["loc"])) or kind) from error
    except ValueError as error:
        raise _fault(where, kind, kind) from error
    if isinstance(read, FormBody):
        _refuse_unknown(read, where)
    return read.model_dump(mode="json", exclude_none=True)


def _refuse_unknown(form: FormBody, where: str) -> None:
    for name, answer in form.answers.items():
        is_known = name in ANSWERS and (name != "unit_state" or answer in ("", *UNIT_STATES))
        if not is_known or (name in RESULT_ANSWERS and answer not in ("", "yes", "no")):
            raise _fault(where, "form", f"answers.{name}")


def _fault(where: str, kind: str, name: str) -> InputError:
    return InputError([Issue("S976", where, {"kind": kind[:40], "name": name[:80]})])


_DAY_S = 86_400


def past_midnight(body: Mapping[str, Any], at_s: int) -> dict[str, Any]:
    """Body of a report, with an `until` that lies more than half a day back moved to the next day."""
    made = dict(body)
    if isinstance(made.get("event"), Mapping):
        made["event"] = past_midnight(made["event"], at_s)
    if made.get("until"):
        meant_s = seconds_of(made["until"]) + _DAY_S
        if meant_s < at_s + _DAY_S // 2 and meant_s <= LAST_CLOCK_S:
            made["until"] = exact_clock(meant_s)
    return made
