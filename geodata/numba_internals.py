"""
Subclasses of numba's private classes that reduce compile time; `geodata.numba_options` works without them.

Compile time of a first run, in processor seconds for 188 functions: 51 with all of these, 111 with none.

- Only functions called from Python are optimised and made machine code (82 s otherwise). Functions called only by
  compiled code are copied into their callers, and optimised there.
- Functions called only by compiled code have no Python entry point (107 s otherwise).
- Functions that own no array count no references (52 s otherwise; the search takes twice as long, with soft
  constraints three times).
"""

import itertools
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba import types
from numba.core.bytecode import FunctionIdentity
from numba.core.caching import FunctionCache
from numba.core.codegen import JITCodeLibrary, JITCPUCodegen
from numba.core.registry import CPUDispatcher, cpu_target

from geodata.folder_lock import lock_folder

# Prefix of the names of Python entry points.
ENTRY = "_ZN7cpython"
_USED: dict[type, tuple[str, ...]] = {
    CPUDispatcher: ("add_overload", "enable_caching", "_compile_for_args"),
    FunctionCache: ("save_overload",),
    FunctionIdentity: ("_unique_ids",),
    JITCPUCodegen: ("_library_class", "set_env"),
    JITCodeLibrary: (
        "_optimize_final_module",
        "_finalize_final_module",
        "_finalize_dynamic_globals",
        "_verify_declare_only_symbols",
        "_ensure_finalized",
        "get_pointer_to_function",
        "serialize_using_object_code",
        "serialize_using_bitcode",
    ),
}


def install() -> None:
    """Replace numba classes in this process by subclasses that compile faster; AttributeError if numba lacks a part."""
    context: Any = cpu_target.target_context
    named = [(owner, name) for owner, names in _USED.items() for name in names]
    missing = [f"{owner.__name__}.{name}" for owner, name in named if not hasattr(owner, name)]
    if missing or type(context.codegen()) is not JITCPUCodegen:
        raise AttributeError(f"numba lacks {', '.join(missing) or 'its code generator'}")
    context.codegen().__class__ = _Codegen
    # Numba numbers functions of one name from 1 in each process. Two processes that filled the cache at once gave two
    # functions the same name, and a third loaded the wrong one: a search never ended.
    FunctionIdentity._unique_ids = itertools.count(secrets.randbits(48))


def _numbas(what: Any) -> Any:
    """Return `what`, an object of numba, as type Any, since the private methods in use have no annotations."""
    return what


class _Library(JITCodeLibrary):
    """Code of one compiled function and its callees; compiled to machine code only if Python may call the function."""

    _is_made = False

    def _optimize_final_module(self) -> None:
        if self._is_entered():
            _numbas(super())._optimize_final_module()

    def _finalize_final_module(self) -> None:
        if self._is_entered():
            self._is_made = True
            _numbas(super())._finalize_final_module()
        else:
            # As numba's own method, but without generating machine code.
            _numbas(self)._finalize_dynamic_globals()
            _numbas(self)._verify_declare_only_symbols()
            self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        _numbas(self)._ensure_finalized()
        return int(_numbas(super()).get_pointer_to_function(name)) if self._is_made else 0

    def serialize_using_object_code(self) -> Any:
        numbas = _numbas(super())
        return numbas.serialize_using_object_code() if self._is_made else numbas.serialize_using_bitcode()

    def _is_entered(self) -> bool:
        """Return whether Python may call the function: it has an entry point, is from the cache, or is numba's own."""
        is_kept: bool = self._object_caching_enabled
        if not is_kept or self._compiled_object is not None:
            return True
        return any(f.name.startswith(ENTRY) and not f.is_declaration for f in self._final_module.functions)


class _Codegen(JITCPUCodegen):
    _library_class = _Library

    def set_env(self, env_name: str, env: Any) -> None:
        # A function without machine code has no slot for the Python environment.
        if self._engine._ee.get_global_value_address(env_name):
            _numbas(super()).set_env(env_name, env)


class _Cache(FunctionCache):
    """Numba's cache on disk, made safe for processes that save code of one function at the same time."""

    def save_overload(self, sig: Any, data: Any) -> None:
        """Save the code for a signature under the next free number; a lock keeps two processes from the same number."""
        with suppress(OSError), lock_folder(Path(self.cache_path)):
            _numbas(super()).save_overload(sig, data)


class Compiled(CPUDispatcher):
    """Numba class of a function that Python may call; `is_lean`: it counts no references and must not own arrays."""

    is_lean = False
    """Whether the function must not own arrays, since it counts no references to them."""

    def enable_caching(self) -> None:
        """Keep the machine code on disk."""
        self._cache = _numbas(_Cache)(self.py_func)

    def add_overload(self, result: Any) -> None:
        """Add machine code for one signature; TypeError if a callee returns an array to a function with `is_lean`."""
        if self.is_lean:
            _refuse_arrays(self.py_func, result.type_annotation)
        self._keep(result)

    def _keep(self, result: Any) -> None:
        super().add_overload(result)


class Inner(Compiled):
    """Compiled function that only compiled code may call: it has no Python entry point, which is slow to compile."""

    def _keep(self, result: Any) -> None:
        self.overloads[tuple(result.signature.args)] = result

    def _compile_for_args(self, *_: Any, **__: Any) -> Any:
        raise TypeError(f"{self.py_func.__qualname__} may be called by compiled code only")


def _refuse_arrays(function: Callable[..., Any], annotation: Any) -> None:
    """Raise TypeError if a lean function (without reference counts) gets an array from a callee, which would leak."""
    # Cached code was checked when it was compiled.
    for call, signature in getattr(annotation, "calltypes", {}).items():
        if getattr(call, "op", None) == "call" and _holds_arrays(signature.return_type):
            raise TypeError(f"{function.__qualname__}: a lean function cannot get an array, see line {call.loc.line}")


def _holds_arrays(kind: Any) -> bool:
    return isinstance(kind, types.Array) or any(map(_holds_arrays, getattr(kind, "types", ())))
