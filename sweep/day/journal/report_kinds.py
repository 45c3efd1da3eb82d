"""Schemas of report bodies by kind, and the senders allowed for each kind."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from geodata.clock_times import DAY_S, exact_clock, seconds_of
from geodata.errors import InputError, Issue
from geodata.schema import LEAD_TYPES, RESULT_ANSWERS, RESULT_COUNTS, RESULT_TEXTS, UNIT_STATES
from sweep.day.events_file import LAST_CLOCK_S, Clock, DeskEventPart

# Control characters, and characters that change the text direction, which would disguise a message.
_CONTROLS = (*range(9), 11, 12, *range(14, 32), *range(0x7F, 0xA0))
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNREADABLE = dict.fromkeys((*_CONTROLS, *_DIRECTIONS), "\ufffd") | {0x2028: "\n", 0x2029: "\n"}


def plain_text(text: str) -> str:
    """Return the text with U+FFFD in place of direction marks and of control characters except tab and line end."""
    return text.translate(_UNREADABLE)


Id = Annotated[str, Field(min_length=1, max_length=120)]
_PLAIN = AfterValidator(plain_text)
Text = Annotated[str, Field(max_length=1_000), _PLAIN]

DESK = "desk"
"""Recipient of messages to the dispatch desk."""
# Progress reports in the order of a stop.
STEPS = ("left", "arrived", "inside", "done")
# Reports that end a stop, each with its outcome.
ENDS = ("done", "locked", "refused")
# Columns of the results table that a form can answer.
ANSWERS = frozenset({"unit_state", "recheck_on", *RESULT_TEXTS, *RESULT_ANSWERS, *RESULT_COUNTS} - {"is_target"})


# Keep NaN and infinity as such instead of null.
_ANYTHING = TypeAdapter[Any](Any, config=ConfigDict(ser_json_inf_nan="constants"))


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StepBody(_Body):
    """Step of a team at a stop, named by the report's kind: en route, arrived, inside, done, refused, or a find."""

    team_id: Id
    visit_id: Id
    note: Text = ""
    """Remark of the team on the stop; may be empty."""


class DelayBody(StepBody):
    """Report body: the team is delayed on site until a time."""

    until: Clock


class LockedBody(StepBody):
    """Report body: the door is locked until a time; without `until`, for the rest of the day."""

    until: Clock | None = None


class CorrectedBody(StepBody):
    """Report body: a team withdraws its delay, or one of its finds at the stop; finds are only counted."""

    report: Literal["held", "found"]
    """Kind of the withdrawn report: `held`, the delay; `found`, one find."""


class HomeBody(_Body):
    """Report body: the team is back at its base."""

    team_id: Id


class FormBody(_Body):
    """One row of a stop's check form, with all answers so far."""

    team_id: Id
    visit_id: Id
    row: Annotated[str, Field(pattern=r"^(?:[0-9A-Z]{18}|\+\d{1,3})$")]
    """Credit code (uscc) of a listed firm, or `+` and a number for a firm or room not on the list."""
    unit: Annotated[str, Field(max_length=60), _PLAIN] = ""
    """Name of the firm or room; may be empty."""
    answers: dict[str, Annotated[str, Field(max_length=200), _PLAIN]]
    """Answers by column of the results table."""


class MessageBody(_Body):
    """Message between the desk and the teams."""

    to: Id
    """Recipient: a team id, `desk` or `all`."""
    text: Annotated[str, Field(min_length=1, max_length=1_000), _PLAIN]
    team_id: Id | None = None
    """Team that sends the message; None: the desk sends it."""


class ReadBody(_Body):
    """Report body: the desk has read a message."""

    id: Id
    """Id of the message."""


class EventBody(_Body):
    """Event that the desk logs, in the form of events.json."""

    event: Annotated[DeskEventPart, Field(discriminator="type")]


class WithdrawnBody(_Body):
    """The desk withdraws an event because it was a mistake or is over."""

    n: int
    """Sequence number of the journal entry that logged the event."""


class LeadBody(_Body):
    """Lead received during the day: its number, without any detail of the persons concerned."""

    lead_id: Annotated[Id, _PLAIN]
    lead_type: Annotated[str, Field(pattern=f"^(?:{'|'.join(LEAD_TYPES)})$")]
    building_id: Id


class EditionBody(_Body):
    """Report body: a plan (edition) becomes the plan in force."""

    plan_id: Id
    day: str
    """Day of the plan, ISO date."""
    is_exercise: bool
    answers_to: int | None = None
    """Number of the last entry that the plan takes into account; None at the start of a day or an exercise."""


class AcceptedBody(_Body):
    """Report body: `n` rows of results of a plan were accepted into the scenario's ledger of past visits."""

    plan_id: Id
    n: int


class ClockBody(_Body):
    """Report body: the desk confirms the server's clock; entries with a later time get the time of this one."""


KINDS: Mapping[str, type[BaseModel]] = {
    **dict.fromkeys((*STEPS, "refused", "found"), StepBody),
    "held": DelayBody,
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
# Kinds that a team sends; the desk may send them for a team on the telephone.
OF_TEAMS = frozenset({*STEPS, "held", "locked", "refused", "found", "corrected", "home", "form", "message"})
OF_DESK = OF_TEAMS | {"read", "event", "withdrawn", "lead", "clock"}


def checked_body(kind: str, body: object, where: str) -> dict[str, Any]:
    """
    Return the body of a report as JSON values; raise InputError if it does not match its kind.

    `where`: place of the report in the error.

    Raises
    ------
    InputError
        S976 for an unknown kind, or a body that does not match its kind.
    """
    if kind not in KINDS:
        raise _body_error(where, kind, "kind")
    try:
        read = KINDS[kind].model_validate_json(_ANYTHING.dump_json(body))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _body_error(where, kind, ".".join(map(str, first["loc"])) or kind) from error
    except ValueError as error:
        raise _body_error(where, kind, kind) from error
    if isinstance(read, FormBody):
        _refuse_unknown(read, where)
    return read.model_dump(mode="json", exclude_none=True)


def _refuse_unknown(form: FormBody, where: str) -> None:
    for name, answer in form.answers.items():
        is_known = name in ANSWERS and (name != "unit_state" or answer in ("", *UNIT_STATES))
        if not is_known or (name in RESULT_ANSWERS and answer not in ("", "yes", "no")):
            raise _body_error(where, "form", f"answers.{name}")


def _body_error(where: str, kind: str, name: str) -> InputError:
    return InputError([Issue("S976", where, {"kind": kind[:40], "name": name[:80]})])


def past_midnight(body: Mapping[str, Any], at_s: int) -> dict[str, Any]:
    """
    Return the body of a report with its `until` (HH:MM) taken as after midnight if that is meant.

    That is so if `until` is more than half a day before the time `at_s` of the report; 01:00 then becomes 25:00.
    """
    made = dict(body)
    if isinstance(made.get("event"), Mapping):
        made["event"] = past_midnight(made["event"], at_s)
    if made.get("until"):
        meant_s = seconds_of(made["until"]) + DAY_S
        if meant_s < at_s + DAY_S // 2 and meant_s <= LAST_CLOCK_S:
            made["until"] = exact_clock(meant_s)
    return made
