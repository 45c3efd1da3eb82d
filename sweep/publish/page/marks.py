"""Draft or approved (C29): the parts of a page that say which, and the page once a person has approved its plan."""

from __future__ import annotations

import re

from geodata.texts import Texts
from sweep.audit.approval import Approval
from sweep.publish.page.pages import render_part

# Comments cannot come from a table: every value in a page is escaped.
_MARK = re.compile(r"<!--mark:(badge|watermark|note)-->.*?<!--/mark-->", re.DOTALL)
_DRAFT = '<!--mark:watermark--><div class="watermark"'


def approved_page(page: str, approval: Approval, texts: Texts) -> str:
    """A draft page with its marks turned: no watermark, and who approved it, when, and where that is on record."""

    def turned(mark: re.Match[str]) -> str:
        return render_part(f"page/mark_{mark[1]}.html.j2", texts, approval=approval).strip()

    return _MARK.sub(turned, page)


def is_draft(page: str) -> bool:
    """Whether a page carries the draft's watermark."""
    return _DRAFT in page
