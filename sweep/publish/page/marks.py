"""Draft or approved (C29): the parts of a page that say which, and the page once a person has approved its plan."""

from __future__ import annotations

import re

from geodata.texts import Texts
from sweep.audit.approval import Approval
from sweep.publish.page.pages import render_part

# Comments cannot come from a table: every value in a page is escaped.
_MARK = re.compile(r"<!--mark:(badge|watermark|note)-->.*?<!--/mark-->", re.DOTALL)


def approved_page(page: str, approval: Approval, texts: Texts) -> str:
    """A draft page with its marks turned: no watermark, and who approved it, when, and where that is on record."""
    return _MARK.sub(lambda mark: _mark(mark, approval, texts), page)


def is_marked(page: str, approval: Approval | None, texts: Texts) -> bool:
    """Whether every mark of a page is that of a draft, or of an approval, and there is a place for a watermark."""
    marks = list(_MARK.finditer(page))
    has_place = any(mark[1] == "watermark" for mark in marks)
    return has_place and all(mark[0] == _mark(mark, approval, texts) for mark in marks)


def unmarked(page: str) -> str:
    """The page without what stands in its marks: the same for a draft and for what an approval makes of it."""
    return _MARK.sub(r"<!--mark:\1-->", page)


def _mark(mark: re.Match[str], approval: Approval | None, texts: Texts) -> str:
    # A page says itself how many words its watermark has; one at the least.
    n_marks = max(1, mark[0].count("<use "))
    return render_part(f"page/mark_{mark[1]}.html.j2", texts, approval=approval, n_marks=n_marks).strip()
