"""Adds llms.txt to the site, a list of its pages for programs that read text (llmstxt.org); a hook of mkdocs."""

from __future__ import annotations

import re
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

_NAME = "llms.txt"
_NO_SENTENCE = ("#", "|", "!", "<", "```", "    ", "---", "- ")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def on_env(env: Any, config: MkDocsConfig, files: Files) -> Any:
    """Called by mkdocs when every page has been read: the list becomes one more file of the site."""
    content = llms_text(config, files)
    files.append(File.generated(config, _NAME, content=content))
    return env


def llms_text(config: MkDocsConfig, files: Files) -> str:
    """Name and purpose of the site, then each section with its pages: title, address, first sentence."""
    sections: dict[str, list[str]] = {}
    pages = {file.src_uri: file.page for file in files.documentation_pages() if file.page}
    for section, path in _nav_paths(config.nav or []):
        page = pages[path]
        line = f"- [{page.title}]({page.url}): {_first_sentence(page.markdown or '')}"
        sections.setdefault(section, []).append(line)
    parts = [f"# {config.site_name}", f"> {config.site_description}"]
    for section, lines in sections.items():
        parts += [f"## {section}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _nav_paths(nav: list[Any]) -> list[tuple[str, str]]:
    """Section and source of each page, in the order of the navigation."""
    found = []
    for entry in nav:
        ((title, inside),) = entry.items()
        if isinstance(inside, str):
            found.append((title, inside))
        else:
            found += [(title, path) for page in inside for path in page.values()]
    return found


def _first_sentence(markdown: str) -> str:
    """The first sentence of the first paragraph that is one, without its links."""
    paragraphs = (part.strip("\n") for part in re.split(r"\n\s*\n", markdown))
    text = next((p for p in paragraphs if p and not p.startswith(_NO_SENTENCE)), "")
    text = _LINK.sub(r"\1", " ".join(text.split()))
    sentence = re.match(r".*?(?:。|\.(?= |$))|.*", text)
    return sentence[0].rstrip("：:；;") if sentence else ""
