"""A table that leaves the house: columns that say what they hold, and shapes beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    Values: TypeAlias = Sequence[object] | NDArray[Any] | pa.Array | pa.ChunkedArray

NAME_LENGTH = 31
"""Characters a sheet's name may have; Excel takes no more."""

_NAME = re.compile(r"[^\[\]:*?/\\']+")


class Kind(StrEnum):
    """What a column's values are; a file keeps it also where there is no value."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "moment"


_KIND_OF_DTYPE = {"i": Kind.INTEGER, "u": Kind.INTEGER, "f": Kind.NUMBER, "b": Kind.FLAG,
                  "M": Kind.MOMENT}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds with its unit, in English, and its values.

    Values are str, int, float, bool, None and aware datetimes; NaN counts as None. In bulk they are
    an array of NumPy (``datetime64`` is in UTC) or of Arrow. `kind` is found from plain values and
    NumPy's where it is not given; give it with Arrow and where there may be no value.
    """

    name: str
    says: str
    values: Values
    kind: Kind | None = None

    @property
    def type(self) -> Kind:
        """What the values are; text where there is no value to tell."""
        return self.kind or _kind_of(self.values)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Equally long columns under a name; ValueError where they or the name do not fit.

    `shapes` are shapely geometries or None, one a row: WGS 84, x = longitude, y = latitude. Formats
    of text write them behind the column `shapes_after`, or behind the last one.
    """

    name: str
    columns: tuple[Column, ...]
    shapes: NDArray[np.object_] | None = None
    says: str = ""
    shapes_after: str = ""

    def __post_init__(self) -> None:
        """Refuse columns that do not fit together."""
        lengths = {column.name: len(column.values) for column in self.columns}
        if self.shapes is not None:
            lengths["geometry"] = len(self.shapes)
        if len(set(lengths.values())) > 1 or len(lengths) < len(self.columns):
            message = f"the columns of sheet {self.name!r} do not fit together: {lengths}"
            raise ValueError(message)
        if len(self.name) > NAME_LENGTH or not _NAME.fullmatch(self.name):
            message = f"sheet name {self.name!r} is no name of 1 to {NAME_LENGTH} plain characters"
            raise ValueError(message)

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.columns[0].values) if self.columns else 0

    @property
    def shapes_at(self) -> int:
        """How many columns formats of text write before the shapes."""
        names = [column.name for column in self.columns]
        return names.index(self.shapes_after) + 1 if self.shapes_after else len(names)


def _kind_of(values: Values) -> Kind:
    if isinstance(values, np.ndarray) and values.dtype.kind in _KIND_OF_DTYPE:
        return _KIND_OF_DTYPE[values.dtype.kind]
    types = {type(value) for value in values if value is not None}
    for kind, known in ((Kind.FLAG, bool), (Kind.INTEGER, int), (Kind.NUMBER, int | float),
                        (Kind.MOMENT, datetime)):  # fmt: skip
        if types and all(issubclass(one, known) for one in types):
            return kind
    return Kind.TEXT
