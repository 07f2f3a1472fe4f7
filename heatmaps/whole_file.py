"""Files that are there whole or not at all, whoever reads, writes or dies meanwhile."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

PART = ".part"
"""Suffix of a file in writing; it keeps the front of the name, up to the first ``-``."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write into that takes the name `path` once it is whole and on the disk.

    The directory is made where it is missing. Where the block raises, nothing stays behind and a
    file that lay there before is untouched. Raises OSError where the directory cannot be written
    or is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    front, dash, _ = path.name.partition("-")
    with NamedTemporaryFile(
        dir=path.parent, prefix=front + dash, suffix=PART, delete=False
    ) as file:
        part = Path(file.name)
        try:
            yield cast("BinaryIO", file)
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def keep_newest(folder: Path, suffix: str, most: int) -> None:
    """Remove the oldest files with a suffix where there are more; somebody else may do the same."""
    with suppress(OSError):
        files = sorted(folder.glob(f"*{suffix}"), key=lambda file: file.stat().st_mtime)
        for old in files[:-most]:
            old.unlink()
