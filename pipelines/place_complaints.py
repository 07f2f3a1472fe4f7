"""Complaints of a batch to their locations: by address, by coordinates, or by the surer of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from heatmaps.geocoding.default_point import DEFAULT_POINT, address_keys, is_default_point
from heatmaps.geocoding.doubt import doubtful
from heatmaps.geocoding.fingerprints import form_keys, match_keys
from heatmaps.geocoding.location import DISAGREE, NO_CELL, PROVIDER, Source, locate_batch
from heatmaps.store import customers, review_queue
from heatmaps.store.complaints import LocationColumns, together, write_places
from heatmaps.store.default_points import (
    complaints_on,
    crowded,
    default_points,
    other_coordinates,
    save_default_points,
)
from heatmaps.store.engine import lock
from heatmaps.store.types import to_microseconds
from pipelines.places_of_answers import PlacesOfAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from heatmaps.geocoding.location import Locations
    from heatmaps.geocoding.result import Geocoder, GeocodeResult
    from heatmaps.store.complaints import Replaceable
    from heatmaps.store.default_points import DefaultPoints


class Addressed(Protocol):
    """Rows with an address, coordinates, or both; a complaint's or a customer's."""

    @property
    def address(self) -> Sequence[str | None]:
        """Give the addresses as they were said."""
        ...

    @property
    def city(self) -> Sequence[str | None]:
        """Give the cities that stood beside them."""
        ...

    @property
    def lat(self) -> NDArray[np.float64]:
        """Give the latitudes given, WGS 84 degrees, NaN where none was."""
        ...

    @property
    def lon(self) -> NDArray[np.float64]:
        """Give the longitudes given, NaN where none was."""
        ...

    @property
    def accuracy_m(self) -> NDArray[np.float64]:
        """Give how exact they are, in metres, NaN where unknown."""
        ...


@dataclass(frozen=True, slots=True)
class PlacedAgain:
    """How many complaints were placed again, how many of them moved to another cell.

    `customers` are the customers' addresses placed again.
    """

    complaints: int
    moved: int
    customers: int


def placed(
    batch: Addressed,
    geocoder: Callable[[], Geocoder],
    known: DefaultPoints,
    places: PlacesOfAnswers | None = None,
) -> LocationColumns:
    """Give where each row stands; only those with an address ask the geocoder.

    Coordinates that are a known default point place nothing. `places` keeps what rows without
    coordinates have come to, for the batches that follow.
    """
    results = _geocoded(batch.address, batch.city, geocoder)
    bare = np.isnan(batch.lat)
    alone, rest = np.flatnonzero(bare), np.flatnonzero(~bare)
    by_answer = (places or PlacesOfAnswers(by_address)).of([results[row] for row in alone.tolist()])
    if not len(rest):
        return by_answer
    lat, lon = batch.lat[rest], batch.lon[rest]
    nowhere = known.hold(lat, lon)
    lat, lon = (np.where(nowhere, np.nan, degrees) for degrees in (lat, lon))
    others = [results[row] for row in rest.tolist()]
    found = _columns(others, locate_batch(others, lat, lon, batch.accuracy_m[rest]), nowhere)
    return together(by_answer, found).take(np.argsort(np.concatenate([alone, rest])))


def by_address(results: Sequence[GeocodeResult | None]) -> LocationColumns:
    """Give where answers stand that have no coordinates beside them."""
    nowhere = np.full(len(results), np.nan)
    found = locate_batch(results, nowhere, nowhere, nowhere)
    return _columns(results, found, np.zeros(len(results), dtype=np.bool_))


def place_forms_again(
    connection: Connection, form_keys: Sequence[int], geocoder: Callable[[], Geocoder]
) -> PlacedAgain:
    """Place all complaints and customers' addresses of these normal forms anew.

    As at intake: by address, by coordinates, or by the surer of both.
    """
    lock(connection, "intake")
    points = default_points(connection)
    told = review_queue.complaints_of(connection, form_keys)
    located = placed(told, geocoder, points)
    write_places(connection, told, located, np.arange(len(told.id)))
    held = review_queue.customers_of(connection, form_keys)
    customers.write_places(
        connection, held, placed(held, geocoder, points), np.arange(len(held.id))
    )
    moved = sum(had != has for had, has in zip(told.cell, located.cell, strict=True))
    return PlacedAgain(len(told.id), moved, len(held.id))


def place_on_default_points(
    connection: Connection,
    written: NDArray[np.int64],
    geocoder: Callable[[], Geocoder],
    streets: int,
    now: datetime,
) -> int:
    """Find default points among the coordinates of just `written` complaints, given by their ids.

    All complaints on one are placed again: by their address where it is found, else nowhere. A
    default point is a coordinate with addresses of more than so many `streets`. Gives how many
    of the complaints received `now` lost their place.
    """
    found = [
        each
        for each in crowded(connection, written, streets)
        if is_default_point(each.lat, each.lon, other_coordinates(connection, each))
    ]
    if not found:
        return 0
    save_default_points(connection, found, now)
    moved = complaints_on(connection, found)
    located = _by_address(moved, geocoder, np.ones(len(moved.id), dtype=np.bool_))
    write_places(connection, moved, located, np.arange(len(moved.id)))
    received = (moved.received_at == to_microseconds(now)).tolist()
    cells = zip(moved.cell, located.cell, received, strict=True)
    return sum(had is not None and has is None and own for had, has, own in cells)


def _by_address(
    moved: Replaceable, geocoder: Callable[[], Geocoder], on_default_point: NDArray[np.bool_]
) -> LocationColumns:
    results = _geocoded(moved.address, moved.city, geocoder)
    nowhere = np.full(len(moved.id), np.nan)
    return _columns(results, locate_batch(results, nowhere, nowhere, nowhere), on_default_point)


def _columns(
    results: Sequence[GeocodeResult | None], found: Locations, on_default_point: NDArray[np.bool_]
) -> LocationColumns:
    in_cell = (found.cell != NO_CELL).tolist()
    noticed = {DISAGREE: found.disagree, DEFAULT_POINT: on_default_point}
    faults = [result.faults if result else () for result in results]
    for fault, mask in noticed.items():
        for row in np.flatnonzero(mask).tolist():
            faults[row] = (*faults[row], fault)
    return LocationColumns(
        location_level=[str(level) for level in found.level],
        location_source=_sources(results, found),
        lat=found.lat,
        lon=found.lon,
        uncertainty_m=found.uncertainty_m,
        location_faults=[" ".join(each) or None for each in faults],
        cell=_where(in_cell, found.cell.tolist()),
        resolution=_where(in_cell, found.resolution.tolist()),
        address_key=address_keys(results),
        confidence=np.array([r.confidence if r else np.nan for r in results], dtype=np.float64),
        form_key=form_keys(results),
        match_key=match_keys(results),
        doubtful=doubtful(results, found.source),
        normal_form=[r.normal_form or None if r else None for r in results],
    )


def _sources(results: Sequence[GeocodeResult | None], found: Locations) -> list[str]:
    """Give what placed each row: of an address, also which provider."""
    sources = [str(source) for source in found.source]
    for row, result in enumerate(results):
        if result and not result.key and result.changes and sources[row] == Source.ADDRESS:
            said = (change for change in result.changes if change.startswith(PROVIDER))
            sources[row] = next(said, sources[row])
    return sources


def _geocoded(
    addresses: Sequence[str | None],
    cities: Sequence[str | None],
    geocoder: Callable[[], Geocoder],
) -> list[GeocodeResult | None]:
    results: list[GeocodeResult | None] = [None] * len(addresses)
    asked = [(row, address) for row, address in enumerate(addresses) if address]
    if not asked:
        return results
    found = geocoder().geocode_batch(
        [address for _, address in asked], [cities[row] for row, _ in asked]
    )
    for (row, _), result in zip(asked, found, strict=True):
        results[row] = result
    return results


def _where(known: list[bool], values: list[int]) -> list[int | None]:
    return [value if yes else None for yes, value in zip(known, values, strict=True)]
