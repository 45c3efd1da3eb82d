"""Numba decorators of the project: compile on first call, cache on disk, release the GIL."""

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numba
from numba import njit
from numba.core.caching import UserProvidedCacheLocator
from platformdirs import user_cache_path

from geodata.packages_built_on_geodata import folder_of, packages

try:
    from geodata.numba_internals import Compiled, Inner, install

    install()
    _KINDS: tuple[Any, Any] | None = (Compiled, Inner)
except (ImportError, AttributeError) as error:
    warnings.warn(f"{error} (numba {numba.__version__}): functions take three times as long to compile", stacklevel=1)
    _KINDS = None


def compiled_sources() -> list[Path]:
    """Return the source files that may hold compiled functions; a change of one makes the cached code invalid."""
    paths = [path for package in packages() for path in sorted(folder_of(package).rglob("*.py"))]
    return [path for path in paths if b"compiled" in path.read_bytes()]


def _cache_folder() -> Path:
    """
    Return the cache folder of compiled code for the present content of the source files.

    Numba checks only the file of a function, not the files of its callees: after an update, old machine code would stay
    inlined in new code.
    """
    state = hashlib.sha256()
    for path in compiled_sources():
        state.update(path.read_bytes())
    return user_cache_path("sweep") / "compiled" / state.hexdigest()[:16]


class SourceLocator(UserProvidedCacheLocator):
    """Numba's cache locator with folders named by package, so that clones with equal sources share compiled code."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        """Return the path, below the cache folder, of the folder for the compiled functions of a source file."""
        for package in packages():
            if (source := Path(py_file)).is_relative_to(folder := folder_of(package)):
                return ".".join([package, *source.relative_to(folder).parent.parts])
        return str(super().get_suitable_cache_subpath(py_file))  # type: ignore[no-untyped-call]


numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]
numba.config.CACHE_LOCATOR_CLASSES = f"{__name__}.{SourceLocator.__name__}"  # type: ignore[attr-defined]

# All functions defined so far; their files in the cache show the progress of the first compilation.
compiled_functions: list[Any] = []


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Decorator that compiles the function on its first call; the machine code is cached for later runs."""
    return _made(function)


def compiled_as_numpy[F: Callable[..., Any]](function: F) -> F:
    """Decorator like `compiled`, with x / 0 = inf instead of an error, which allows vector instructions."""
    return _made(function, error_model="numpy")


def compiled_lean[F: Callable[..., Any]](function: F) -> F:
    """Decorator like `compiled` without reference counts, for functions that own no array and use no random numbers."""
    return _made(function, is_lean=True)


def compiled_internal[F: Callable[..., Any]](function: F) -> F:
    """
    Decorator like `compiled`, for calls from compiled code only; a call from Python raises TypeError.

    The function must not create arrays or receive them from its callees: see `inner_with_arrays`.
    """
    return _made(function, is_inner=True, is_lean=True)


def inner_with_arrays[F: Callable[..., Any]](function: F) -> F:
    """Decorator like `compiled_internal`, but with reference counts: for functions that create or receive arrays."""
    return _made(function, is_inner=True)


def inlined[F: Callable[..., Any]](function: F) -> F:
    """Decorator like `compiled_internal` that copies the function into its callers: for short functions."""
    return _made(function, is_inner=True, is_lean=True, forceinline=True)


def _made[F: Callable[..., Any]](function: F, *, is_inner: bool = False, is_lean: bool = False, **options: Any) -> F:
    if _KINDS is not None:
        # The C entry point is never used; leaving it out saves a tenth of the compile time.
        options |= {"no_cfunc_wrapper": True, "no_cpython_wrapper": is_inner}
        # Numba counts references of an array at each call and access, with a locked write each time. A function that
        # owns no array need not count: its caller keeps its arguments alive. Numba passes this option on to functions
        # that it compiles first from here, so it is always set.
        options["_nrt"] = not is_lean
    made: Any = cast(Any, njit)(cache=True, nogil=True, **options)(function)
    if _KINDS is not None:
        made.__class__ = _KINDS[is_inner]
        made.is_lean = is_lean
        made.enable_caching()
    compiled_functions.append(made)
    return cast(F, made)
