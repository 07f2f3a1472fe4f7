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
    where what is said would not tell people apart: bare coordinates without a word, and those of
    three decimals or fewer, which hold a block of houses.
    """
    fine = (decimals(batch.lat, batch.lon) >= _FINE_DECIMALS) & ~np.isnan(batch.lat)
    rows = zip(batch.customer_id, batch.source, batch.topic, batch.address, batch.city,
               batch.name, batch.contact, batch.text, strict=True)  # fmt: skip
    found: list[int | None] = [None] * len(batch)
    for row, (customer, source, topic, *told) in enumerate(rows):
        if customer is not None:
            continue
        address, city, *words = map(_folded, told)
        if address:
            found[row] = _fingerprint(source, topic, address, city, *words)
        elif fine[row] and any(words):
            at = repr(float(batch.lat[row])), repr(float(batch.lon[row]))
            found[row] = _fingerprint(source, topic, *at, *words)
    return found


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


def _folded(text: str | None) -> str:
    if not text:
        return ""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    return _MARKS.sub(" ", plain).strip()


def _fingerprint(*parts: str) -> int:
    digest = blake2b("\0".join(parts).encode(errors="surrogatepass"), digest_size=_BYTES).digest()
    return int.from_bytes(digest, "little", signed=True)
