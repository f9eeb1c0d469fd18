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


class Part(JITCodeLibrary):
    """The code of a rule that only other rules call."""

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)
        self._together: Any = None

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

    def alone(self) -> Any:
        """Return the part without what it calls, to be linked."""
        return super()._get_module_for_linking()

    def _get_module_for_linking(self) -> Any:
        """Return the part with all that it calls: for functions that Numba puts together by itself."""
        if self._together is None:
            module = self.alone().clone()
            for library in _callers_first(self._linking_libraries):
                module.link_in(library._get_module_for_linking(), preserve=True)
            self._together = module
        return self._together


class Alone:
    """A part as a library that is linked without what it calls."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._reload_init: set[Any] = part._reload_init

    def _get_module_for_linking(self) -> Any:
        return self._part.alone()


class Whole(JITCodeLibrary):
    """The code of a function that Python calls, with all that it calls, directly or not."""

    def finalize(self) -> None:
        """Link every part once, then optimise all together."""
        self._linking_libraries = _callers_first(self._linking_libraries)
        super().finalize()


def _callers_first(libraries: list[Any]) -> list[Any]:
    """Return libraries and the parts that parts need, each once, to be linked one by one.

    Callers come before what they call: the linker leaves out what nothing has asked for yet.
    """
    order: list[Any] = []
    _visit(libraries, set(), order)
    return [Alone(library) if isinstance(library, Part) else library for library in order[::-1]]


def _visit(libraries: list[Any], seen: set[int], order: list[Any]) -> None:
    """Append libraries and the parts that parts need to ``order``, each once and behind all that it needs."""
    for library in libraries:
        if id(library) not in seen:
            seen.add(id(library))
            if isinstance(library, Part):
                _visit(library._linking_libraries, seen, order)
            order.append(library)


class PartCompiler(Compiler):
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
