"""The README's third command serves the day that the first has planned: a page that may load nothing from elsewhere."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request

PORT, PATIENCE_S = 8456, 120.0


def answer() -> tuple[int, str] | None:
    """Status and policy of the page on which one signs in; None as long as nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/login", timeout=5) as page:
            return page.status, page.headers.get("content-security-policy", "")
    except (urllib.error.URLError, OSError):
        return None


def main() -> int:
    """Serve the editions of a folder until the page is there; 0 if it is as it should be."""
    command = ["sweep", "serve", sys.argv[1], "--demo", "--port", str(PORT)]
    with subprocess.Popen(command) as server:  # noqa: S603 - the program's own command
        end = time.monotonic() + PATIENCE_S
        while (seen := answer()) is None and server.poll() is None and time.monotonic() < end:
            time.sleep(0.5)
        server.terminate()
    if seen is None or seen[0] != 200 or not seen[1].startswith("default-src 'none'"):
        print(f"the board did not answer as it should: {seen}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
