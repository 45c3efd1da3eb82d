"""All orders on paper: one page to print, and the browser of the machine that prints it."""

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
from sweep.publish.page.templates import render_page

# The same engine under its many names; Edge is on every Windows. The shell prints the same in a third of the time.
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
    """Every order in one page, each from a new sheet of paper."""
    parts = [page_parts(page) for page in pages]
    # All is text of pages of this package, whose values were escaped when they were made.
    return render_page(
        "orders/print.html.j2",
        texts,
        style=Markup(parts[0][0]),  # noqa: S704
        bodies=[Markup(body) for _, body in parts],  # noqa: S704
    )


def find_browser() -> str:
    """
    A browser of Chromium's kind.

    Raises
    ------
    InputError
        S731 if there is none.
    """
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    found = found or next((place for place in _PLACES if Path(place).is_file()), None)
    if found is None:
        raise InputError([Issue("S731", "--pdf", {"known": tuple(_NAMES)})])
    return found


def print_pdf(page: str, browser: str) -> bytes:
    """
    A page as PDF, fonts inside; the browser starts with a profile of its own, no name resolves for it, and it ends.

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
            *(("--no-sandbox",) if _is_root() else ()),
            source.as_uri(),
        ]
        try:
            # No shell; every part is ours or a path that was found.
            subprocess.run(command, check=True, capture_output=True, timeout=180)  # noqa: S603
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise InputError([Issue("S732", browser, {"problem": type(error).__name__})]) from error


def _is_root() -> bool:
    """Chromium refuses its sandbox to root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
