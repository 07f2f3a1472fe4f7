"""Which settlements an address may lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from heatmaps.errors import UsageError
from heatmaps.geocoding.normal_form import NormalForm, StreetName, settlement_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heatmaps.geocoding.gazetteer import Settlements

PLACE_IGNORED = 0.9
"""Confidence where a name in the address, perhaps a district's, is no settlement known here."""
PLACE_CONTRADICTED = 0.8
"""Confidence where the settlement written is unknown and another one had to serve."""
ONLY_SETTLEMENT = 0.9
"""Confidence where no city is named and but one place in the gazetteer fits."""
_MAX_TOWN_WORDS = 3


class Towns(NamedTuple):
    """Where to look: settlements (None is anywhere), how surely, and why."""

    settlements: tuple[int, ...] | None
    confidence: float = 1.0
    changes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


class TownTable:
    """Settlements by the normal form of their name.

    `default` are those that addresses without a city lie in. Raises UsageError where that city is
    not in the gazetteer.
    """

    def __init__(self, settlements: Settlements, default_city: str | None) -> None:
        self._keys = [settlement_key(name) for name in settlements.name]
        self._positions: dict[str, tuple[int, ...]] = {}
        for position, key in enumerate(self._keys):
            self._positions[key] = (*self._positions.get(key, ()), position)
        self._regions = [
            _region_words(settlement_key(region)) if region else frozenset()
            for region in settlements.region
        ]
        self.default = self.of_name(settlement_key(default_city)) if default_city else ()
        if default_city and not self.default:
            message = (
                f"Default city {default_city!r} is not in the gazetteer; load a gazetteer that "
                "holds it or name another city."
            )
            raise UsageError(message)

    def of_name(self, key: str) -> tuple[int, ...]:
        """Give the settlements whose name has this normal form."""
        return self._positions.get(key, ())

    def has_namesake(self, position: int) -> bool:
        """Tell whether another settlement bears the same name."""
        return len(self._positions[self._keys[position]]) > 1

    def named(self, form: NormalForm) -> Towns:
        """Give the settlements to look in: input, column, default, anywhere."""
        for i, place in enumerate(form.places):
            known = self._in_region(self.of_name(place.name), form.region)
            if known and i < form.places_named:
                ignored = tuple(f"place_ignored:{p.name}" for p in form.places[:i])
                typed = any(p.kind for p in form.places[:i])
                share = PLACE_CONTRADICTED if typed else PLACE_IGNORED if i else 1.0
                return Towns(known, share, ignored)
            if known:
                ignored = tuple(f"place_ignored:{p.name}" for p in form.places[:i])
                return Towns(known, PLACE_CONTRADICTED if i else 1.0, ignored)
        if form.places:
            return Towns((), 1.0, (), ("unknown_settlement",))
        if self.default:
            return Towns(self.default, 1.0, ("default_city",))
        if len(self._regions) == 1:
            return Towns((0,))
        return Towns(None, ONLY_SETTLEMENT, ("city_missing",), ("no_city",))

    def _in_region(self, towns: tuple[int, ...], region: str) -> tuple[int, ...]:
        """Narrow namesakes down to the region named, where the gazetteer knows it."""
        if not region or len(towns) < 2:  # noqa: PLR2004, one town needs no region
            return towns
        words = _region_words(region)
        return tuple(t for t in towns if self._regions[t] & words) or towns

    def in_street(self, form: NormalForm) -> Iterator[tuple[Towns, StreetName]]:
        """Give readings of the street's words as a settlement before or behind a street."""
        name, words = form.street, form.street.words
        for count in range(min(len(words), _MAX_TOWN_WORDS), 0, -1):
            for town, rest in ((words[:count], words[count:]), (words[-count:], words[:-count])):
                known = self.of_name(settlement_key(" ".join(town)))
                known = self._in_region(known, form.region)
                if known:
                    kind = name.kind if rest or name.ordinals else ""
                    yield Towns(known), StreetName(kind, name.ordinals, rest, name.tail)


def _region_words(region: str) -> frozenset[str]:
    """Give the words that name a region, without the type word around them."""
    words = region.split()
    return frozenset(words) - {"область", "край", "республика", "автономный"}
