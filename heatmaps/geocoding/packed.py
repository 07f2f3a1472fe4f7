"""Columns of text and tables of fingerprints in packed arrays, read in place without copying.

What an index is made of: a mapping from name to a one-dimensional array, made from a gazetteer or
lying in a snapshot file. Arrays are read through memoryviews, whose single items come quicker
than NumPy's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

Arrays = dict[str, "NDArray[Any]"]
"""Arrays of one dimension by name."""


def fingerprint(text: str) -> int:
    """Give 64 bits that stand for a text, the same in every process."""
    return int.from_bytes(
        blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "little"
    )


def view(arrays: Mapping[str, NDArray[Any]], name: str) -> Any:  # noqa: ANN401 - items are of the array's own type
    """Give an array's items for reading one by one, as a memoryview."""
    return arrays[name].data


def pack_texts(name: str, texts: Iterable[str]) -> Arrays:
    """Give one UTF-8 blob, and where each text ends in it."""
    encoded = [text.encode(errors="surrogatepass") for text in texts]
    ends = np.cumsum([len(text) for text in encoded], dtype=np.uint32)
    blob = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    return {f"{name}.blob": blob, f"{name}.ends": np.concatenate(([0], ends)).astype(np.uint32)}


class Texts:
    """Texts of a packed column by position."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
        self._blob = view(arrays, f"{name}.blob")
        self._ends = view(arrays, f"{name}.ends")

    def __len__(self) -> int:
        """Give the number of texts."""
        return len(self._ends) - 1

    def __getitem__(self, position: int) -> str:
        """Give the text at a position."""
        return str(
            self._blob[self._ends[position] : self._ends[position + 1]], "utf-8", "surrogatepass"
        )

    def __iter__(self) -> Iterator[str]:
        """Give the texts in order."""
        return map(self.__getitem__, range(len(self)))


def pack_keys(name: str, keys: Sequence[str]) -> Arrays:
    """Give a table from text to the positions at which it stands."""
    prints = np.fromiter((fingerprint(key) for key in keys), np.uint64, len(keys))
    order = np.argsort(prints, kind="stable")
    return {f"{name}.print": prints[order], f"{name}.position": order.astype(np.uint32)}


class Keys:
    """Positions of texts, found by fingerprint; two texts of one fingerprint are not expected."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
        self._prints = view(arrays, f"{name}.print")
        self._positions = view(arrays, f"{name}.position")

    def all(self, text: str) -> list[int]:
        """Give every position of a text, in order."""
        wanted = fingerprint(text)
        low = bisect_left(self._prints, wanted)
        if low == len(self._prints) or self._prints[low] != wanted:
            return []
        high = bisect_right(self._prints, wanted, low)
        positions: list[int] = self._positions[low:high].tolist()
        return positions

    def first(self, text: str) -> int | None:
        """Give the first position of a text, None where it stands nowhere."""
        wanted = fingerprint(text)
        low = bisect_left(self._prints, wanted)
        found = low < len(self._prints) and self._prints[low] == wanted
        return self._positions[low] if found else None
