"""A large file read and validated by a process of its own, ahead of the one that takes it in.

It makes the next rows while those before are written, and then waits until they are
taken from it: never more than one batch lies between them. It ends when nobody reads it any more.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

from heatmaps.complaints.checked_rows import CheckedRows, checked_rows_of
from heatmaps.complaints.rows import PackedRows
from heatmaps.errors import FileError, HeatmapsError
from heatmaps.processes import processors, started

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heatmaps.complaints.readers import CheckedFile
    from heatmaps.complaints.validation import Intake

WORTH_STARTING = 60_000
"""Rows from which on it pays: a process needs a second to be ready."""


def is_worth(rows: int) -> bool:
    """Tell whether a file of so many rows is taken in sooner with a reader ahead than without."""
    return rows >= WORTH_STARTING and processors() > 1


def read_ahead(checked: CheckedFile, intake: Intake) -> Iterator[CheckedRows]:
    """Give what `checked_rows_of` gives, made by another process.

    The columns of the rows as they were before validation stay there. A fault of the file is raised
    here as there; FileError, too, where the process ended before the file did.
    """
    with started(__name__) as reader:
        if reader.stdin is None or reader.stdout is None:  # pragma: no cover - both are pipes
            return
        try:
            _ask(reader.stdin, (checked, intake))
            while (given := _told(reader.stdout)) is not None:
                if isinstance(given, HeatmapsError):
                    raise given
                yield given
        except EOFError as error:
            raise FileError(_ended(checked, reader.wait())) from error
        finally:
            reader.stdout.close()


def main() -> None:
    """Read which file to read, then tell its rows on standard output, and None at the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends, and this one with it
    told = sys.stdout.buffer
    checked, intake = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    try:
        try:
            for each in checked_rows_of(checked, intake):
                _tell(told, _packed(each))
            _tell(told, None)
        except HeatmapsError as error:
            _tell(told, error)
    except BrokenPipeError:
        os._exit(0)  # nobody listens; an orderly end would flush once more


def _packed(each: CheckedRows) -> CheckedRows:
    rows = replace(each.rows, columns={}, rows=PackedRows(each.rows.rows))
    return replace(each, rows=rows)


def _ask(reader: IO[bytes], question: tuple[CheckedFile, Intake]) -> None:
    try:
        with reader:
            pickle.dump(question, reader, pickle.HIGHEST_PROTOCOL)
    except BrokenPipeError as error:
        raise EOFError from error


def _tell(listener: IO[bytes], given: CheckedRows | HeatmapsError | None) -> None:
    pickle.dump(given, listener, pickle.HIGHEST_PROTOCOL)
    listener.flush()


def _told(reader: IO[bytes]) -> Any:  # noqa: ANN401 - what `_tell` told
    try:
        return pickle.load(reader)  # noqa: S301 - from our own process
    except pickle.UnpicklingError as error:  # it ended in the middle of a word
        raise EOFError from error


def _ended(checked: CheckedFile, code: int) -> str:
    return (
        f"The process that read {checked.path} ended with code {code} before the file did; what "
        "was taken in stays, so take the same file in again."
    )
