"""Page of an encrypted order, which asks for the passphrase and then shows the order."""

import base64
import json
import re

from markupsafe import Markup

from geodata.message_catalogue import Texts
from sweep.publish.facts.team_facts import TeamFacts
from sweep.publish.orders.encrypted_order import Chance, seal
from sweep.publish.page.escape import json_for_script
from sweep.publish.page.render_pages import render_page, static_text

_SEALED = re.compile(r'id="sealed">(.*?)</script>', re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)
_BODY = re.compile(r"<body>(.*)</body>", re.DOTALL)


def sealed_order(
    page: str,
    plan_id: str,
    team: TeamFacts,
    passphrase: str,
    texts: Texts,
    chance: Chance,
    least_bytes: int = 0,
    salt: bytes | None = None,
) -> str:
    """
    Return the page of an order with its body encrypted; only the team's letter and the plan's id stay readable.

    The style sheet, which all orders share, is not encrypted, so that the page's policy can name its hash.

    Parameters
    ----------
    page
        The readable order, as `order_page` makes it.
    chance, least_bytes
        Function that returns n random bytes; size in bytes to which a shorter order is padded.
    salt
        Salt of an earlier encryption of this order, so that phones can still open saved form entries; None: a new one.
    """
    style, body = page_parts(page)
    sealed = seal(body, passphrase, f"sweep order 1|{plan_id}|{team.letter}", chance, least_bytes, salt)
    words = {name: texts(f"seal.{name}") for name in ("wrong", "working", "empty", "no_crypto", "lock")}
    return render_page(
        "orders/sealed.html.j2",
        texts,
        team=team,
        plan_id=plan_id,
        # Both are the program's own text, or JSON that cannot end its element.
        style=Markup(style),  # noqa: S704
        data=Markup(json_for_script({**sealed.for_page(), "texts": words})),  # noqa: S704
        fill=Markup(static_text("orders/fill.js")),  # noqa: S704
        script=Markup(static_text("orders/seal.js")),  # noqa: S704
    )


def salt_of(page: str) -> bytes | None:
    """Return the salt of a page made by `sealed_order`; None for any other text."""
    match = _SEALED.search(page)
    try:
        return base64.b64decode(json.loads(match[1])["salt"], validate=True) if match else None
    except (ValueError, KeyError, TypeError):
        return None


def page_parts(page: str) -> tuple[str, str]:
    """
    Return the contents of the elements `style` and `body` (without scripts) of a page of this package.

    Raises
    ------
    ValueError
        If the page does not have exactly one style sheet and one body.
    """
    styles, bodies = _STYLE.findall(page), _BODY.findall(page)
    if len(styles) != 1 or len(bodies) != 1:
        raise ValueError(f"page must have one style sheet and one body, got {len(styles)} and {len(bodies)}")
    return styles[0], _SCRIPT.sub("", bodies[0])
