"""The version of the program."""

from importlib import metadata
from pathlib import Path

__version__ = metadata.version("sweep")


def version_and_build() -> str:
    """Return the version, followed by the commit in brackets if the package was built by `.ci/build`."""
    commit = Path(__file__).with_name("commit.txt")
    return f"{__version__} ({commit.read_text(encoding='utf-8').strip()})" if commit.is_file() else __version__
