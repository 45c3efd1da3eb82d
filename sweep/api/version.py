"""The version of the program, and the helper that marks public names as deprecated."""

import functools
import warnings
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

__version__ = metadata.version("sweep")


def version_and_build() -> str:
    """Return the version, followed by the commit in brackets if the package was built by `.ci/build`."""
    commit = Path(__file__).with_name("commit.txt")
    return f"{__version__} ({commit.read_text(encoding='utf-8').strip()})" if commit.is_file() else __version__


def deprecated[**P, R](version: str, replacement: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Mark a public function or class method as deprecated: each call warns, and its docstring says so.

    Parameters
    ----------
    version
        Version since which the name is deprecated; it stays for at least one more minor version.
    replacement
        Name to use instead.
    """

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        note = f"`{function.__qualname__}` is deprecated since version {version}: use `{replacement}`."

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            warnings.warn(note, DeprecationWarning, stacklevel=2)
            return function(*args, **kwargs)

        call.__doc__ = f"{note}\n\n{function.__doc__ or ''}"
        return call

    return mark
