"""The door to numba: one decorator that compiles a loop for stated array types and keeps the result on disk.

Types are stated, so a kernel is compiled once, when its module is first imported, and a wrong array is refused
instead of being compiled for. Nothing is allocated in a kernel, so that numba need not count references. Loops run
without the interpreter lock, so sweeps can run on threads. No fast-math: the compiled loop and its Python source
(``kernel.py_func``) give the same bits.

numba by itself compiles a kernel again when its own file changes. Ours take constants and parts from other files of
this folder, too: what is kept on disk is stamped with the contents of all of them.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba import types

from aws14.home import home

READ_F8 = types.Array(types.float64, 1, "C", readonly=True)
"""float64 array that the kernel only reads."""

READ_I1 = types.Array(types.int8, 1, "C", readonly=True)
READ_I4 = types.Array(types.int32, 1, "C", readonly=True)
READ_I8 = types.Array(types.int64, 1, "C", readonly=True)

WRITE_F8 = types.Array(types.float64, 1, "C")
"""float64 array that the kernel fills or keeps its state in."""

WRITE_I1 = types.Array(types.int8, 1, "C")
WRITE_I4 = types.Array(types.int32, 1, "C")
WRITE_I8 = types.Array(types.int64, 1, "C")
WRITE_F8_2D = types.Array(types.float64, 2, "C")
WRITE_I8_2D = types.Array(types.int64, 2, "C")
WRITE_U4_2D = types.Array(types.uint32, 2, "C")

B1 = types.boolean
F8 = types.float64
I8 = types.int64
VOID = types.void


_njit: Any = numba.njit  # its stubs do not know every option
_config: Any = numba.core.config  # its settings are set at run time, which a type checker cannot see


def same(kind: Any, number: int) -> Any:
    """The type of a tuple of so many arrays of one type."""
    return types.UniTuple(kind, number)


def cache_folder() -> Path:
    """The folder in which compiled kernels are kept.

    ``NUMBA_CACHE_DIR`` when set; else ``__pycache__`` beside the kernels; else, in a read-only installation, the
    folder ``numba`` in the home of the course; else one in the folder for temporary files.
    """
    if _config.CACHE_DIR:
        return Path(_config.CACHE_DIR)
    beside = Path(__file__).parent / "__pycache__"
    places = (beside, home() / "numba", Path(tempfile.gettempdir()) / "aws14-numba")
    return next((place for place in places if _writable(place)), places[-1])


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def kernel(*signature: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a loop to be compiled now, for the given numba signatures, and cached on disk."""

    def compiled_now(function: Callable[..., Any]) -> Any:
        loop = _njit(function, nogil=True, _nrt=False, no_cfunc_wrapper=True)
        loop.enable_caching()
        # numba has no public way to say what a cached loop depends on.
        loop._cache._cache_file._source_stamp = _stamp(Path(function.__code__.co_filename).name)  # noqa: SLF001
        for each in signature:
            loop.compile(each)
        loop.disable_compile()
        return loop

    return compiled_now


@cache
def _stamp(name: str) -> str:
    """A digest of a file of this folder and of those that it imports, directly or by way of others."""
    found, read = [name], dict[str, bytes]()
    while found:
        file = found.pop()
        if file not in read:
            read[file] = (Path(__file__).parent / file).read_bytes()
            found += _imports(read[file].decode())
    return hashlib.sha256(b"".join(read[file] for file in sorted(read))).hexdigest()


def _imports(source: str) -> list[str]:
    """Files of this folder that a module imports."""
    package = __name__.rpartition(".")[0]
    modules = re.findall(rf"^from {re.escape(package)}\.(\w+) import", source, re.MULTILINE)
    modules += re.findall(rf"^from {re.escape(package)} import (\w+)", source, re.MULTILINE)
    return [f"{module}.py" for module in modules]


def part(function: Callable[..., Any]) -> Any:
    """Decorate a piece of a loop that is compiled into the kernels that call it, and cannot be called by itself."""
    return _njit(function, nogil=True, _nrt=False, forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)


if cache_folder() != Path(__file__).parent / "__pycache__":
    # numba would stop with an error when it finds no folder of its own to write to.
    _config.CACHE_DIR = str(cache_folder())
