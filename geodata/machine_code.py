"""
Makes machine code for functions that Python enters, and for no others.

Numba optimises each compiled function and makes machine code of it, though what only compiled code calls is copied into
its callers, and optimised and made there once more. Leaving that out saves a third of the time of a first run.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary, JITCPUCodegen
from numba.core.registry import cpu_target

# How the names of the functions begin through which Python enters.
ENTRY = "_ZN7cpython"


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
        """Whether Python enters it, or nobody can know: numba's own run time, and what comes from the cache as made."""
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


def make_entries_only() -> None:
    """From now on, in this process."""
    context: Any = cpu_target.target_context
    context.codegen().__class__ = _Codegen
