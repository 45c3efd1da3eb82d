"""The glossary: both pages have the same terms, and each term names a module, or a name in one, that exists."""

from __future__ import annotations

import re

from tests.paths import ROOT

ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \| `([\w.]+)` \|$", re.MULTILINE)
ENGLISH = ROW.findall((ROOT / "docs/glossary.md").read_text(encoding="utf-8"))
CHINESE = ROW.findall((ROOT / "docs/zh/glossary.md").read_text(encoding="utf-8"))


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, a package, or a class or function at the top of a module."""
    path = ROOT.joinpath(*name.split("."))
    if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file():
        return True
    module = path.parent.with_suffix(".py")
    definition = rf"^(?:class |(?:async )?def )?{path.name}\b"
    return module.is_file() and re.search(definition, module.read_text(encoding="utf-8"), re.MULTILINE) is not None


def test_both_pages_list_the_same_terms_with_the_same_modules() -> None:
    # A row of another form would be in no list.
    assert (ROOT / "docs/glossary.md").read_text(encoding="utf-8").count("\n| ") - 7 == len(ENGLISH) > 70
    assert [(chinese, term, module) for term, chinese, _, module in ENGLISH] == [
        (chinese, term, module) for chinese, term, _, module in CHINESE
    ]


def test_no_term_is_listed_twice() -> None:
    for terms in ([row[0] for row in ENGLISH], [row[1] for row in ENGLISH]):
        assert sorted({term for term in terms if terms.count(term) > 1}) == []


def test_a_name_that_does_not_exist_is_found_out() -> None:
    assert is_there("geodata.errors.Issue")
    assert is_there("sweep.plan")
    assert not is_there("geodata.errors.Issues")
    assert not is_there("sweep.plans")


def test_every_module_and_every_name_exists() -> None:
    assert [module for *_, module in ENGLISH if not is_there(module)] == []
