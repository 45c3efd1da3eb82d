from __future__ import annotations

import re
from importlib import resources

import pytest
from babel.messages.pofile import read_po

from geodata.message_catalogue import load_texts
from geodata.schema import COUNTED_ITEMS, TICKED_ITEMS, UNIT_STATES
from tests.paths import ROOT
from tests.test_catalogue import holes

LANGUAGES = {lang: load_texts(lang) for lang in ("zh_CN", "en")}
USED = re.compile(r"""\b(?:t|texts)\(\s*f?(['"])([a-z][\w.]*\w)\1\s*[,)]""")


def own() -> dict[str, str]:
    """Key and text of the publish stage's own part of the catalogue."""
    texts: dict[str, str] = {}
    for name in ("compare.po", "map.po", "orders.po", "publish.po"):
        with (resources.files("sweep") / "locale" / "en" / name).open("rb") as file:
            texts |= {str(m.id): str(m.string) for m in read_po(file, locale="en") if m.id}
    return texts


def sources() -> dict[str, str]:
    package = ROOT / "sweep" / "publish"
    files = [*package.rglob("*.py"), *package.rglob("*.j2")]
    return {str(f.relative_to(package)): f.read_text(encoding="utf-8") for f in files}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_used_is_there(lang: str) -> None:
    used = {(name, m[2]) for name, text in sources().items() for m in USED.finditer(text)}
    assert len(used) > 150
    assert sorted(u for u in used if u[1] not in LANGUAGES[lang]) == []


def test_every_key_is_used() -> None:
    code = "".join(sources().values())
    built = (
        "bound_method.",
        "compare.row.",
        "compare.kept",
        "compare.gained",
        "compare.lost",
        "input.",
        "issue.",
        "lead_type.",
        "travel_method.",
        "agency.",
        "item.",
        "map.field.",
        "map.why.",
        "command.help.",
        "order.contact.",
        "seal.",
        "order.nav.",
        "map.kind.",
        "map.now.",
        "prevalence.",
        "reason.",
        "role.",
        "skill.",
        "state.",
        "term.",
        "track.",
        "unit_state.",
        "violation.",
    )
    loose = [
        k
        for k in own()
        if not k.startswith((*built, "coverage."))
        and f'"{k.removeprefix("map.")}"' not in code
        and f"'{k}'" not in code
        and f'"{k}"' not in code
    ]
    assert loose == []


def test_every_check_item_has_a_name() -> None:
    keys = [*(f"item.{i}" for i in (*TICKED_ITEMS, *COUNTED_ITEMS)), *(f"unit_state.{s}" for s in UNIT_STATES)]
    assert [key for key in keys if key not in LANGUAGES["zh_CN"]] == []


def test_each_reason_has_title_what_and_action() -> None:
    codes = {key.split(".")[1] for key in own() if key.startswith("reason.")}
    assert {f"reason.{c}.{part}" for c in codes for part in ("title", "what", "action")} <= own().keys()


def test_every_violation_names_its_place_and_nothing_that_it_does_not_have() -> None:
    texts = {k: holes(text) for k, text in own().items() if k.startswith("violation.")}
    assert [k for k, named in texts.items() if not {"where"} <= named <= {"where", "detail", "got", "wanted"}] == []
