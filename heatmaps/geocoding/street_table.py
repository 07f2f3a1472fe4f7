"""All streets of a gazetteer, found by settlement and name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form import StreetName, street_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.gazetteer import Streets

TYPE_MISSING = 0.97
TAIL_MISSING = 0.95
TYPE_MISMATCH = 0.80
"""A street of another type is no more likely the one meant than this."""

_EITHER = {"пр": ("проспект", "проезд")}


class FoundStreet(NamedTuple):
    """A street that a name may mean, how surely, and what had to be changed for it."""

    street: int
    confidence: float
    changes: tuple[str, ...]


class StreetTable:
    """Streets by the core of their name, within a settlement or anywhere."""

    def __init__(self, streets: Streets) -> None:
        self.names: list[StreetName] = [street_name(name) for name in streets.name]
        self.settlement: list[int] = streets.settlement.tolist()
        self._within: dict[tuple[int, str], list[int]] = {}
        self._anywhere: dict[str, list[int]] = {}
        for street, (settlement, name) in enumerate(zip(self.settlement, self.names, strict=True)):
            core = name.core
            self._within.setdefault((settlement, core), []).append(street)
            self._anywhere.setdefault(core, []).append(street)

    def find(self, name: StreetName, settlements: Sequence[int] | None) -> list[FoundStreet]:
        """Give the streets that `name` may mean in those settlements, or anywhere for None.

        More than one is ambiguous; a type or part of town that was left out is no obstacle.
        """
        core = name.core
        if settlements is None:
            streets = self._anywhere.get(core, [])
        else:
            streets = [s for town in settlements for s in self._within.get((town, core), [])]
        return self._of_kind(name, self._of_tail(name, streets)) if streets else []

    def of_key(self, settlement: int, key: str) -> int | None:
        """Give the street with this lasting key in a settlement, None where there is none."""
        for street, name in enumerate(self.names):
            if self.settlement[street] == settlement and name.key == key:
                return street
        return None

    def _of_tail(self, name: StreetName, streets: list[int]) -> list[FoundStreet]:
        same = [FoundStreet(s, 1.0, ()) for s in streets if self.names[s].tail == name.tail]
        if same:
            return same
        change = ("tail_missing",) if not name.tail else ("tail_unknown",)
        return [
            FoundStreet(s, TAIL_MISSING, change)
            for s in streets
            if not name.tail or not self.names[s].tail
        ]

    def _of_kind(self, name: StreetName, found: list[FoundStreet]) -> list[FoundStreet]:
        wanted = _EITHER.get(name.kind, (name.kind,))
        same = [f for f in found if self.names[f.street].kind in wanted]
        if same:
            return same
        if not name.kind:
            return [_changed(f, TYPE_MISSING, "type_missing") for f in found]
        return [
            _changed(f, TYPE_MISMATCH, f"type:{name.kind}→{self.names[f.street].kind}")
            for f in found
        ]


def _changed(found: FoundStreet, share: float, change: str) -> FoundStreet:
    return FoundStreet(found.street, found.confidence * share, (*found.changes, change))
