"""One process of a crew: geocodes chunks that come in by standard input until it closes."""

from __future__ import annotations

import marshal
import signal
import sys
from pathlib import Path
from typing import IO, Any

from heatmaps.geocoding.index import GazetteerIndex
from heatmaps.geocoding.result import Alternative, GeocodeResult, Level
from heatmaps.geocoding.snapshot import open_file

Row = tuple[object, ...]
"""The fields of a result as plain values, which `marshal` writes fast."""

_LENGTH_BYTES = 8
_LEVELS = {str(level): level for level in Level}


def main() -> None:
    """Read which snapshot to open, then answer one chunk of pairs after the other.

    Ends when standard input does, so no longer lives than the process that started it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    first = read_frame(given)
    if first is None:
        return
    path, default_city = marshal.loads(first)  # noqa: S302 - from our own parent
    arrays = open_file(Path(path))
    if arrays is None:
        return
    index = GazetteerIndex(arrays, default_city)
    while (chunk := read_frame(given)) is not None:
        addresses, cities = marshal.loads(chunk)  # noqa: S302 - from our own parent
        found = index.geocode_batch(addresses, cities)
        write_frame(answers, marshal.dumps([row_of(one) for one in found]))


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Write data with its length before it."""
    stream.write(len(data).to_bytes(_LENGTH_BYTES, "little"))
    stream.write(data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Give the next frame's data, None where the stream has ended, in a frame or before."""
    head = stream.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "little")
    data = stream.read(length)
    return data if len(data) == length else None


def row_of(result: GeocodeResult) -> Row:
    """Give a result as plain values."""
    alternatives = tuple(
        [(a.label, a.level.value, a.lat, a.lon, a.confidence) for a in result.alternatives]
    )
    return (
        result.level.value, result.lat, result.lon, result.uncertainty_m, result.confidence,
        result.normal_form, result.matched, result.changes, result.faults, alternatives,
        result.key,
    )  # fmt: skip


def result_of(row: tuple[Any, ...]) -> GeocodeResult:
    """Give the result that `row_of` made plain."""
    level, lat, lon, radius, confidence, form, matched, changes, faults, others, key = row
    alternatives = tuple([Alternative(o[0], _LEVELS[o[1]], *o[2:]) for o in others])
    return GeocodeResult(
        _LEVELS[level], lat, lon, radius, confidence, form, matched, changes, faults,
        alternatives, key,
    )  # fmt: skip


if __name__ == "__main__":
    main()
