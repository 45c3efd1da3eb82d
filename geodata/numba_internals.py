"""
Private parts of numba; `geodata.numba_options` does without them where `install` refuses the numba found.

What they save of the compiler's time on a first run, in processor seconds of 51 for 188 functions (111 without all):

- Only functions that Python enters are optimised and made machine code of (82 if all are). What only compiled code
  calls is copied into its callers, and optimised and made there once more.
- What only compiled code calls has no entry for Python (107 with one).
- What owns no array counts no references (52 if it does; the search takes twice as long, with soft costs three times).
"""

import itertools
import secrets
from collections.abc import Callable
from typing import Any

from numba import types
from numba.core.bytecode import FunctionIdentity
from numba.core.codegen import JITCodeLibrary, JITCPUCodegen
from numba.core.registry import CPUDispatcher, cpu_target

# How the names of the functions begin through which Python enters.
ENTRY = "_ZN7cpython"
_USED: dict[type, tuple[str, ...]] = {
    CPUDispatcher: ("add_overload", "_compile_for_args"),
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
    """Make entries only from now on, and give functions names of this process; AttributeError if numba lacks a part."""
    context: Any = cpu_target.target_context
    named = [(owner, name) for owner, names in _USED.items() for name in names]
    missing = [f"{owner.__name__}.{name}" for owner, name in named if not hasattr(owner, name)]
    if missing or type(context.codegen()) is not JITCPUCodegen:
        raise AttributeError(f"numba lacks {', '.join(missing) or 'its code generator'}")
    context.codegen().__class__ = _Codegen
    # Numba distinguishes functions of one name by a count that each process begins at 1. Two processes that fill the
    # cache at once named two of them alike, and a third put the wrong one in: a search never ended.
    FunctionIdentity._unique_ids = itertools.count(secrets.randbits(48))


def _numbas(what: Any) -> Any:
    """What belongs to numba, which has no types."""
    return what


class _Library(JITCodeLibrary):
    """The code of one compiled function and of all that it calls."""

    _is_made = False

    def _optimize_final_module(self) -> None:
        if self._is_entered():
            _numbas(super())._optimize_final_module()

    def _finalize_final_module(self) -> None:
        if self._is_entered():
            self._is_made = True
            _numbas(super())._finalize_final_module()
        else:
            # What numba's own does here but for making machine code.
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
        """Whether Python enters it, or that is unknown: numba's own run time, and machine code from the cache."""
        is_kept: bool = self._object_caching_enabled
        if not is_kept or self._compiled_object is not None:
            return True
        return any(f.name.startswith(ENTRY) and not f.is_declaration for f in self._final_module.functions)


class _Codegen(JITCPUCodegen):
    """Numba's own for this processor, with libraries of that kind."""

    _library_class = _Library

    def set_env(self, env_name: str, env: Any) -> None:
        # A function without machine code has no place for what it would need from Python.
        if self._engine._ee.get_global_value_address(env_name):
            _numbas(super()).set_env(env_name, env)


class Compiled(CPUDispatcher):
    """A compiled function."""

    is_lean = False
    """Whether it may own no array."""

    def add_overload(self, result: Any) -> None:
        """Add a compiled signature; TypeError if it owns an array and may not."""
        if self.is_lean:
            _refuse_arrays(self.py_func, result.type_annotation)
        self._keep(result)

    def _keep(self, result: Any) -> None:
        super().add_overload(result)


class Inner(Compiled):
    """A compiled function without an entry for Python, which takes long to compile."""

    def _keep(self, result: Any) -> None:
        self.overloads[tuple(result.signature.args)] = result

    def _compile_for_args(self, *_: Any, **__: Any) -> Any:
        raise TypeError(f"{self.py_func.__qualname__} is called by compiled code only")


def _refuse_arrays(function: Callable[..., Any], annotation: Any) -> None:
    """Refuse a lean function that something it calls gives an array to, which nothing would ever free."""
    # What comes from the cache was looked at when it was compiled.
    for call, signature in getattr(annotation, "calltypes", {}).items():
        if getattr(call, "op", None) == "call" and _holds_arrays(signature.return_type):
            raise TypeError(f"{function.__qualname__} is given an array in line {call.loc.line}: it cannot be lean")


def _holds_arrays(kind: Any) -> bool:
    return isinstance(kind, types.Array) or any(map(_holds_arrays, getattr(kind, "types", ())))
