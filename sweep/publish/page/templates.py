"""Templates to pages: every value escaped, a policy that lets them load nothing, marks of draft or approved (C29)."""

import base64
import hashlib
import re
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from geodata.message_catalogue import Texts
from sweep.audit.approval import Approval
from sweep.publish.page.escape import fixed, isolated

_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)
_HEAD = "<head>"


def _isolated(value: object) -> object:
    """A value as it goes into a page; what the program wrote itself stays as it is."""
    return isolated(value) if type(value) is str else value


def template_environment(package: str) -> Environment:
    """Templates of a package; every value is escaped, and a name without one is an error."""
    return Environment(
        loader=PackageLoader(package, ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_isolated,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _environment() -> Environment:
    environment = template_environment("sweep.publish")
    environment.globals["fixed"] = fixed
    # A page is a draft until `sweep.publish.page.templates` turns it.
    environment.globals["approval"] = None
    return environment


@cache
def static_text(name: str) -> str:
    """A script or style sheet of `sweep/publish/`, as `page/sort.js`."""
    return (resources.files("sweep.publish") / name).read_text(encoding="utf-8")


def render_part(template: str, texts: Texts, **values: object) -> str:
    """A piece of a page from a template of `sweep/publish/`, with the catalogue as `t`; all is escaped but `Markup`."""
    return _environment().get_template(template).render(t=texts, **values)


def render_page(template: str, texts: Texts, **values: object) -> str:
    """A whole page, with its policy; parameters as in `render_part`."""
    return with_policy(render_part(template, texts, **values))


def with_policy(page: str, images: str = "") -> str:
    """
    The page with a Content-Security-Policy that allows the scripts and styles it has now, by hash, and nothing else.

    A hash and not a nonce: the page must be the same bytes on every run, and a nonce that can be foretold allows
    whatever repeats it.

    Parameters
    ----------
    page
        Its script elements with code and its style elements have no attributes.
    images
        A source of images that the user has named, besides those inside the page.

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
