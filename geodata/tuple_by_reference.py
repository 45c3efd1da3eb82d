"""
Numba type that passes named tuples to compiled code by reference.

Numba passes a named tuple of arrays by value: 100 to 250 numbers at each call, each of which is typed, lowered and
optimised again in every function. By reference it is one pointer. That saves a quarter of the time of a first run and
makes the search faster. Arrays reached through the pointer are not reference-counted, since the caller keeps them.
"""

import hashlib
from typing import Any

import numba.extending
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate

# numba.extending has no type annotations.
_extending: Any = numba.extending
_cgutils: Any = cgutils


class TuplePointerType(types.Type):
    """
    Numba type of a pointer to a named tuple, passed instead of its many arrays, which saves compile time.

    The pointer is valid until the call from Python ends.

    Parameters
    ----------
    target
        Numba's type of the named tuple itself.
    """

    def __init__(self, target: Any) -> None:
        self.target = target
        # The type's name is part of each symbol; the target's own name lists every field in thousands of characters.
        digest = hashlib.sha256(str(target).encode()).hexdigest()[:8]
        super().__init__(name=f"{target.instance_class.__name__}.{digest}")


def pass_by_reference[T: type[tuple[Any, ...]]](record: T) -> T:
    """
    Class decorator: pass instances of a named tuple class to compiled code by reference.

    Compiled code can change the content of its arrays, but no field.
    """

    @_extending.typeof_impl.register(record)  # type: ignore[untyped-decorator]
    def reference(value: Any, context: Any) -> TuplePointerType:
        return TuplePointerType(_extending.typeof_impl.dispatch(tuple)(value, context))

    return record


@_extending.register_model(TuplePointerType)
class _Pointer(_extending.models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: TuplePointerType) -> None:
        super().__init__(manager, kind, manager.lookup(kind.target).get_value_type().as_pointer())


@_extending.infer_getattr
class _Fields(AttributeTemplate):
    key = TuplePointerType

    def generic_resolve(self, kind: TuplePointerType, name: str) -> Any:  # type: ignore[override]
        return kind.target[kind.target.fields.index(name)] if name in kind.target.fields else None


@_extending.lower_getattr_generic(TuplePointerType)  # type: ignore[untyped-decorator]
def _load(_: Any, builder: Any, kind: TuplePointerType, pointer: Any, name: str) -> Any:
    return builder.load(_cgutils.gep_inbounds(builder, pointer, 0, kind.target.fields.index(name)))


@_extending.unbox(TuplePointerType)  # type: ignore[untyped-decorator]
def _unbox(kind: TuplePointerType, value: Any, c: Any) -> Any:
    """Unpack the tuple into the caller's stack frame; clear its arrays' owners, so that they are not counted."""
    whole = c.unbox(kind.target, value)
    place = _cgutils.alloca_once(c.builder, c.context.get_value_type(kind.target))
    for n, (part, field) in enumerate(zip(_cgutils.unpack_tuple(c.builder, whole.value), kind.target, strict=True)):
        if isinstance(field, types.Array):
            array = c.context.make_array(field)(c.context, c.builder, part)
            array.meminfo = _cgutils.get_null_value(array.meminfo.type)
            array.parent = _cgutils.get_null_value(array.parent.type)
            part = array._getvalue()
        c.builder.store(part, _cgutils.gep_inbounds(c.builder, place, 0, n))

    def release() -> None:
        if whole.cleanup is not None:
            whole.cleanup()
        if c.context.enable_nrt:
            c.context.nrt.decref(c.builder, kind.target, whole.value)

    return _extending.NativeValue(place, is_error=whole.is_error, cleanup=release)
