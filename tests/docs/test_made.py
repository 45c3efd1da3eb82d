"""What is made from the code is up to date, and each member of a kind has its heading or its row."""

from __future__ import annotations

import re

import pytest

from docs.tools.commands import commands
from docs.tools.folders import PACKAGES
from docs.tools.make import stale
from docs.tools.markdown import LANGUAGE_FOLDERS, with_block
from docs.tools.outputs import OUTPUTS, OUTPUTS_OF_BROKEN
from docs.tools.settings import chinese, key_names, meanings, paths, sections
from geodata.message_catalogue import load_texts
from geodata.read.column_aliases import REQUIRED
from geodata.schema import SCHEMAS
from sweep.publish.exports.export_formats import FORMATS
from sweep.rulebook.numbered_rules import BOOK
from sweep.scenario.scenario import Scenario
from tests.chinese_marks import half_width
from tests.paths import ROOT

DOCS = ROOT / "docs"
languages = pytest.mark.parametrize("lang", LANGUAGE_FOLDERS)


def page(lang: str, name: str) -> str:
    return (LANGUAGE_FOLDERS[lang] / name).read_text(encoding="utf-8")


def rows(text: str) -> set[str]:
    """What stands as code in the first cell of any row."""
    return set(re.findall(r"^\| (?:<a[^>]*></a>)?`([^`]+)`", text, re.MULTILINE))


def test_whatever_is_made_is_what_the_code_says() -> None:
    assert [str(p.relative_to(ROOT)) for p in stale()] == [], "run: uv run python -m docs.tools.make"


def test_a_changed_block_is_stale_and_a_page_without_it_is_refused() -> None:
    text = "before\n<!-- made: x -->\n\nold\n\n<!-- end: x -->\nafter\n"
    assert with_block(text, "x", "new") == text.replace("old", "new")
    with pytest.raises(ValueError, match="one block 'y'"):
        with_block(text, "y", "new")


@languages
def test_every_command_has_a_heading_and_every_option_a_row(lang: str) -> None:
    parts = dict(re.findall(r"^### sweep (.+)\n((?:(?!^##).*\n)*)", page(lang, "commands.md"), re.MULTILINE))
    assert set(parts) == {name for name, _ in commands()}
    assert len(parts) > 20
    for name, one in commands():
        options = {o for p in one.params if p.param_type_name == "option" and p.name != "help" for o in p.opts}
        assert options <= {o.split()[0] for r in rows(parts[name]) for o in r.split(", ")}, name


@languages
def test_every_section_has_a_heading_and_every_key_a_row(lang: str) -> None:
    parts = re.split(r"^## ", page(lang, "settings.md"), flags=re.MULTILINE)[1:]
    told = [(part.partition("\n")[0], rows(part)) for part in parts]
    top = {"en": "At the top of the file", "zh_CN": "文件开头"}[lang]
    assert told == [(header or top, set(key_names(section))) for header, section in sections()]


@languages
def test_every_section_and_every_key_has_a_meaning(lang: str) -> None:
    for path, section in paths().items():
        # The top of a file and the tables of city.toml and campaign.toml are explained by their pages.
        own = [] if path.startswith(("scenario", "campaign", "city")) else [""]
        means = meanings(path, lang)
        assert [key for key in (*own, *key_names(section)) if not means.get(key)] == [], path


def test_the_chinese_meanings_have_no_key_that_no_section_has() -> None:
    assert chinese().keys() == paths().keys()
    for path, section in paths().items():
        assert chinese()[path].keys() - key_names(section).keys() <= {""}, path


def test_a_chinese_meaning_has_the_name_that_messages_give_the_setting() -> None:
    texts, means = load_texts("zh_CN"), chinese()
    names = {tuple(k.split(".")[1:]): texts(k) for k in texts.keys() if re.match(r"setting\.\w+\.\w+$", k)}  # noqa: SIM118
    found = {
        (section, key): means[section].get(key) or means.get(f"{section}.{key}", {}).get("") for section, key in names
    }
    assert len(names) > 30
    assert [key for key, text in found.items() if names[key] not in (text or "")] == []


def test_the_chinese_meanings_have_no_half_width_marks() -> None:
    assert [text for section in chinese().values() for text in section.values() if half_width(text)] == []


def test_no_key_of_the_scenario_is_left_out_of_the_settings() -> None:
    schema = Scenario.model_json_schema()
    records = [schema, *schema["$defs"].values()]
    inside = {key for record in records for key in record.get("properties", {})}
    headers = re.findall(r"^## \[+([^]]+)\]", page("en", "settings.md"), re.MULTILINE)
    shown = (
        rows(page("en", "settings.md"))
        | rows(page("en", "inputs.md"))
        | {part for header in headers for part in header.split(".")}
    )
    assert inside - shown == {"folder", "city"}


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_command_stands_in_its_part_of_the_day(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    block = text.partition("<!-- made: day -->")[2].partition("<!-- end: day -->")[0]
    assert re.findall(r"`([a-z ]+)`", block.partition("| --- |")[2]) == [name for name, _ in commands()]


@languages
def test_every_fault_has_a_row(lang: str) -> None:
    codes = {k.split(".")[1] for k in load_texts(lang).keys() if re.match(r"issue\.[GS]\d+\.what", k)}  # noqa: SIM118
    assert len(codes) > 150
    assert codes == rows(page(lang, "errors.md"))


@languages
def test_every_rule_has_a_row(lang: str) -> None:
    text = page(lang, "rules.md")
    assert [rule_id for rule_id in BOOK if f"| {rule_id} |" not in text] == []


@languages
def test_every_file_of_an_edition_has_a_row(lang: str) -> None:
    assert {*OUTPUTS, *OUTPUTS_OF_BROKEN} <= rows(page(lang, "files.md"))


@languages
def test_every_format_has_a_row(lang: str) -> None:
    assert set(FORMATS) <= rows(page(lang, "files.md"))


@languages
def test_every_table_has_a_heading_and_every_column_a_row(lang: str) -> None:
    parts = re.split(r"^## ", page(lang, "columns.md"), flags=re.MULTILINE)[1:]
    told = {part.partition("\n")[0]: rows(part) for part in parts}
    assert told == {name: set(SCHEMAS[name].columns) for name in REQUIRED}


def test_every_folder_has_a_row() -> None:
    folders = {f"{p.parent.relative_to(ROOT)}/" for name in PACKAGES for p in (ROOT / name).rglob("*.py")}
    assert folders == rows((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
