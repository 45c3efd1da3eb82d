"""Deferred imports, so that `--help` does not wait for them, and a check for packages of optional extras."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader, find_spec
from types import ModuleType

from geodata.errors import InputError, Issue

_EXTRAS = {
    "board": ("argon2", "prometheus_client", "starlette", "uvicorn"),
    "province": ("distributed",),
    "store": ("alembic", "psycopg", "sqlalchemy"),
}


class _Deferring(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def deferred_imports() -> Iterator[None]:
    """
    Defer the imports in the `with` block until the first use of each module.

    Write `from package import module` inside it, and `module.name` where the name is used.
    """
    finder = _Deferring()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def needs_extra(extra: str) -> None:
    """Raise InputError S982 if packages of an optional extra are not installed."""
    if missing := tuple(m for m in _EXTRAS[extra] if find_spec(m) is None):
        raise InputError([Issue("S982", f"sweep[{extra}]", {"extra": extra, "missing": missing})])
