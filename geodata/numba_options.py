"""The one place where numba is configured: compiled, cached on disk, and free of Python's lock."""

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numba
from numba import njit
from platformdirs import user_cache_path

from geodata.packages import folder_of, packages

try:
    from geodata.numba_internals import Compiled, Inner, install

    install()
    _KINDS: tuple[Any, Any] | None = (Compiled, Inner)
except (ImportError, AttributeError) as error:
    warnings.warn(f"{error} (numba {numba.__version__}): functions take three times as long to compile", stacklevel=1)
    _KINDS = None


def compiled_sources() -> list[Path]:
    """Every file of geodata and of the packages that build on it which may hold a compiled function."""
    paths = [path for package in packages() for path in sorted(folder_of(package).rglob("*.py"))]
    return [path for path in paths if b"compiled" in path.read_bytes()]


def _cache_folder() -> Path:
    """
    A folder of the user's cache for the sources as they are.

    Numba asks only whether the file of a function has changed, not the files of the functions that it calls: after an
    update, old machine code would go on running inside new.
    """
    state = hashlib.sha256()
    for path in compiled_sources():
        state.update(path.read_bytes())
    return user_cache_path("sweep") / "compiled" / state.hexdigest()[:16]


numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]

# All that are defined so far, by whose traces in the cache it is seen how far a first run's compiler is.
compiled_functions: list[Any] = []


def compiled[F: Callable[..., Any]](function: F) -> F:
    """The function compiled on its first call; the machine code is kept in the user's cache for the next run."""
    return _made(function)


def compiled_as_numpy[F: Callable[..., Any]](function: F) -> F:
    """As `compiled`, but x / 0 is inf: that lets the compiler put several points into one instruction."""
    return _made(function, error_model="numpy")


def compiled_lean[F: Callable[..., Any]](function: F) -> F:
    """As `compiled`, for what makes no array, is given none by what it calls, and draws nothing by chance."""
    return _made(function, is_lean=True)


def inner[F: Callable[..., Any]](function: F) -> F:
    """
    As `compiled`, for what only compiled code calls; a call from Python is refused with a TypeError.

    It makes no array, and is given none by what it calls: `inner_with_arrays` is for what does.
    """
    return _made(function, is_inner=True, is_lean=True)


def inner_with_arrays[F: Callable[..., Any]](function: F) -> F:
    """As `inner`, for what makes arrays of its own or is given them."""
    return _made(function, is_inner=True)


def inlined[F: Callable[..., Any]](function: F) -> F:
    """As `inner`, for what is short and asked often: put in where it is called, since a call hands over all arrays."""
    return _made(function, is_inner=True, is_lean=True, forceinline=True)


def _made[F: Callable[..., Any]](function: F, *, is_inner: bool = False, is_lean: bool = False, **options: Any) -> F:
    if _KINDS is not None:
        # Without its entry for C, which nothing calls, a function compiles a tenth faster.
        options |= {"no_cfunc_wrapper": True, "no_cpython_wrapper": is_inner}
        # Numba counts who uses an array wherever one is handed over or looked into, a call and a locked write each
        # time. What owns none need not count: its caller keeps those it is given alive. Numba hands this switch down
        # from a function to what it is the first to compile, so it is always set.
        options["_nrt"] = not is_lean
    made: Any = cast(Any, njit)(cache=True, nogil=True, **options)(function)
    if _KINDS is not None:
        made.__class__ = _KINDS[is_inner]
        made.is_lean = is_lean
    compiled_functions.append(made)
    return cast(F, made)
