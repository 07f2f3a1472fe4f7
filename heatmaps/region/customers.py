"""The customer base: who lives or works where, and may be told something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerBatch:
    """Customers at their addresses as equally long columns, in the order of their file.

    A customer may stand several times, also with one kind of address. `address_kind`, `segment`,
    `language` and `channel` hold fixed words. `lat`, `lon` are what the file gave, WGS 84 degrees,
    NaN where it gave an address; `ltv` is NaN where unknown. `consent_until` is the moment up to
    which the customer may be messaged, int64 microseconds since 1970 UTC, the smallest int64 where
    there is no consent. `content_hash` is equal where all of it is.
    """

    line: NDArray[np.int64]
    customer_id: Sequence[str]
    address_kind: Sequence[str]
    address: Sequence[str | None]
    city: Sequence[str | None]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    segment: Sequence[str | None]
    ltv: NDArray[np.float64]
    language: Sequence[str | None]
    channel: Sequence[str | None]
    contact: Sequence[str | None]
    consent_until: NDArray[np.int64]
    content_hash: NDArray[np.int64]

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.line)

    def take(self, rows: NDArray[np.intp]) -> CustomerBatch:
        """Give the rows at these positions, in this order."""
        positions = rows.tolist()
        taken: dict[str, Any] = {}
        for name in self.__slots__:
            column = getattr(self, name)
            whole = isinstance(column, np.ndarray)
            taken[name] = column[rows] if whole else [column[row] for row in positions]
        return CustomerBatch(**taken)

    @property
    def accuracy_m(self) -> NDArray[np.float64]:
        """Give the accuracy of the coordinates, which this file never tells: NaN."""
        return np.full(len(self), np.nan)
