"""Where compiled kernels are kept.

Numba notices edits of the file that holds a cached function, not of the modules it calls. So the cache lives
in a directory named by a hash of every source of the model, Numba's version and the processor: an edited
callee can never be answered from a stale cache.
"""

from __future__ import annotations

import hashlib
import os
import platform
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llvmlite.binding
import numba

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = Path(__file__).parent


def sources_hash(*also: Path) -> str:
    """Return the SHA-256 of every Python source and table below ``world/``, and below other folders whose
    kernels call those of the world.
    """
    digest = hashlib.sha256()
    for folder in (SOURCES, *also):
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.csv")]):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_directory(sources: str) -> Path:
    """Return the directory for kernels compiled from these sources on this machine."""
    machine = f"{numba.__version__}-{platform.python_version()}-{llvmlite.binding.get_host_cpu_name()}"
    name = hashlib.sha256(f"{sources}-{machine}".encode()).hexdigest()[:20]
    base = Path(os.environ.get("AFTERNEXT_CACHE_DIR") or Path.home() / ".cache" / "afternext")
    return base / "kernels" / name


@contextmanager
def kernel_cache(*also: Path) -> Iterator[None]:
    """Point Numba's cache at our directory while the kernels are declared, and nobody else's.

    also : other folders whose sources these kernels are made of
    """
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_directory(sources_hash(*also)))
    try:
        yield
    finally:
        config.CACHE_DIR = before
