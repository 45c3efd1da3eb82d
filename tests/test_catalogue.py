"""Every text for people is in the catalogue, in both languages, with the values that the code gives it."""

from __future__ import annotations

import ast
import io
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import geodata
import sweep
from geodata.errors import Code
from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.scenario.scenario import Scenario
from tests.chinese_marks import half_width

PACKAGES = {"geodata": Path(geodata.__file__).parent, "sweep": Path(sweep.__file__).parent}
SOURCES = {p: p.read_text(encoding="utf-8") for root in PACKAGES.values() for p in sorted(root.rglob("*.py"))}
CODES = sorted({c for text in SOURCES.values() for c in re.findall(r'"([GS]\d{3})"', text)})
REASONS = sorted({c for text in SOURCES.values() for c in re.findall(r'Reason\(\s*"([A-Z_]+)"', text)})


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def messages(lang: str, *packages: str) -> dict[str, str]:
    return dict(load_texts(lang, packages or tuple(PACKAGES))._messages)


def calls(name: str) -> Iterator[tuple[str, str, set[str]]]:
    """(file, code, names of the values) of every `name("CODE", ...)` with all values as keywords."""
    for path, source in SOURCES.items():
        for node in ast.walk(ast.parse(source)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name):
                continue
            code = node.args[0] if node.args else None
            values = node.args[2 if name == "Issue" else 1 :]
            given = values[0] if values else ast.Dict([], [])
            if isinstance(code, ast.Attribute) and isinstance(code.value, ast.Name) and code.value.id == "Code":
                code = ast.Constant(Code[code.attr].value)
            if isinstance(code, ast.Constant) and isinstance(given, ast.Dict) and None not in given.keys:
                yield path.name, str(code.value), {str(k.value) for k in given.keys if isinstance(k, ast.Constant)}


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_have_the_same_keys(package: str) -> None:
    assert messages("zh_CN", package).keys() == messages("en", package).keys()


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_have_the_same_place_holders(package: str) -> None:
    zh, en = messages("zh_CN", package), messages("en", package)
    assert [key for key in zh if holes(zh[key]) != holes(en[key])] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_catalogue_is_read_as_babel_reads_it(lang: str) -> None:
    files = [file for root in PACKAGES.values() for file in (root / "locale" / lang).glob("*.po")]
    read = {m.id: m.string for file in files for m in read_po(io.BytesIO(file.read_bytes()), locale=lang) if m.id}
    assert messages(lang) == read


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty(lang: str) -> None:
    assert [key for key, text in messages(lang).items() if not text.strip()] == []


@pytest.mark.parametrize("path", [p for root in PACKAGES.values() for p in sorted(root.rglob("*.po"))], ids=str)
def test_no_key_stands_twice(path: Path) -> None:
    count = Counter(re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE))
    assert [key for key, n in count.items() if n > 1] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_key_that_begins_with_the_name_of_a_catalogue_stands_in_it(lang: str) -> None:
    # All texts of the terminal are in command.po, and all of the map in map.po.
    for root in PACKAGES.values():
        parts = {p.stem: p.read_text(encoding="utf-8") for p in (root / "locale" / lang).glob("*.po")}
        keys = [
            (stem, key) for stem, text in parts.items() for key in re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
        ]
        assert [(stem, key) for stem, key in keys if stem != key.partition(".")[0] in parts] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_is_explained_with_its_mend(lang: str) -> None:
    assert len(CODES) > 50
    wanted = [f"issue.{code}.{part}" for code in CODES for part in ("what", "fix")]
    assert [key for key in wanted if key not in messages(lang)] == []


@pytest.mark.parametrize(("lang", "stop"), [("zh_CN", "。"), ("en", ".")])
def test_every_error_and_every_fix_is_a_full_sentence(lang: str, stop: str) -> None:
    texts = {key: text for key, text in messages(lang).items() if re.fullmatch(r"issue\.\w+\.(?:what|fix)", key)}
    assert len(texts) > 400
    assert {key: text for key, text in texts.items() if text[0].islower() or not text.endswith(stop)} == {}


def test_no_code_is_compared_with_a_literal() -> None:
    literal = re.compile(r"""(?:[!=]= |\bin [(\[{])\[?"[GS]\d{3}\"""")
    found = [
        f"{path.name}: {line.strip()}"
        for path, text in SOURCES.items()
        for line in text.splitlines()
        if literal.search(line)
    ]
    assert found == []
    assert literal.search('if issue.code in ("S933", "S938"):')


def test_every_fault_explained_can_happen() -> None:
    assert sorted({k.split(".")[1] for k in messages("en") if k.startswith("issue.")} - set(CODES)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_title_sentence_and_action(lang: str) -> None:
    assert len(REASONS) >= 9
    wanted = [f"reason.{code}.{part}" for code in REASONS for part in ("title", "what", "action")]
    assert [key for key in wanted if key not in messages(lang)] == []


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "parts"), [("Issue", ("what", "fix")), ("Reason", ("what", "action"))])
def test_the_code_gives_every_value_that_the_text_names(kind: str, parts: tuple[str, ...]) -> None:
    texts = messages("en")
    # Reasons are shown with the visit's district, which every visit has.
    known = {"district"} if kind == "Reason" else set()
    found = list(calls(kind))
    assert len(found) > 5
    lacking = [
        (file, code, part, missing)
        for file, code, given in found
        for part in parts
        if (missing := holes(texts.get(f"{kind.lower()}.{code}.{part}", "")) - given - known)
    ]
    assert lacking == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_named_in_the_code_is_there(lang: str) -> None:
    used = {k for text in SOURCES.values() for k in re.findall(r'(?:texts|line)\(\s*"([a-z][\w.]*\.\w+)"', text)}
    assert len(used) > 20
    assert sorted(used - messages(lang).keys()) == []


def test_no_chinese_text_holds_an_english_phrase() -> None:
    # Two adjacent English words, except in commands; names and codes are single words.
    phrase = re.compile(r"(?<!\bsweep )\b(?!sweep |uv )[A-Za-z]{3,} [a-z]{2,}\b")
    texts = {key: re.sub(r"\{[^}]*\}|--[\w-]+", "·", text) for key, text in messages("zh_CN").items()}
    assert {key: found[0] for key, text in texts.items() if (found := phrase.search(text))} == {}
    assert phrase.search("不允许：Input should be a number")


def test_chinese_texts_have_full_width_marks() -> None:
    # A placeholder represents a Chinese word.
    texts = {key: re.sub(r"\{[^}]*\}", "中", text) for key, text in messages("zh_CN").items()}
    # A template of scenario.toml is code except its comments.
    texts = {key: text for key, text in texts.items() if not key.startswith("command.template")}
    assert {key: found for key, text in texts.items() if (found := half_width(text))} == {}
    assert len(half_width("规划写字楼联合检查:排序,编组(全程离线)")) == 4


def test_a_key_of_the_scenario_stands_in_a_chinese_text_behind_what_it_sets() -> None:
    sections = "|".join(Scenario.model_fields)
    bare = re.compile(rf"(?<![（\[A-Za-z_.=\-])(?<!--grid )(?:{sections})\.[a-z_]+(?![a-z_.])")
    files = re.compile(r"\b[\w/]+\.(?:csv|xlsx|toml|json|html|md|po|py|pbf|gpkg)\b")
    texts = {k: files.sub("", t) for k, t in messages("zh_CN").items() if not k.startswith("command.template")}
    assert {key: found[0] for key, text in texts.items() if (found := bare.search(text))} == {}
    assert bare.search("将teams.n_teams设为")
