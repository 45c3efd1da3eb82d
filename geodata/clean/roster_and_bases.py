"""Cleaners of the roster and the bases, and checks of the ids that their rows refer to."""

import difflib
from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from geodata.clean.column_parsers.categories import category, is_female
from geodata.clean.column_parsers.columns import code_column, division, half_width, header, id_list, name, whole
from geodata.clean.column_parsers.date_columns import clock, moment
from geodata.clean.coordinates import points
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.clock_times import DAY_S
from geodata.datum.datum_names import Datum
from geodata.errors import Issue, first_items
from geodata.raw_table import Column, RawTable
from geodata.vocabulary.category_words import SKILLS


def clean_roster(raw: RawTable, *, is_of_one_day: bool = True) -> Cleaned:
    """
    Clean the roster; a bad row stops the run, and so does a roster from which no lawful team can be formed.

    A shift that ends before it starts ends the next day.

    Parameters
    ----------
    is_of_one_day
        Whether only the people on duty on the roster's day are wanted: those marked off duty are quarantined (G234).
        Otherwise they are kept, with `duty` as marked.

    Returns
    -------
    Cleaned
        Includes S201 if no woman holds a certificate (C19), S202 for each missing authority (C01).
    """
    cleaner = TableCleaner(raw)
    start_s, end_s = clock(cleaner, "shift_start_s"), clock(cleaner, "shift_end_s")
    is_overnight = end_s < start_s
    cleaner.repaired("shift_next_day", is_overnight)
    end_s = end_s.mask(is_overnight, end_s + DAY_S)
    cleaner.add_errors(end_s.eq(start_s) | (start_s > DAY_S), "G214", start=half_width(cleaner, "shift_start_s"))
    columns: dict[str, Column] = {
        "person_id": code_column(cleaner, "person_id"),
        "agency": category(cleaner, "agency"),
        "role": category(cleaner, "role"),
        "certificate_until": moment(cleaner, "certificate_until", no_end="far"),
        "is_female": is_female(cleaner),
        "base_id": code_column(cleaner, "base_id"),
        "division_code": division(cleaner),
        "recusals": id_list(half_width(cleaner, "recusals")),
        "skills": _skills(cleaner),
    }
    if "duty" in cleaner.frame:
        columns["duty"] = category(cleaner, "duty")
        cleaner.add_errors(half_width(cleaner, "duty").isna(), "G201", column=header(cleaner, "duty"))
    # The personal reason is in no message.
    is_off = columns["duty"].eq("off") if is_of_one_day and "duty" in columns else pd.Series(False, cleaner.index)
    cleaner.quarantine_rows(is_off, "G234")
    cleaner.frame = cleaner.frame.drop(columns="duty", errors="ignore")
    columns["shift_start_s"], columns["shift_end_s"] = whole(cleaner, start_s, 0), whole(cleaner, end_s, DAY_S)
    cleaned = cleaner.finish(columns, "person_id", stops=True, harmless=frozenset({"G234"}))
    on_duty = {name: column[~is_off] for name, column in columns.items()}
    return replace(cleaned, issues=(*cleaned.issues, *_missing_people(raw.file, on_duty)))


def _skills(cleaner: TableCleaner) -> Column:
    typed = id_list(half_width(cleaner, "skills"))
    known = typed.map(_known_skills, na_action="ignore").astype("str")
    cleaner.repaired("category", known.notna() & known.ne(typed))
    return known


def _known_skills(typed: str) -> str:
    return ";".join(dict.fromkeys(SKILLS.get(skill.strip().lower(), skill.strip()) for skill in typed.split(";")))


def _missing_people(file: str, columns: dict[str, Column]) -> list[Issue]:
    # Checked on every row, also those with other errors: one error should not be reported as two.
    is_certified = columns["role"].isin(("officer", "inspector")) & columns["certificate_until"].notna()
    # With unknown words nothing can be reported as missing.
    is_known = columns["role"].notna().all() and columns["agency"].notna().all()
    no_woman = [] if not is_known or (is_certified & columns["is_female"]).any() else [Issue("S201", file)]
    absent = [
        agency for agency in ("police", "market_regulation") if is_known and not columns["agency"].eq(agency).any()
    ]
    return [*no_woman, *(Issue("S202", file, {"agency": agency}) for agency in absent)]


def clean_bases(raw: RawTable, datum: Datum) -> Cleaned:
    """Clean the bases; any bad row stops the run."""
    cleaner = TableCleaner(raw)
    columns: dict[str, Column] = {
        "base_id": code_column(cleaner, "base_id"),
        "base_name": name(cleaner, "base_name"),
        "division_code": division(cleaner),
    }
    columns["lon"], columns["lat"] = points(cleaner, datum)
    return cleaner.finish(columns, "base_id", stops=True)


def check_bases(roster: pd.DataFrame, bases: pd.DataFrame, file: str) -> tuple[Issue, ...]:
    """Return an error (S203) for each base in the roster that `bases` lacks; `file`: name of the roster's file."""
    known = list(bases["base_id"])
    without_base = roster[~roster["base_id"].isin(known)].groupby("base_id")["person_id"]
    return tuple(
        Issue(
            "S203",
            f"{file} {', '.join(first_items(list(people)))}",
            {"base_id": str(base), "nearest": _nearest(str(base), known)},
        )
        for base, people in without_base
    )


def check_base_ids(bases: pd.DataFrame, buildings: pd.DataFrame, file: str) -> tuple[Issue, ...]:
    """
    Return an error (G280) for each base with the id of a building, since a plan identifies places by id alone.

    `file`: name of the bases' file.
    """
    shared = bases["base_id"][bases["base_id"].isin(buildings["building_id"])]
    return tuple(Issue("G280", f"{file} {base}", {"base_id": base}) for base in shared)


def check_recusals(roster: pd.DataFrame, known: Collection[str], file: str) -> tuple[Issue, ...]:
    """
    Return an issue (S204) for each recusal from an id that is not in `known`.

    `known`: ids of all buildings, firms, landlords and property companies; `file`: name of the roster's file.
    """
    listed = roster[["person_id", "recusals"]].dropna().to_numpy(dtype=str).tolist()
    return tuple(
        Issue("S204", f"{file} {person}", {"person_id": person, "recusal": recusal})
        for person, recusals in listed
        for recusal in recusals.split(";")
        if recusal not in known
    )


def _nearest(base_id: str, known: list[str]) -> str:
    near = difflib.get_close_matches(base_id, known, n=1, cutoff=0.4)
    return near[0] if near else ""
