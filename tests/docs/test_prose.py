"""Docstrings, comments, the English texts and the docs keep to plain terms, by a list of words and of openings."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.message_catalogue import load_texts
from tests.paths import ROOT

# Each pattern with its replacement.
WORDS = {
    r"whoever|whomever|whosoever|nobody|no one": "name the actor: the team, a person on duty, the caller, no team",
    r"somebody|anybody|everybody|someone|anyone|everyone": "name the actor: the team, a person on duty, the caller",
    r"(?:is|are) none": "is not ..., is missing, there is no ...",
    r"so many|so much": "the number, the amount, this number of",
    r"as ever|as it is|on the way": "unchanged, current, en route",
    r"go on|goes on|went on": "continue, continues, continued",
    r"besides?": "next to, in addition to",
    r"stands|stood": "is, is listed, applies (stands for: means)",
    r"tells?|told": "report, log, show, say",
    r"mend(?:s|ed)?|slips?": "fix, correct; error",
    r"anew|oftener|manieth": "again, more often, the number of",
    r"hushed|(?:set )?aside": "redacted, quarantined",
    r"whatever|wherever|whichever way": "every ..., any ..., where",
    r"what is at stake|left out are": "name the thing; normal word order",
    r"foreseen|manned": "forecast, assigned",
    r"heat|laps?|shakes?|stretch(?:es)?": "temperature, round, perturbation, segment",
}
WORD = re.compile("|".join(rf"(?P<w{n}>\b(?:{words})\b)" for n, words in enumerate(WORDS)), re.IGNORECASE)
# A docstring begins with a noun or a verb.
OPENING = re.compile(r"(?:What|Who|Whom|Whose|How|All that|Of|By|In|That|Where|When|If|Which|For)\b")
# Not prose: code in backticks, addresses, comments for tools.
CODE = re.compile(r"```.*?```|``[^`]*``|`[^`]*`|https?://\S+|<!--.*?-->", re.DOTALL)
TOOL = re.compile(r"#\s*(?:noqa|type:|pragma|fmt:)")


def errors_of(text: str) -> list[str]:
    """Words of the list in a text, each with its replacement."""
    found = WORD.finditer(CODE.sub(" ", text))
    replacements = list(WORDS.values())
    return [f"{m[0]!r}: use {replacements[int(str(m.lastgroup)[1:])]}" for m in found]


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of every docstring of a module, those of its fields too."""
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        before: list[ast.stmt | None] = [None, *node.body]
        for previous, one in zip(before, node.body, strict=False):
            is_field = isinstance(previous, (ast.Assign, ast.AnnAssign))
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and (previous is None or is_field):
                yield one.lineno, str(one.value.value).strip()


def errors_of_module(source: str) -> list[tuple[int, str]]:
    """(line, error) of every docstring and comment of a module that falls outside the list."""
    texts = list(docstrings(ast.parse(source)))
    openings = [(line, f"opens with {m[0]!r}") for line, text in texts if (m := OPENING.match(text))]
    comments = [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and not TOOL.match(token.string)
    ]
    return sorted(openings + [(line, error) for line, text in texts + comments for error in errors_of(text)])


def pages() -> list[Path]:
    """The English pages, written by hand or generated."""
    return [*sorted((ROOT / "docs").glob("*.md")), *(p for p in sorted(ROOT.glob("*.md")) if ".zh" not in p.name)]


@pytest.mark.parametrize("package", ["geodata", "sweep"])
def test_docstrings_and_comments_keep_to_the_terms(package: str) -> None:
    modules = {p.relative_to(ROOT): p.read_text(encoding="utf-8") for p in sorted((ROOT / package).rglob("*.py"))}
    assert len(modules) > 50
    found = [f"{path}:{line}: {error}" for path, text in modules.items() for line, error in errors_of_module(text)]
    assert not found, f"{len(found)} in {package}\n" + "\n".join(found)


def test_a_name_in_a_docstring_exists() -> None:
    modules = {
        p: p.read_text(encoding="utf-8") for at in ("geodata", "sweep") for p in sorted((ROOT / at).rglob("*.py"))
    }
    texts = {path: list(docstrings(ast.parse(text))) for path, text in modules.items()}
    # Words of the code without its docstrings, of the migrations and of the module names.
    known = {part for path in modules for part in path.relative_to(ROOT).with_suffix("").parts}
    for path, code in modules.items():
        for _, text in texts[path]:
            code = code.replace(text, "")
        known.update(re.findall(r"\w+", code))
    for path in (ROOT / "sweep").rglob("*.sql"):
        known.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    missing = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path, found in texts.items()
        for line, text in found
        for name in re.findall(r"`([a-z]\w*(?:\.\w+)*)`", text)
        if "_" in name and not known.issuperset(name.split("."))
    ]
    assert not missing, "\n".join(missing)


def test_the_english_texts_keep_to_the_terms() -> None:
    texts = load_texts("en")
    found = [f"{key}: {error}" for key in sorted(texts.keys()) for error in errors_of(texts.raw(key))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_page_keeps_to_the_terms(page: Path) -> None:
    assert errors_of(page.read_text(encoding="utf-8")) == []


def test_a_word_and_an_opening_are_found_and_code_is_not() -> None:
    module = '"""What is told."""\n\nX = 1\n"""Mended: `anew`."""\n# nobody\n# noqa: anew\nY = "nobody"\n'
    assert [(line, error.partition(":")[0]) for line, error in errors_of_module(module)] == [
        (1, "'told'"),
        (1, "opens with 'What'"),
        (4, "'Mended'"),
        (5, "'nobody'"),
    ]
    assert [re.findall(r"'(.+?)'", e)[0] for e in errors_of("It stands for `x` beside\n```\nanew\n```")] == [
        "stands",
        "beside",
    ]
