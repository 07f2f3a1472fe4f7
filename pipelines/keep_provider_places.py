"""What a provider once placed stays there: new and corrected complaints take such places over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from heatmaps.geocoding.doubt import JUNK
from heatmaps.geocoding.fingerprints import form_key, ignored_places, shared_form
from heatmaps.geocoding.online.verdict import VERIFIED, better
from heatmaps.store.provider_answers import placed_forms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from heatmaps.geocoding.result import Geocoder, GeocodeResult, Suggestion


@dataclass(frozen=True, slots=True)
class GeocoderWithPlaces:
    """A `Geocoder` that gives the place which a provider gave an equal normal form, where surer.

    Nobody is asked: what counts is where complaints and customers stand in the store.
    """

    ours: Geocoder
    connection: Connection

    def geocode(self, address: str, city: str | None = None) -> GeocodeResult:
        """Give the place of one address."""
        return self.geocode_batch([address], [city])[0]

    def geocode_batch(
        self, addresses: Sequence[str], cities: Sequence[str | None]
    ) -> list[GeocodeResult]:
        """Give the places of many addresses, in their order."""
        results = list(self.ours.geocode_batch(addresses, cities))
        unsure = {row: form_key(shared_form(result)) for row, result in enumerate(results)
                  if result.confidence < VERIFIED and result.normal_form
                  and JUNK not in result.faults}  # fmt: skip
        known = placed_forms(self.connection, list(set(unsure.values()))) if unsure else {}
        for row, key in unsure.items():
            theirs, ours = known.get(key), results[row]
            if theirs and (better(theirs, ours) or theirs.confidence > ours.confidence):
                changes = ignored_places(ours) + theirs.changes
                results[row] = replace(theirs, normal_form=ours.normal_form, changes=changes)
        return results

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Give our own completions of a text."""
        return self.ours.suggest(text, limit)


def with_places(connection: Connection, geocoder: Callable[[], Geocoder]) -> Callable[[], Geocoder]:
    """Give what gives a geocoder that also knows the places of providers in the store."""
    return lambda: GeocoderWithPlaces(geocoder(), connection)
