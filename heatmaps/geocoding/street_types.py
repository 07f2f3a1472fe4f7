"""Types, parts of town and initials of street names: what they say where the words are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heatmaps.geocoding import shares
from heatmaps.geocoding.initials import chosen_by_initials, with_initials
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.packed import Arrays, Texts, pack_texts, view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.normal_form import StreetName

_EITHER = {"пр": ("проспект", "проезд")}
_STREET = "улица"
_SAME_KIND = {
    "street": "улица", "ulica": "улица", "ulitsa": "улица", "vulica": "улица", "rue": "улица",
    "avenue": "проспект", "prospekt": "проспект", "praspekt": "проспект",
    "boulevard": "бульвар", "lane": "переулок", "square": "площадь", "highway": "шоссе",
    "road": "дорога", "embankment": "набережная",
}  # fmt: skip
"""Types of street that are one in two languages."""

TYPE_MISSING = "type_missing"
TYPE_PRESUMED = "type_presumed:улица"
"""Changes: no type was written; no type was written, and of several the commonest was taken."""


class FoundStreet(NamedTuple):
    """A street that a name may mean, how surely, and what had to be changed for it."""

    street: int
    confidence: float
    changes: tuple[str, ...]


OTHER_GENDER = "gender:"
"""Begins the change that tells that an adjective was written in another gender."""

Row = tuple[int, float, tuple[str, ...]]
"""A name's row, how surely its words are those asked for, and what was changed."""


def pack_street_types(names: Sequence[StreetName]) -> Arrays:
    """Give the type, the part of town and the initials of each name."""
    return {
        **_pack_choices("name.kind", [_SAME_KIND.get(n.kind, n.kind) for n in names]),
        **_pack_choices("name.tail", [n.tail for n in names]),
        **_pack_choices("name.initial", [n.initials for n in names]),
    }


def _pack_choices(name: str, texts: Sequence[str]) -> Arrays:
    """Give a column of few different texts: the texts, and which of them each row has."""
    different = sorted(set(texts))
    choice = {text: i for i, text in enumerate(different)}
    which = np.fromiter((choice[t] for t in texts), np.uint16, len(texts))
    return {**pack_texts(f"{name}s", different), name: which}


class StreetTypes:
    """Weighs the names whose words fit by their type, their part of town and their initials."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._street = view(arrays, "name.street")
        self._kind = view(arrays, "name.kind")
        self._tail = view(arrays, "name.tail")
        self._initial = view(arrays, "name.initial")
        self._initials = list(Texts(arrays, "name.initials"))
        self._kinds = list(Texts(arrays, "name.kinds"))
        self._tails = list(Texts(arrays, "name.tails"))
        self._tail_of = {tail: i for i, tail in enumerate(self._tails)}
        self._meant: dict[str, tuple[int, ...]] = {}
        self._key = Texts(arrays, "street.key")

    def fitting(
        self, kind: str, tail: str, initials: str, rows: Iterable[Row]
    ) -> tuple[FoundStreet, ...]:
        """Give the streets of these rows with what their type, part of town and initials say.

        What was left out or is another is no obstacle; it lowers the confidence. The likeliest
        first.
        """
        best: dict[int, FoundStreet] = {}
        kinds, of_tail = self._kinds_meant(kind), self._tail_of.get(tail)
        for one in rows:
            known_initials = self._initials[self._initial[one[0]]]
            if known_initials != initials:
                one = (one[0], *with_initials(initials, known_initials, *one[1:]))  # noqa: PLW2901 - the row weighed
            row, share, changes = one
            found: FoundStreet | None
            if self._tail[row] == of_tail and self._kind[row] in kinds:
                found = FoundStreet(self._street[row], share, changes)
            else:
                found = self._otherwise(kind, tail, kinds, one)
                if found is None:
                    continue
            known = best.get(found.street)
            if known is None or known.confidence < found.confidence:
                best[found.street] = found
        streets = tuple(best.values())
        if len(streets) < 2:  # noqa: PLR2004, one needs no order
            return streets
        weighed = streets if kind else self._presumed(streets)
        weighed = chosen_by_initials(weighed) if initials else weighed
        return tuple(sorted(weighed, key=lambda f: (-f.confidence, f.street)))

    def _kinds_meant(self, kind: str) -> tuple[int, ...]:
        """Give the types that one written may stand for."""
        meant = self._meant.get(kind)
        if meant is None:
            same = _SAME_KIND.get(kind, kind)
            either = _EITHER.get(same, (same,))
            meant = tuple(i for i, known in enumerate(self._kinds) if known in either)
            self._meant[kind] = meant
        return meant

    def _presumed(self, found: tuple[FoundStreet, ...]) -> Sequence[FoundStreet]:
        """Say of a ``улица`` among namesakes of other types that it was presumed.

        A namesake that has no type either goes before all of them.
        """
        if any(not f.changes for f in found):
            return [
                f._replace(confidence=f.confidence * shares.TYPE_NOT_NAMED)
                if TYPE_MISSING in f.changes
                else f
                for f in found
            ]
        plain = {f.street for f in found if self._key[f.street].startswith(f"{_STREET}:")}
        if not plain or len(plain) == len(found):
            return found
        return [
            f._replace(changes=_presuming(f.changes)) if f.street in plain else f for f in found
        ]

    def _otherwise(
        self, kind: str, tail: str, kinds: tuple[int, ...], one: Row
    ) -> FoundStreet | None:
        """Give a street of another type or part of town, None where that contradicts."""
        row, share, changes = one
        known = self._tails[self._tail[row]]
        if known != tail:
            if known and tail:
                return None
            share *= shares.TAIL_MISSING
            changes = (*changes, "tail_unknown" if tail else "tail_missing")
        if self._kind[row] in kinds:
            return FoundStreet(self._street[row], share, changes)
        if not kind:
            share *= shares.TYPE_MISSING
            if any(change.startswith(OTHER_GENDER) for change in changes):
                share = min(share, shares.OTHER_CASE)
            return FoundStreet(self._street[row], share, (*changes, TYPE_MISSING))
        if self._is_elsewhere(kind, row):
            return None
        share *= shares.TYPE_MISMATCH * (shares.MISMATCH_AND_MORE if changes else 1.0)
        change = f"type:{kind}→{self._kinds[self._kind[row]]}"
        return FoundStreet(self._street[row], share, (*changes, change))

    def _is_elsewhere(self, kind: str, row: int) -> bool:
        """Tell whether a name of another type lies elsewhere: a street and a quarter called alike.

        Quarters of two types do where a number is all of their name.
        """
        areas = RUSSIAN.area_types
        known = self._kinds[self._kind[row]]
        if (kind in areas) != (known in areas):
            return True
        core = self._key[self._street[row]].partition(":")[2]
        return kind in areas and not any(letter.isalpha() for letter in core)


def _presuming(changes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(TYPE_PRESUMED if change == TYPE_MISSING else change for change in changes)
