"""Attributes of persons cannot enter: no table has such a column, and every table refuses one."""

from __future__ import annotations

import re

import pandas as pd
import pandera.errors
import pytest

from geodata.schema import FIRMS, LEADS, SCHEMAS

PERSONAL = re.compile(
    "name|phone|mobile|id_no|identity|card|gender|sex|female|age|birth|ethnic|nation|relig|hukou|origin|native|person"
    "|legal_rep|staff"
)
# What only looks so: names of things, a pseudonym, the count of staff, and the sex that the rule on searches needs.
HARMLESS = {
    "building_name", "other_names", "firm_name", "base_name", "street_name", "division_name", "person_id", "is_female",
    "n_staff", "agency", "seized_phones", "seized_cards", "name_match",
    "phones_seen", "cards_seen", "legal_rep_contact",
}  # fmt: skip


def test_no_table_has_a_column_of_a_person() -> None:
    found = {c for schema in SCHEMAS.values() for c in schema.columns if PERSONAL.search(str(c))}
    assert found - HARMLESS == set()


def test_the_sex_of_an_officer_is_in_the_roster_alone() -> None:
    assert [name for name, schema in SCHEMAS.items() if "is_female" in schema.columns] == ["roster"]


@pytest.mark.parametrize("column", ["ethnicity", "religion", "hukou", "gender", "legal_rep", "phone", "id_number"])
@pytest.mark.parametrize("name", list(SCHEMAS))
def test_a_table_with_one_is_refused(name: str, column: str) -> None:
    schema = SCHEMAS[name]
    frame = pd.DataFrame({c: pd.Series(dtype=object) for c in [*schema.columns, column]})
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        schema.validate(frame, lazy=True)
    refused = caught.value.failure_cases
    assert column in set(refused.loc[refused["check"].eq("column_in_schema"), "failure_case"])


def test_leads_and_firms_know_no_person_at_all() -> None:
    assert not {"person_id", "is_female"} & {*LEADS.columns, *FIRMS.columns}
