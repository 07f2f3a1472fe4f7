"""The index on disk: one file of packed arrays that processes share by mapping it into memory.

The file begins with a magic word, the length and the checksum of a JSON header, and the header,
which says whose gazetteer it is, where each array lies, and the checksum of all that follows. A
file that is cut short, altered or somebody else's is never opened.
"""

from __future__ import annotations

import json
import mmap
import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, BinaryIO
from zlib import crc32

import numpy as np

from heatmaps.geocoding.normal_form import NORM_VERSION
from heatmaps.whole_file import PART, whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from heatmaps.geocoding.packed import Arrays

FORMAT_VERSION = 4
"""Rises with every change of what the arrays hold or mean."""

SUFFIX = ".index"
_PART_KEPT_S = 3600.0
"""A file in writing that has stood still so long was left by a process that was killed."""
_MAGIC = b"HEATMAPS-INDEX\n"
_NUMBER_BYTES = 8
_ALIGNED = 64
_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which gazetteer a snapshot holds, and in which directory it lies.

    `store` names the store, `stamp` the state of its gazetteer: another load has another stamp.
    """

    directory: Path
    store: str
    stamp: str

    @property
    def path(self) -> Path:
        """The file of this state of this store, as this version of the program writes it."""
        of_state = f"{self.stamp} {NORM_VERSION} {FORMAT_VERSION}"
        return self.directory / f"{_short(self.store)}-{_short(of_state)}{SUFFIX}"

    def read(self) -> Arrays | None:
        """Give the arrays, mapped into memory; None where there is no whole snapshot."""
        try:
            with self.path.open("rb") as file:
                return _mapped(file, self._identity)
        except OSError:
            return None

    def write(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write the snapshot whole or not at all, and remove what the store left before.

        Raises OSError where the directory cannot be written or is full.
        """
        with whole_file(self.path) as file:
            _write(file, arrays, self._identity)
        self._remove_others()

    @property
    def _identity(self) -> str:
        return f"{self.store} {self.stamp} {NORM_VERSION} {FORMAT_VERSION}"

    def _remove_others(self) -> None:
        written = self.path.stat().st_mtime
        for other in self.directory.glob(f"{_short(self.store)}-*"):
            with suppress(OSError):
                left = other.suffix == PART and other.stat().st_mtime < written - _PART_KEPT_S
                if left or (other.suffix == SUFFIX and other != self.path):
                    other.unlink()


def open_file(path: Path) -> Arrays | None:
    """Give the arrays of a snapshot file whosever it is; None where it is not whole."""
    try:
        with path.open("rb") as file:
            return _mapped(file, None)
    except OSError:
        return None


def _short(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _write(file: BinaryIO, arrays: Mapping[str, NDArray[Any]], identity: str) -> None:
    places: dict[str, tuple[str, int, int]] = {}
    at, checksum = 0, 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, at, len(array))
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
        checksum = crc32(_padded(array), checksum)
    header = {"identity": identity, "arrays": places, "bytes": at, "checksum": checksum}
    text = json.dumps(header).encode()
    text += b" " * (-(len(_MAGIC) + 2 * _NUMBER_BYTES + len(text)) % _ALIGNED)
    numbers = [number.to_bytes(_NUMBER_BYTES, "little") for number in (len(text), crc32(text))]
    file.writelines([_MAGIC, *numbers, text])
    file.writelines(_padded(array) for array in arrays.values())


def _padded(array: NDArray[Any]) -> bytes:
    return array.tobytes() + b"\0" * (-array.nbytes % _ALIGNED)


def _mapped(file: BinaryIO, identity: str | None) -> Arrays | None:
    if file.read(len(_MAGIC)) != _MAGIC:
        return None
    length = int.from_bytes(file.read(_NUMBER_BYTES), "little")
    checksum = int.from_bytes(file.read(_NUMBER_BYTES), "little")
    size = os.fstat(file.fileno()).st_size
    start = len(_MAGIC) + 2 * _NUMBER_BYTES + length
    if start > size:
        return None
    text = file.read(length)
    if crc32(text) != checksum:
        return None
    header = json.loads(text)
    if identity is not None and header["identity"] != identity:
        return None
    if start + header["bytes"] != size or _checksum(file) != header["checksum"]:
        return None
    memory = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    return {
        name: np.frombuffer(memory, dtype=np.dtype(kind), count=count, offset=start + at)
        for name, (kind, at, count) in header["arrays"].items()
    }


def _checksum(file: BinaryIO) -> int:
    checksum = 0
    while chunk := file.read(_CHUNK):
        checksum = crc32(chunk, checksum)
    return checksum
