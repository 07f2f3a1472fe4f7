"""Which settlements an address may lie in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding import fingerprints
from heatmaps.geocoding.normal_form import NormalForm, Place, StreetName, settlement_key
from heatmaps.geocoding.regions import REGION_TYPES, names_region, region_words
from heatmaps.geocoding.town_table import Towns, TownTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PLACE_IGNORED = 0.9
"""Confidence where a name in the address, perhaps a district's, is no settlement known here."""
PLACE_CONTRADICTED = 0.8
"""Confidence where the settlement written is unknown and another one had to serve."""
REGION_CONTRADICTED = 0.6
"""Confidence where the settlement is known only in another region than the one written."""
ONLY_SETTLEMENT = 0.9
"""Confidence where no city is named and but one place in the gazetteer fits."""
_MAX_TOWN_WORDS = 3
_NAMES_KEPT = 8_192
_LATIN = re.compile("[a-z]")


class _Told(NamedTuple):
    """What an address tells of its settlement, as in its normal form."""

    places: tuple[Place, ...]
    places_named: int
    region: str
    district: str
    transliterated: bool


class TownsNamed:
    """Reads which settlements an address names, from the names that a table knows."""

    def __init__(self, table: TownTable) -> None:
        self.table = table
        self._known = lru_cache(maxsize=_NAMES_KEPT)(self._named)

    def named(self, form: NormalForm) -> Towns:
        """Give the settlements to look in: input, column, default, anywhere."""
        places = form.places
        if len(places) == 1 and not (form.region or form.district):
            known = self.table.of_name(places[0].name)
            if known and not places[0].kind:
                return Towns(known)
        return self._known(_told(form))

    def prepare(self, forms: Iterable[NormalForm]) -> None:
        """Look up at once the names that are no settlement's to the letter."""
        table = self.table
        names = {place.name for form in forms for place in form.places}
        table.learn(name for name in names if not table.of_name(name))

    def in_street(self, form: NormalForm) -> Iterator[tuple[Towns, StreetName]]:
        """Give readings of the street's words as a settlement before or behind a street."""
        for town, rest in _splits(form.street.words):
            known = self.table.of_name(settlement_key(" ".join(town)))
            if known:
                yield self._of_region(form.region, Towns(known)), _rest(form.street, rest)

    def like_in_street(
        self, form: NormalForm, *, by_sound: bool
    ) -> Iterator[tuple[Towns, StreetName]]:
        """Give such readings with the settlement's name misspelt."""
        for town, rest in _splits(form.street.words):
            if not (rest or form.street.ordinals):
                continue
            like = self.table.like(" ".join(town), by_sound=by_sound)
            if like.settlements:
                yield self._of_region(form.region, like), _rest(form.street, rest)

    def _named(self, told: _Told) -> Towns:
        if told.places:
            return self._in_places(told) or Towns((), 1.0, (), ("unknown_settlement",))
        known, region = self._with_region(told.region)
        if known:
            return self._of_region(region, Towns(known))
        if self.table.default:
            return Towns(self.table.default, 1.0, ("default_city",))
        if len(self.table) == 1:
            return Towns((0,))
        return Towns(None, ONLY_SETTLEMENT, ("city_missing",), ("no_city",))

    def _in_places(self, told: _Told) -> Towns | None:
        """Give the settlements that the places named mean; to the letter before nearly."""
        for i, place in enumerate(told.places):
            known = self.table.of_name(place.name)
            if known:
                return self._in_place(told, i, self.table.of_kind(place.kind, Towns(known)))
        for i, place in enumerate(told.places):
            known, region = self._with_region(place.name)
            if known:
                return self._in_place(told._replace(region=region), i, Towns(known))
        for i, place in enumerate(told.places):
            like = self.table.like(place.name, by_sound=self._by_sound(told, place.name))
            if like.settlements:
                return self._in_place(told, i, like)
        return None

    def _with_region(self, name: str) -> tuple[tuple[int, ...], str]:
        """Give the settlements of a name written in one with their region, and that region."""
        words = [word for word in name.split() if word not in REGION_TYPES]
        for count in range(len(words) - 1, 0, -1):
            for town, rest in ((words[:count], words[count:]), (words[-count:], words[:-count])):
                known = self.table.of_name(" ".join(town))
                region = " ".join(rest)
                if known and any(self.table.region_words(t) & region_words(region) for t in known):
                    return known, region
        return (), ""

    def _in_place(self, told: _Told, i: int, towns: Towns) -> Towns:
        """Give the settlements of the i-th place named, those before it being unknown."""
        if len(told.places) == 1 and not (told.region or told.district):
            return towns
        before = [place for place in told.places[:i] if not names_region(place.name)]
        ignored = tuple(
            f"place_unknown:{place.name}"
            if place.kind
            else f"{fingerprints.PLACE_IGNORED}{place.name}"
            for place in (*before, *self._beside(told.places[i + 1 :], towns))
        )
        share = 1.0
        if before:
            typed = i >= told.places_named or any(place.kind for place in before)
            share = PLACE_CONTRADICTED if typed else PLACE_IGNORED
        found = self._of_region(told.region, towns)
        if told.district and len(found.settlements or ()) > 1:
            found = self.table.narrowed(found, [settlement_key(told.district)])
        if len(found.settlements or ()) > 1:
            others = (place.name for place in told.places if place is not told.places[i])
            found = self.table.narrowed(found, others)
        return found._replace(
            confidence=found.confidence * share, changes=(*ignored, *found.changes)
        )

    def _beside(self, places: Sequence[Place], towns: Towns) -> list[Place]:
        """Give what stands beside a settlement, without a type, and names no place or region."""
        regions = {word for t in towns.settlements or () for word in self.table.region_words(t)}
        return [
            place
            for place in places
            if not (place.kind or names_region(place.name) or self.table.of_name(place.name))
            and not region_words(place.name) & regions
        ]

    def _by_sound(self, told: _Told, name: str) -> bool:
        return self.table.has_latin or told.transliterated or bool(_LATIN.search(name))

    def _of_region(self, region: str, towns: Towns) -> Towns:
        """Narrow namesakes down to the region named; one known in another region is doubtful."""
        if not region or not towns.settlements:
            return towns
        words = region_words(region)
        regions = {t: self.table.region_words(t) for t in towns.settlements}
        within = tuple(t for t, theirs in regions.items() if theirs & words)
        if within:
            return towns._replace(settlements=within)
        unknown = tuple(t for t, theirs in regions.items() if not theirs)
        if unknown:
            return towns._replace(settlements=unknown)
        return towns._replace(
            confidence=towns.confidence * REGION_CONTRADICTED,
            changes=(*towns.changes, f"region_contradicted:{region}"),
        )


def _told(form: NormalForm) -> _Told:
    spelt = "transliterated" in form.changes
    return _Told(form.places, form.places_named, form.region, form.district, spelt)


def _splits(words: Sequence[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give the words cut into a settlement's and the rest: the settlement first, then last."""
    words = tuple(words)
    for count in range(min(len(words), _MAX_TOWN_WORDS), 0, -1):
        yield words[:count], words[count:]
        yield words[-count:], words[:-count]


def _rest(street: StreetName, words: tuple[str, ...]) -> StreetName:
    kind = street.kind if words or street.ordinals else ""
    return StreetName(kind, street.ordinals, words, street.tail, street.initials)
