"""Printing of all orders: one page with every order, and the local browser that prints it to PDF."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from geodata.atomic_writes import scratch
from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from sweep.publish.orders.sealed_page import page_parts
from sweep.publish.page.render_pages import render_page

# Names of Chromium browsers; Edge is on every Windows. The headless shell takes a third of the time.
_NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "msedge", "microsoft-edge",
)  # fmt: skip
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def print_page(pages: Sequence[str], texts: Texts) -> str:
    """Return one HTML page with all orders (HTML `pages`), each starting on a new sheet when printed."""
    parts = [page_parts(page) for page in pages]
    # All text is from pages of this package, whose values are escaped already.
    return render_page(
        "orders/print.html.j2",
        texts,
        style=Markup(parts[0][0]),  # noqa: S704
        bodies=[Markup(body) for _, body in parts],  # noqa: S704
    )


def find_browser() -> str:
    """Return the path of a Chromium browser on this machine; InputError S731 if no browser is found."""
    browser = next((path for name in _NAMES if (path := shutil.which(name))), None)
    browser = browser or next((place for place in _PLACES if Path(place).is_file()), None)
    if browser is None:
        raise InputError([Issue("S731", "--pdf", {"known": tuple(_NAMES)})])
    return browser


def print_pdf(page: str, browser: str) -> bytes:
    """
    Return a page as PDF with embedded fonts, printed by the program `browser` (path) without network or user profile.

    Raises
    ------
    InputError
        S732 if the browser prints nothing.
    """
    with scratch() as folder:
        source, target = folder / "orders.html", folder / "orders.pdf"
        source.write_text(page, encoding="utf-8")
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            # Chromium refuses to use its sandbox as root.
            *(("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()),
            source.as_uri(),
        ]
        try:
            # No shell; every part is a constant or a path found.
            subprocess.run(command, check=True, capture_output=True, timeout=180)  # noqa: S603
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise InputError([Issue("S732", browser, {"problem": type(error).__name__})]) from error
