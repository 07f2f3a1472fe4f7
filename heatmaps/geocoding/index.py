"""The gazetteer in memory: one address or many to their places, and what is being typed."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from heatmaps.geocoding.answer import answered
from heatmaps.geocoding.coordinates import read_coordinates
from heatmaps.geocoding.decisions import Aliases, Decision, decided, decision_on
from heatmaps.geocoding.house_table import HouseTable, pack_houses
from heatmaps.geocoding.matching import Matching
from heatmaps.geocoding.normal_form import NormalForm, readings, readings_batch
from heatmaps.geocoding.places import Places
from heatmaps.geocoding.result import GeocodeResult, Level, Suggestion
from heatmaps.geocoding.street_table import StreetTable, pack_streets
from heatmaps.geocoding.suggestions import Completion, pack_completion
from heatmaps.geocoding.town_table import TownTable, pack_towns
from heatmaps.geocoding.towns_named import TownsNamed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.crew import Crew
    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.geocoding.packed import Arrays

__all__ = ["Aliases", "Decision", "GazetteerIndex", "build_index", "pack_gazetteer"]

AT_ONCE = 2_000
"""Addresses of a batch whose readings are held in memory together."""


def build_index(
    gazetteer: Gazetteer,
    default_city: str | None = None,
    aliases: Aliases | None = None,
) -> GazetteerIndex:
    """Give the index of a gazetteer; addresses that name no city are looked for in `default_city`.

    What `aliases` decide goes before what the gazetteer says. Raises UsageError where that city is
    not in the gazetteer.
    """
    return GazetteerIndex(pack_gazetteer(gazetteer), default_city, aliases)


def pack_gazetteer(gazetteer: Gazetteer) -> Arrays:
    """Give all that an index looks up, in packed arrays."""
    streets, towns = pack_streets(gazetteer.streets), pack_towns(gazetteer.settlements)
    houses = pack_houses(gazetteer.houses, len(gazetteer.streets), len(gazetteer.settlements))
    return {**towns, **streets, **houses, **pack_completion(gazetteer.streets)}


class GazetteerIndex:
    """A `Geocoder` over the packed arrays of one gazetteer; two of one gazetteer answer alike."""

    def __init__(
        self,
        arrays: Mapping[str, NDArray[Any]],
        default_city: str | None = None,
        aliases: Aliases | None = None,
    ) -> None:
        self._arrays = arrays
        self._aliases = aliases
        self._streets = StreetTable(arrays)
        self._houses = HouseTable(arrays)
        self._towns = TownTable(arrays, default_city)
        self._places = Places(self._towns, self._streets, self._houses)
        self._named = TownsNamed(self._towns)
        self._matching = Matching(self._named, self._streets, self._places)
        self._completion: Completion | None = None
        self._crew: Crew | None = None

    def with_crew(self, crew: Crew | None) -> GazetteerIndex:
        """Give an index over the same gazetteer that shares large batches with a crew."""
        other = copy(self)
        other._crew = crew  # noqa: SLF001 - of our own class
        return other

    def with_aliases(self, aliases: Aliases | None) -> GazetteerIndex:
        """Give an index over the same gazetteer with these decisions; nothing is built again."""
        other = copy(self)
        other._aliases = aliases  # noqa: SLF001 - of our own class
        return other

    @property
    def default_city(self) -> str:
        """The normal form of the city in which addresses without one lie, empty without any."""
        default = self._towns.default
        return self._towns.key(default[0]).partition("|")[0] if default else ""

    def geocode(self, address: str, city: str | None = None) -> GeocodeResult:
        """Give the place of one address; `city` is what a structured column said."""
        forms = readings(address, city)
        return self._answer(address, city, forms, self._matching.plain(forms))

    def geocode_batch(
        self, addresses: Sequence[str], cities: Sequence[str | None]
    ) -> list[GeocodeResult]:
        """Give the places of many addresses, in their order, equal to `geocode` of each.

        Raises ValueError where there are not as many cities as addresses.
        """
        pairs = list(zip(addresses, cities, strict=True))
        different = list(dict.fromkeys(pairs))
        if self._crew is not None and self._crew.is_worth(len(different)):
            found = self._crew.geocode(different, self._alone)
            if self._aliases:
                found = [
                    one if self._decision(*pair, one) is None else self.geocode(*pair)
                    for pair, one in zip(different, found, strict=True)
                ]
        else:
            found = self._alone(different)
        if len(different) == len(pairs):
            return found
        answers = dict(zip(different, found, strict=True))
        return [answers[pair] for pair in pairs]

    def place_of(self, key: str) -> GeocodeResult | None:
        """Give the place that has this lasting key, None where the gazetteer does not hold it."""
        found = self._places.of_key(key)
        return answered(NormalForm(), "", [found], ()) if found else None

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Give up to `limit` completions of `text`, the likeliest first.

        Streets first; once a street is complete and a number begins, its houses.
        """
        if self._completion is None:
            self._completion = Completion(self._arrays, self._streets, self._houses, self._named)
        suggestions: list[Suggestion] = []
        for street, row in self._completion.complete(text, limit * 2):
            candidate = self._suggested(street, row)
            if candidate is not None:
                suggestions.append(candidate)
            if len(suggestions) == limit:
                break
        return suggestions

    def _suggested(self, street: int, row: int | None) -> Suggestion | None:
        """Give a completion, or None where its text would not lead back to this very place."""
        value = self._places.label(street, None if row is None else self._houses.number(row))
        answer = self.geocode(value)
        level = Level.STREET if row is None else Level.HOUSE
        table = self._streets if row is None else self._houses
        at = street if row is None else row
        lat, lon = table.lat[at], table.lon[at]
        if (answer.level, answer.lat, answer.lon) != (level, lat, lon):
            return None
        return Suggestion(value, level, lat, lon)

    def _alone(self, pairs: Sequence[tuple[str, str | None]]) -> list[GeocodeResult]:
        """Give the places of pairs of address and city, by this process."""
        found: list[GeocodeResult] = []
        for start in range(0, len(pairs), AT_ONCE):
            some = pairs[start : start + AT_ONCE]
            read = readings_batch([address for address, _ in some], [city for _, city in some])
            plain = [self._matching.plain(forms) for forms in read]
            self._matching.prepare(
                [forms[0] for forms, one in zip(read, plain, strict=True) if one is None]
            )
            found += [
                self._answer(address, city, forms, one)
                for (address, city), forms, one in zip(some, read, plain, strict=True)
            ]
        return found

    def _answer(
        self,
        address: str,
        city: str | None,
        forms: Sequence[NormalForm],
        plain: GeocodeResult | None,
    ) -> GeocodeResult:
        """Give the place of an address by its readings, the likeliest first.

        `plain` is that of the first where it says plainly what the gazetteer has.
        """
        typed = read_coordinates(address)
        if typed is not None:
            return typed
        form, best = (forms[0], plain) if plain else self._matching.best(address, forms)
        decision = self._decision(address, city, best) if self._aliases else None
        return (decision and decided(decision, form, best, self.place_of)) or best

    def _decision(self, address: str, city: str | None, best: GeocodeResult) -> Decision | None:
        if not self._aliases:
            return None
        return decision_on(self._aliases, address, city, best, self.default_city)
