"""Rows of a Customers file become customers; rows that cannot be true are refused, with why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from heatmaps.complaints.faults import Faults
from heatmaps.complaints.fields import check_texts, numbers, words
from heatmaps.complaints.record import (
    ABSENT_TIME,
    AddressKind,
    Channel,
    Language,
    Segment,
    content_hashes,
)
from heatmaps.complaints.times import read_times
from heatmaps.complaints.validation import EARLIEST, check_position
from heatmaps.region.customers import CustomerBatch

if TYPE_CHECKING:
    from collections.abc import Collection
    from enum import StrEnum

    from numpy.typing import NDArray

    from heatmaps.complaints.rows import RowBatch
    from heatmaps.complaints.validation import Intake
    from heatmaps.quarantine import Refused

_WORDS: dict[str, tuple[type[StrEnum], str | None]] = {
    "address_kind": (AddressKind, AddressKind.HOME),
    "segment": (Segment, None),
    "language": (Language, None),
    "channel": (Channel, None),
}
_TEXTS = ("customer_id", "address", "city", "contact")
_DAY_US = 24 * 3_600_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ValidatedCustomers(NamedTuple):
    """What became of a batch: `customers` in file order, `refused` rows by line."""

    customers: CustomerBatch
    refused: list[Refused]


def validate_customers(
    rows: RowBatch, intake: Intake, later: Collection[tuple[str, str]] = ()
) -> ValidatedCustomers:
    """Turn a batch of rows into customers, refusing every row with an impossible value.

    A missing address kind is ``home``. A consent given as a day lasts to the end of that day.
    `later` are the (customer id, address kind) told after a replayed row, which it must not touch.
    """
    faults = Faults(rows)
    faults.refuse_absent("customer_id")
    check_texts(rows, faults)
    figures = {name: numbers(rows, name, faults, comma=name != "ltv") for name in _FIGURES}
    check_position(figures["lat"], figures["lon"], intake.bounds, faults)
    nowhere = [text is None for text in rows.column("address")] & np.isnan(figures["lat"])
    faults.refuse(nowhere, "has neither address nor lat and lon; fill in one", "customer_id")
    faults.refuse(figures["ltv"] < 0, "is below zero; correct it or leave it empty", "ltv")
    fixed = {name: words(rows, name, *known, faults) for name, known in _WORDS.items()}
    if later:
        owners = zip(rows.column("customer_id"), fixed["address_kind"], strict=True)
        faults.refuse([owner in later for owner in owners], _LATER, "customer_id")
    columns: dict[str, Any] = {
        **fixed,
        **{name: rows.column(name) for name in _TEXTS},
        **figures,
        "consent_until": _consent(rows, intake, faults),
    }
    refused = faults.refused(columns["customer_id"], columns["address_kind"])
    good = faults.kept()
    if good is not None:
        columns = {name: _taken(column, good) for name, column in columns.items()}
    line = rows.line if good is None else rows.line[good]
    hashes = content_hashes(columns[name] for name in _HASHED)
    batch = CustomerBatch(line=line, content_hash=hashes, **columns)
    return ValidatedCustomers(batch, refused)


_LATER = "has addresses of this kind from a later load; load a corrected file instead"
_FIGURES = ("lat", "lon", "ltv")
_HASHED = (*_WORDS, *_TEXTS, *_FIGURES, "consent_until")
"""The order is part of every stored hash: a new column goes to the end."""


def _consent(rows: RowBatch, intake: Intake, faults: Faults) -> NDArray[np.int64]:
    profile = intake.profile
    zone = ZoneInfo(profile.timezone) if profile.timezone else intake.zone
    times = read_times(rows.column("consent_until"), zone, profile.time_formats)
    faults.refuse(
        times.unreadable,
        "is not a time; write it like 2027-12-31, or name its form in the profile's time_formats",
        "consent_until",
    )
    early = (EARLIEST - _EPOCH) // timedelta(microseconds=1)
    faults.refuse(
        (times.utc != ABSENT_TIME) & (times.utc < early),
        f"lies before {EARLIEST:%Y}; correct it, or leave it empty where there is no consent",
        "consent_until",
    )
    return np.where(times.date_only, times.utc + _DAY_US, times.utc)


def _taken(column: Any, kept: list[int]) -> Any:  # noqa: ANN401 - a list or an array of any type
    return column[kept] if isinstance(column, np.ndarray) else [column[row] for row in kept]
