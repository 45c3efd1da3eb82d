"""The one place where numba is configured: compiled, cached on disk, and free of Python's lock."""

from __future__ import annotations

import hashlib
import itertools
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numba
from numba import njit, types
from numba.core.bytecode import FunctionIdentity
from numba.core.registry import CPUDispatcher
from platformdirs import user_cache_path

from geodata.machine_code import make_entries_only
from geodata.packages import folder_of, packages


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


make_entries_only()
numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]
# Numba tells functions of one name, such as those that draw numbers of one kind or another, apart by a count that each
# process begins at 1. Two processes that fill the cache at once named two of them alike, and a third put the wrong one
# in: every number drawn was the lowest, and a search never ended.
FunctionIdentity._unique_ids = itertools.count(secrets.randbits(48))


# All that are defined so far, by whose traces in the cache it is seen how far a first run's compiler is.
compiled_functions: list[CPUDispatcher] = []


class _Compiled(CPUDispatcher):
    """A compiled function; a call with a number written in the code is a call with a number of its kind."""

    is_lean = False
    """Whether it may own no array."""

    def add_overload(self, result: Any) -> None:
        if self.is_lean:
            _refuse_arrays(self.py_func, result.type_annotation)
        self._keep(result)

    def _keep(self, result: Any) -> None:
        super().add_overload(result)

    def get_call_template(self, args: Any, kws: Any) -> Any:
        plain: Any = types.unliteral  # has no types
        return super().get_call_template(tuple(map(plain, args)), {key: plain(kind) for key, kind in kws.items()})


class _Inner(_Compiled):
    """A compiled function without an entry for Python, which takes long to compile."""

    def _keep(self, result: Any) -> None:
        self.overloads[tuple(result.signature.args)] = result

    def _compile_for_args(self, *_: Any, **__: Any) -> Any:
        raise TypeError(f"{self.py_func.__qualname__} is called by compiled code only")


def compiled[F: Callable[..., Any]](function: F) -> F:
    """The function compiled on its first call; the machine code is kept in the user's cache for the next run."""
    return _made(function, _Compiled)


def compiled_as_numpy[F: Callable[..., Any]](function: F) -> F:
    """As `compiled`, but x / 0 is inf: that lets the compiler put several points into one instruction."""
    return _made(function, _Compiled, error_model="numpy")


def compiled_lean[F: Callable[..., Any]](function: F) -> F:
    """As `compiled`, for what makes no array, is given none by what it calls, and draws nothing by chance."""
    return _made(function, _Compiled, is_lean=True)


def inner[F: Callable[..., Any]](function: F) -> F:
    """
    As `compiled`, for what only compiled code calls; a call from Python is refused with a TypeError.

    It makes no array, and is given none by what it calls: `inner_with_arrays` is for what does.
    """
    return _made(function, _Inner, is_lean=True, no_cpython_wrapper=True)


def inner_with_arrays[F: Callable[..., Any]](function: F) -> F:
    """As `inner`, for what makes arrays of its own or is given them."""
    return _made(function, _Inner, no_cpython_wrapper=True)


def inlined[F: Callable[..., Any]](function: F) -> F:
    """As `inner`, for what is short and asked often: put in where it is called, since a call hands over all arrays."""
    return _made(function, _Inner, is_lean=True, no_cpython_wrapper=True, forceinline=True)


def _made[F: Callable[..., Any]](function: F, kind: type[_Compiled], *, is_lean: bool = False, **options: Any) -> F:
    # Numba counts who uses an array wherever one is handed over or looked into, a call and a locked write each time,
    # which took two thirds of the time of a search with soft costs. What owns none need not count: its caller keeps
    # those it is given alive. Numba hands this switch down from a function to what it is the first to compile, so it
    # is always set.
    options["_nrt"] = not is_lean
    # Without its entry for C, which nothing calls, a function compiles a tenth faster.
    made: Any = cast(Any, njit)(cache=True, nogil=True, no_cfunc_wrapper=True, **options)(function)
    made.__class__ = kind
    made.is_lean = is_lean
    compiled_functions.append(made)
    return cast(F, made)


def _refuse_arrays(function: Callable[..., Any], annotation: Any) -> None:
    """Refuse a lean function that something it calls gives an array to, which nobody would ever free."""
    # What comes from the cache was looked at when it was compiled.
    for call, signature in getattr(annotation, "calltypes", {}).items():
        if getattr(call, "op", None) == "call" and _holds_arrays(signature.return_type):
            raise TypeError(f"{function.__qualname__} is given an array in line {call.loc.line}: it cannot be lean")


def _holds_arrays(kind: Any) -> bool:
    return isinstance(kind, types.Array) or any(map(_holds_arrays, getattr(kind, "types", ())))
