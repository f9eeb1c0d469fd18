"""Bundles: named tuples of arrays that compiled code is handed by pointer.

Numba passes a tuple by value: each of the few hundred arrays of a future as seven numbers, from call to
call, so that most of the time to compile went into carrying them. A bundle is the same named tuple, laid out
once in memory by the wrapper that Python calls; compiled code gets its address and loads what it uses.
Nothing in a bundle is ever bound anew while compiled code runs, so loads are marked invariant and leave the
loops.
"""

from __future__ import annotations

from hashlib import sha1
from typing import Any, TypeVar

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.extending import NativeValue, unbox
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.core.typing.typeof import typeof_impl

Class = TypeVar("Class", bound=type)


class Bundle(types.Type):
    """The type of a bundle; ``layout`` is the tuple that lies in memory."""

    def __init__(self, layout: Any) -> None:
        self.layout = layout
        self.fields: tuple[str, ...] = layout.instance_class._fields
        # Names go into every symbol of the compiled code: short, but no two layouts alike.
        cls = layout.instance_class
        full = f"{cls.__module__}.{cls.__qualname__}({', '.join(self.fields)}): {layout.name}"
        short = sha1(full.encode(), usedforsecurity=False).hexdigest()[:12]
        super().__init__(name=f"{cls.__name__}_{short}")


@register_default(Bundle)
class BundleModel(models.PrimitiveModel):
    """A bundle is the address of its layout."""

    def __init__(self, manager: Any, front: Bundle) -> None:
        super().__init__(manager, front, manager.lookup(front.layout).get_value_type().as_pointer())


def bundle(cls: Class) -> Class:
    """Let compiled code take instances of a named tuple as bundles."""

    @typeof_impl.register(cls)
    def _type_of(value: Any, context: Any) -> Bundle:
        return Bundle(types.BaseTuple.from_types([typeof_impl(item, context) for item in value], cls))

    return cls


@infer_getattr
class BundleAttributes(AttributeTemplate):
    """Fields of a bundle are its attributes."""

    key = Bundle

    def generic_resolve(self, bundle: Bundle, name: str) -> Any:  # type: ignore[override]
        return bundle.layout[bundle.fields.index(name)] if name in bundle.fields else None


def _load(builder: Any, address: Any) -> Any:
    """Load a value, number by number, as one that never changes."""
    kind = address.type.pointee
    if isinstance(kind, (ir.LiteralStructType, ir.IdentifiedStructType, ir.ArrayType)):
        whole = ir.Constant(kind, ir.Undefined)
        count = kind.count if isinstance(kind, ir.ArrayType) else len(kind.elements)
        for k in range(count):
            part = _load(builder, cgutils.gep_inbounds(builder, address, 0, k))
            whole = builder.insert_value(whole, part, k)
        return whole
    number = builder.load(address)
    number.set_metadata("invariant.load", builder.module.add_metadata([]))
    return number


@lower_getattr_generic(Bundle)
def _get_field(context: Any, builder: Any, bundle: Bundle, address: Any, name: str) -> Any:
    return _load(builder, cgutils.gep_inbounds(builder, address, 0, bundle.fields.index(name)))


@unbox(Bundle)
def _lay_out(bundle: Bundle, value: Any, c: Any) -> NativeValue:
    """Lay a named tuple out on the stack of the wrapper, where it stays for the whole call."""
    native = c.unbox(bundle.layout, value)
    address = cgutils.alloca_once_value(c.builder, native.value)
    return NativeValue(address, is_error=native.is_error, cleanup=native.cleanup)
