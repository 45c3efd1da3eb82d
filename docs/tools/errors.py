"""The pages of errors, from the catalogue."""

from __future__ import annotations

import re

from geodata.message_catalogue import Texts

# By the first figures of a code, in order.
GROUPS = ("G1", "G2", "G3", "S10", "S11", "S2", "S3", "S4", "S5", "S6", "S71", "S72", "S8", "S9", "")


def errors_page(texts: Texts) -> str:
    """Every fault that the program tells, with its mend, as Markdown."""
    codes = sorted({k.split(".")[1] for k in texts.keys() if re.match(r"issue\.[GS]\d+\.what", k)})  # noqa: SIM118
    lines = [f"# {texts('errors.title')}", "", texts("errors.text"), ""]
    left = codes
    for group in GROUPS:
        own, left = [c for c in left if c.startswith(group)], [c for c in left if not c.startswith(group)]
        if own:
            lines += [f"## {texts(f'errors.group.{group or "other"}')}", "", _head(texts), "|---|---|---|"]
            lines += [_row(code, texts) for code in own]
            lines.append("")
    return "\n".join(lines)


def _head(texts: Texts) -> str:
    return f"| {texts('errors.code')} | {texts('errors.what')} | {texts('errors.fix')} |"


def _row(code: str, texts: Texts) -> str:
    clause = f"issue.{code}.nearest"
    nearest = texts.raw(clause) if clause in texts else "{nearest}"
    cells = (_shown(texts.raw(f"issue.{code}.{part}").replace("{nearest}", nearest)) for part in ("what", "fix"))
    return f'| <a id="{code}"></a>`{code}` | {" | ".join(cells)} |'


def _shown(text: str) -> str:
    """A sentence with its place-holders as names, and nothing that Markdown would take for its own."""
    # A hole is named with its own signs, which no sentence has.
    marked = re.sub(r"\{(\w+)[^}]*\}", "‹\\1›", text.replace("{{", "{").replace("}}", "}"))
    return re.sub(r"([|<>*_`\[\]])", r"\\\1", marked).replace("\n", " ")
