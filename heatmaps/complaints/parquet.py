"""Rows of a Parquet file: typed columns as the texts that a CSV would hold."""

from __future__ import annotations

import json
from collections.abc import Callable  # noqa: TC003 - annotates a constant
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from heatmaps.complaints.delimited import column_names
from heatmaps.complaints.objects import number_as_text
from heatmaps.complaints.sources import MAX_COLUMNS
from heatmaps.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from heatmaps.complaints.profiles import Profile
    from heatmaps.quarantine import Refused

MAX_NESTING = 8

_ROWS_AT_ONCE = 2_000
"""Rows unpacked at once while a file is checked."""


@dataclass(frozen=True, slots=True)
class ArrowRows:
    """Rows that are typed columns; a line is the row's number in the file, from 1."""

    header: tuple[str, ...]
    line: Sequence[int]
    columns: tuple[pa.Array, ...]
    refused: list[Refused]

    def texts(self, place: int) -> list[str]:
        """Give a column."""
        return _texts(self.columns[place])

    def raw(self, position: int) -> str:
        """Give a row as a JSON object of texts."""
        values = [_texts(column.slice(position, 1))[0] for column in self.columns]
        return json.dumps(dict(zip(self.header, values, strict=True)), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Parquet:
    """A sound Parquet file; what lies in a struct has a dotted name."""

    path: Path
    rows: int
    header: tuple[str, ...]

    def read(self, size: int) -> Iterator[ArrowRows]:
        """Give the rows in the file's order, up to `size` at a time, never across row groups."""
        first = 1
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(size):
                line = range(first, first + len(batch))
                yield ArrowRows(self.header, line, tuple(_flat(batch).columns), [])
                first += len(batch)


def open_parquet(path: Path, profile: Profile) -> Parquet:
    """Read a whole Parquet file once.

    FileError where it is damaged, and where a column that the profile reads holds lists or maps.
    """
    try:
        with pq.ParquetFile(path) as file:
            _check_width(path, len(file.schema))
            empty = _flat(file.schema_arrow.empty_table().combine_chunks())
            rows = file.metadata.num_rows
            for batch in file.iter_batches(_ROWS_AT_ONCE):
                batch.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0].split(". ")[0][:120].rstrip(".")
        message = f"File {path} is a damaged Parquet file ({reason}); copy or export it again."
        raise FileError(message) from error
    header = column_names(empty.column_names)
    used = profile.judged(header)
    for name, column in zip(header, empty.columns, strict=True):
        if name in used and pa.types.is_nested(column.type):
            message = (
                f"Column {name} of file {path} holds {column.type}, not single values; export it "
                "flat, or leave it out of the intake profile."
            )
            raise FileError(message)
    return Parquet(path, rows, header)


def _check_width(path: Path, width: int) -> None:
    if width > MAX_COLUMNS:
        message = f"File {path} has {width:,} columns; export no more than {MAX_COLUMNS:,}."
        raise FileError(message)


def _flat(batch: pa.RecordBatch | pa.Table) -> pa.Table:
    """Give a batch with what lies in its structs as columns of their own."""
    table = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
    for _ in range(MAX_NESTING):
        if not any(pa.types.is_struct(kind) for kind in table.schema.types):
            break
        table = table.flatten()
    return table.combine_chunks()


def _texts(column: Any) -> list[str]:  # noqa: ANN401 - a column of pyarrow, which has no types
    """Give a column's values as texts, empty where there is none."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.cast(kind.value_type))
    if pa.types.is_floating(kind):
        return _floats(column)
    if pa.types.is_timestamp(kind):
        return _moments(column)
    written = next((write for fits, write in _WRITTEN if fits(kind)), None)
    if written is not None:
        return ["" if value is None else written(value) for value in column.to_pylist()]
    texts: list[str] = pc.fill_null(column.cast(pa.string()), "").to_pylist()
    return texts


def _floats(column: Any) -> list[str]:  # noqa: ANN401 - see above
    """Give floats, the shortest text of their own width: 7.0 is 7, and no number is nothing."""
    values = pc.fill_null(column, np.nan).to_numpy(zero_copy_only=False)
    exact = 2 ** (np.finfo(values.dtype).nmant + 1)
    # A float of 32 bits is meant as it is written: 59.93, not 59.93000030517578.
    numbers = values if values.dtype == np.float64 else map(float, map(str, values))
    given = np.isnan(values).tolist()
    return ["" if absent else number_as_text(float(number), exact)
            for absent, number in zip(given, numbers, strict=True)]  # fmt: skip


def _moments(column: Any) -> list[str]:  # noqa: ANN401 - see above
    """Give ISO 8601, in UTC where the column has a zone; nanoseconds are cut off."""
    zone = column.type.tz
    to_us = column.cast(pa.timestamp("us", zone), safe=False)
    clock = to_us.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
    texts = np.datetime_as_string(clock, unit="us").tolist()
    suffix = "+00:00" if zone else ""
    return ["" if text == "NaT" else text.removesuffix(".000000") + suffix for text in texts]


def _decimal(value: Any) -> str:  # noqa: ANN401 - a Decimal
    return str(int(value)) if value == value.to_integral_value() else f"{value.normalize():f}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _decoded(value: bytes) -> str:
    # What is no UTF-8 becomes half characters, which validation refuses row by row.
    return value.decode(errors="surrogateescape")


_WRITTEN: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Any], str]], ...] = (
    (pa.types.is_decimal, _decimal),
    (pa.types.is_binary, _decoded),
    (pa.types.is_large_binary, _decoded),
    (pa.types.is_nested, _json),
    (pa.types.is_null, _json),
)
"""Types whose values become texts one by one, and how."""
