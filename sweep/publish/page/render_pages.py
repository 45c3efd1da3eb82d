"""Rendering of pages: escaped templates, a content security policy, and draft or approval marks (C29)."""

import base64
import hashlib
import re
from functools import cache
from importlib import resources

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from geodata.message_catalogue import Texts
from sweep.audit.approval import Approval
from sweep.publish.page.escape import fixed_decimals, isolate_direction

_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)
_HEAD = "<head>"


def _isolated(value: object) -> object:
    """Isolate the writing direction of a value that is plain text; return markup and other values unchanged."""
    return isolate_direction(value) if type(value) is str else value


def template_environment(*packages: str) -> Environment:
    """Return a template environment that escapes all values; a template is taken from the first package that has it."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(package, "") for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_isolated,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _environment() -> Environment:
    # Those of a wing are named from `sweep`: `province/pages/page.html.j2`.
    environment = template_environment("sweep.publish", "sweep")
    environment.globals["fixed"] = fixed_decimals
    # A page is a draft until `approved_page` changes its marks.
    environment.globals["approval"] = None
    return environment


@cache
def static_text(name: str) -> str:
    """Return a script or style sheet by its path in `sweep/publish/`, such as `page/sort.js`, or else in `sweep/`."""
    own = resources.files("sweep.publish") / name
    return (own if own.is_file() else resources.files("sweep") / name).read_text(encoding="utf-8")


def render_part(template: str, texts: Texts, **values: object) -> str:
    """Return a part of a page from a template of `sweep/publish/`; texts are available as `t`, values are escaped."""
    return _environment().get_template(template).render(t=texts, **values)


def render_page(template: str, texts: Texts, **values: object) -> str:
    """Return a whole page, made from a template, with a security policy; texts are available as `t`, values escaped."""
    return with_policy(render_part(template, texts, **values))


def with_policy(page: str, images: str = "") -> str:
    """
    Add a Content-Security-Policy that allows only the page's present scripts and styles, by hash.

    Hashes are used instead of a nonce: the page must have the same bytes on every run, and a predictable nonce would
    allow any script that repeats it.

    Parameters
    ----------
    page
        HTML whose style elements and script elements with code have no attributes.
    images
        Image source that is allowed in addition to inlined images.

    Raises
    ------
    ValueError
        If the page has no head.
    """
    if _HEAD not in page:
        raise ValueError("page must have a <head>")
    hashes: dict[str, list[str]] = {"style": [], "script": []}
    for kind, content in _INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
        hashes[kind].append(f"'sha256-{digest}'")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {' '.join(dict.fromkeys(hashes['style'])) or "'none'"}",
            f"script-src {' '.join(dict.fromkeys(hashes['script'])) or "'none'"}",
            f"img-src data: {images}".rstrip(),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return page.replace(_HEAD, f'{_HEAD}\n<meta charset="utf-8">\n{meta}', 1)


# Comments cannot come from a table: every value in a page is escaped.
_MARK = re.compile(r"<!--mark:(badge|watermark|note)-->.*?<!--/mark-->", re.DOTALL)


def approved_page(page: str, approval: Approval, texts: Texts) -> str:
    """Return the approved version of a draft page: no watermark, and a note on the approval."""
    return _MARK.sub(lambda mark: _mark(mark, approval, texts), page)


def is_marked(page: str, approval: Approval | None, texts: Texts) -> bool:
    """Whether a page has a place for a watermark, and its badge, watermark and note fit `approval` (None: a draft)."""
    marks = list(_MARK.finditer(page))
    has_place = any(mark[1] == "watermark" for mark in marks)
    return has_place and all(mark[0] == _mark(mark, approval, texts) for mark in marks)


def unmarked(page: str) -> str:
    """Return the page without the text of its draft or approval marks; equal for a draft and its approved version."""
    return _MARK.sub(r"<!--mark:\1-->", page)


def _mark(mark: re.Match[str], approval: Approval | None, texts: Texts) -> str:
    # The page determines the number of its watermarks, at least one.
    n_marks = max(1, mark[0].count("<use "))
    return render_part(f"page/mark_{mark[1]}.html.j2", texts, approval=approval, n_marks=n_marks).strip()
