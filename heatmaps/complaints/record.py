"""The complaint: its words with fixed values and the columns that intake makes of rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.quarantine import Refused
from heatmaps.region.technology import Technology

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = [
    "ABSENT_TIME",
    "WORDS",
    "AddressKind",
    "Channel",
    "ComplaintBatch",
    "Language",
    "Place",
    "Refused",
    "Segment",
    "State",
    "Technology",
    "Topic",
]

ABSENT_TIME = int(np.iinfo(np.int64).min)
"""An absent time in an int64 column; NumPy's own NaT when viewed as ``datetime64[us]``."""

_HASH_BYTES = 8
_UNKNOWN: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
"""In place of hashes: they are to be made."""


class State(StrEnum):
    """Where the CRM stands with a complaint."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class AddressKind(StrEnum):
    """The address of what: a registration address says little about where the trouble is."""

    PROBLEM = "problem"
    HOME = "home"
    WORK = "work"
    REGISTRATION = "registration"


class Place(StrEnum):
    """Where the customer was."""

    INDOOR = "indoor"
    OUTDOOR = "outdoor"
    TRANSPORT = "transport"


class Channel(StrEnum):
    """How the complaint came, and so how its answer goes."""

    CALL = "call"
    CHAT = "chat"
    APP = "app"
    OFFICE = "office"
    MESSENGER = "messenger"
    SOCIAL = "social"
    EMAIL = "email"
    WEB = "web"
    LETTER = "letter"


class Language(StrEnum):
    """The customer's language."""

    RU = "ru"
    KK = "kk"
    EN = "en"


class Segment(StrEnum):
    """Market segment."""

    MASS = "mass"
    HIGH_VALUE = "high_value"
    B2B = "b2b"
    B2G = "b2g"
    VIP = "vip"


class Topic(StrEnum):
    """What the complaint is about. The order is the code order used in batch columns."""

    NO_SERVICE = "no_service"
    NO_COVERAGE = "no_coverage"
    NO_INTERNET = "no_internet"
    SLOW_INTERNET = "slow_internet"
    VOICE_QUALITY = "voice_quality"
    DROPPED_CALLS = "dropped_calls"
    OTHER = "other"


WORDS: dict[str, type[StrEnum]] = {
    "state": State,
    "address_kind": AddressKind,
    "place": Place,
    "technology": Technology,
    "channel": Channel,
    "language": Language,
    "segment": Segment,
    "topic": Topic,
}
"""The columns whose values are fixed, and their words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintBatch:
    """Validated complaints as equally long columns, in the order of their file.

    Identity is (`source`, `external_id`); one identity may stand several times in a batch, and
    the store takes them as so many tellings, in this order, an older one never over a newer.

    - Times are int64 microseconds since 1970-01-01 UTC; `ABSENT_TIME` where there is none.
    - Texts and words are stripped strings, never empty; None where absent. Words hold the values
      of the enums of this module.
    - Floats are NaN where absent. `lat`, `lon` are what the CRM gave, WGS 84 degrees, and are
      absent together; where the complaint finally stands is decided by geocoding.
    - `extra` holds the foreign columns that a profile keeps: the canonical text of a JSON object,
      their name to their text, sorted by name and without the empty ones.
    - `flags` names what intake noticed without refusing the row, such as ``fold_hour``.
    - `content_hash` is made here, or given where these are part of a batch that has it: equal
      content gives the equal hash, in every run and on every platform. `line` and `flags` do not
      count, since they tell of the file and not the complaint.

    ValueError where the columns differ in length.
    """

    line: NDArray[np.int64]
    source: list[str]
    external_id: list[str]
    created_at: NDArray[np.int64]
    updated_at: NDArray[np.int64]
    occurred_at: NDArray[np.int64]
    state: list[str]
    closed_at: NDArray[np.int64]
    owner: list[str | None]
    transferred_to: list[str | None]
    customer_id: list[str | None]
    name: list[str | None]
    contact: list[str | None]
    address: list[str | None]
    city: list[str | None]
    address_kind: list[str]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    location_source: list[str | None]
    place: list[str | None]
    technology: list[str | None]
    serving_cell: list[str | None]
    roaming: list[bool | None]
    brand: list[str | None]
    channel: list[str | None]
    language: list[str | None]
    segment: list[str | None]
    topic: list[str]
    ltv: NDArray[np.float64]
    critical: NDArray[np.bool_]
    text: list[str | None]
    flags: list[tuple[str, ...]]
    extra: list[str | None]
    content_hash: NDArray[np.int64] = field(default_factory=lambda: _UNKNOWN)

    def __post_init__(self) -> None:
        """Check the lengths and fingerprint the content."""
        lengths = {name: len(getattr(self, name)) for name in _COLUMNS}
        if len(set(lengths.values())) > 1:
            message = f"columns of a batch differ in length: {lengths}"
            raise ValueError(message)
        if self.content_hash is _UNKNOWN:
            columns = (getattr(self, name) for name in _HASHED)
            object.__setattr__(self, "content_hash", content_hashes(columns))

    def __len__(self) -> int:
        """Give the number of complaints."""
        return len(self.line)

    def take(self, rows: NDArray[np.int64]) -> ComplaintBatch:
        """Give the complaints at these positions, in this order."""
        positions = rows.tolist()
        if positions == list(range(len(self))):
            return self
        taken: dict[str, Any] = {"content_hash": self.content_hash[rows]}
        for name in _COLUMNS:
            column = getattr(self, name)
            whole = isinstance(column, np.ndarray)
            taken[name] = column[rows] if whole else [column[row] for row in positions]
        return ComplaintBatch(**taken)


_COLUMNS = tuple(name for name in ComplaintBatch.__slots__ if name != "content_hash")

_HASHED = tuple(name for name in _COLUMNS if name not in {"line", "flags"})
"""The order is part of every stored hash: a new column goes to the end, and then complaints
without it keep the hash they have."""


def content_hashes(columns: Iterable[list[Any] | NDArray[Any]]) -> NDArray[np.int64]:
    """Give one int64 per row: BLAKE2b (RFC 7693) of 8 bytes, little-endian, over its values.

    A row's canonical form is its values in UTF-8, parted by NUL, which no validated text holds;
    an absent value is empty, and absent values at the end leave no mark.
    """
    written = ["\0".join(row).rstrip("\0") for row in zip(*map(_canonical, columns), strict=True)]
    try:
        plain = list(map(str.encode, written))
    except UnicodeEncodeError:
        plain = [row.encode(errors="surrogatepass") for row in written]
    digests = [blake2b(row, digest_size=_HASH_BYTES).digest() for row in plain]
    return np.frombuffer(b"".join(digests), dtype="<i8").astype(np.int64)


def _canonical(column: list[Any] | NDArray[Any]) -> list[str]:
    if not isinstance(column, np.ndarray):
        return _written(column)
    if column.dtype.kind == "f":
        if np.isnan(column).all():
            return [""] * len(column)
        # Adding zero makes -0.0 and 0.0 one; repr is the shortest exact form on every platform.
        written = map(repr, (column + 0.0).tolist())
        return ["" if number == "nan" else number for number in written]
    if column.dtype.kind == "b":
        return ["1" if value else "" for value in column.tolist()]
    if (column == ABSENT_TIME).all():
        return [""] * len(column)
    return ["" if value == ABSENT_TIME else str(value) for value in column.tolist()]


def _written(column: list[Any]) -> list[str]:
    """Write a list of texts or of truths; an absent value is empty."""
    absent = column.count(None)
    if absent == len(column):
        return [""] * absent
    first = next(value for value in column if value is not None)
    if isinstance(first, bool):
        return ["" if value is None else str(int(value)) for value in column]
    return [value or "" for value in column] if absent else column
