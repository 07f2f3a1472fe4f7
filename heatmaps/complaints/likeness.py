"""The likeness of complaints that name no customer: equal where one thing was entered again."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.region.rounding import decimals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.complaints.record import ComplaintBatch

_BYTES = 8
_FINE_DECIMALS = 4
_MICROSECOND = timedelta(microseconds=1)
_MARKS = re.compile(r"[\W_]+")
_ALIKE = str.maketrans("ё", "е")


def likenesses(batch: ComplaintBatch) -> list[int | None]:
    """Give each complaint a signed 64-bit fingerprint (BLAKE2b, RFC 7693), or None.

    It covers source and topic, and without case, punctuation and the dots of ``ё`` the address and
    city, or where there is no address the coordinates, the name, the contact and the text. Two
    flats of one house differ. None where a customer is named, who then tells complaints apart, and
    where there is no place that one person could be told by: coordinates of three decimals or
    fewer hold a block of houses.
    """
    place = _places(batch)
    said = zip(batch.name, batch.contact, batch.text, strict=True)
    rows = zip(batch.customer_id, place, batch.source, batch.topic, said, strict=True)
    return [
        _fingerprint(source, topic, where, *map(_folded, words)) if not customer and where else None
        for customer, where, source, topic, words in rows
    ]


def first_entries(
    likeness: NDArray[np.int64], time: NDArray[np.int64], within: timedelta
) -> NDArray[np.intp]:
    """Give for each complaint the position of the first entry of the same.

    Complaints of equal likeness are one entered several times as long as each follows the one
    before within `within`; `time` is microseconds, all columns are of one length in any order.
    """
    order = np.lexsort((time, likeness))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = np.diff(likeness[order]) != 0
    new[1:] |= np.diff(time[order]) > within // _MICROSECOND
    first = np.empty(len(order), dtype=np.intp)
    first[order] = order[new][np.cumsum(new) - 1]
    return first


def _places(batch: ComplaintBatch) -> list[str]:
    """Give what each complaint says of its place; empty where it says nothing or is not asked."""
    asked = np.array([customer is None for customer in batch.customer_id], dtype=np.bool_)
    fine = decimals(batch.lat, batch.lon) >= _FINE_DECIMALS
    places = [""] * len(batch)
    for row in np.flatnonzero(asked & fine & ~np.isnan(batch.lat)).tolist():
        places[row] = f"{batch.lat[row]!r} {batch.lon[row]!r}"
    for row in np.flatnonzero(asked).tolist():
        if address := _folded(batch.address[row]):
            places[row] = f"{address} {_folded(batch.city[row])}"
    return places


def _folded(text: str | None) -> str:
    if not text:
        return ""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    return _MARKS.sub(" ", plain).strip()


def _fingerprint(*parts: str) -> int:
    digest = blake2b("\0".join(parts).encode(errors="surrogatepass"), digest_size=_BYTES).digest()
    return int.from_bytes(digest, "little", signed=True)
