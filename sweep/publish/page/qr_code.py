"""QR code as an SVG element of a page."""

import io

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """Return a text as a QR code: an SVG element, black on white, with its quiet zone."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, light="#fff", svgclass="qr", lineclass=None
    )
    # segno writes paths and numbers only.
    return Markup(out.getvalue().decode("utf-8"))  # noqa: S704
