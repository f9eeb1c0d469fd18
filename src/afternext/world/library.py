"""How compiled kernels are put together: each rule is optimised once, with all that it calls.

Numba optimises every function on its own, with all that it calls linked in, and makes machine code of it;
then again inside each of its callers. What only other rules call is kept here as it was lowered, and linked,
optimised and made machine code once, in the function that Python calls. The results cannot differ: no
optimisation may change a floating-point number (``kernel.py`` never asks for fast mathematics).
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class NoEngine:
    """Stands where a library is asked to make its function known to the running program: a part has none."""

    def set_env(self, name: str, env: Any) -> None:
        """Numba notes Python's globals for tracebacks; rules raise nothing."""


class Part(JITCodeLibrary):  # type: ignore[misc]
    """The code of a rule that only other rules call."""

    @property
    def codegen(self) -> NoEngine:
        return NoEngine()

    def finalize(self) -> None:
        """Nothing more is added; optimising is left to the whole."""
        self._raise_if_finalized()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """There is no machine code of a part: it has no door for Python."""
        self._ensure_finalized()
        return 0


class Whole(JITCodeLibrary):  # type: ignore[misc]
    """The code of a function that Python calls, with all that it calls, directly or not."""

    def finalize(self) -> None:
        """Link every part once, then optimise all together.

        Callers come before what they call: the linker leaves out what nothing has asked for yet.
        """
        order: list[Any] = []
        _visit(self._linking_libraries, set(), order)
        self._linking_libraries = order[::-1]
        super().finalize()


def _visit(libraries: list[Any], seen: set[int], order: list[Any]) -> None:
    """Append libraries and the parts that parts need to ``order``, each once and behind all that it needs."""
    for library in libraries:
        if id(library) not in seen:
            seen.add(id(library))
            if isinstance(library, Part):
                _visit(library._linking_libraries, seen, order)
            order.append(library)


class PartCompiler(Compiler):  # type: ignore[misc]
    """Compiles a function into a part."""

    library: type[JITCodeLibrary] = Part

    def define_pipelines(self) -> Any:
        """Take our library in place of Numba's."""
        state = self.state
        if state.library is None:
            state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
            state.library.enable_object_caching()
        return super().define_pipelines()


class WholeCompiler(PartCompiler):
    """Compiles a function into a whole."""

    library = Whole
