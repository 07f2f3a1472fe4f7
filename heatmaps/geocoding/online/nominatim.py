"""Nominatim, through geopy: https://nominatim.org/release-docs/latest/api/Output/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopy.geocoders import Nominatim

from heatmaps.geocoding.online.finding import Finding, named, radius_m
from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.geocoding.online.account import Account
    from heatmaps.geocoding.online.provider import Ask

MOST = 5
SETTLEMENTS = ("hamlet", "isolated_dwelling", "village", "town", "city", "municipality")
DISTRICTS = ("neighbourhood", "quarter", "suburb", "borough", "city_district", "allotments")
ROADS = ("road", "pedestrian", "footway", "path", "square")
_INTERPOLATED = "houses"
_HOUSE_RANK, _STREET_RANK, _SETTLEMENT_RANK = 28, 26, 13


def is_answer(document: Any) -> bool:  # noqa: ANN401 - a JSON document
    """Tell whether this is a list of places."""
    return isinstance(document, list)


def client(account: Account, transport: Callable[..., Any]) -> Ask:
    """Give what asks a Nominatim."""
    geocoder = Nominatim(domain=account.domain, scheme=account.scheme, timeout=account.timeout_s,
                         user_agent=account.user_agent, adapter_factory=transport)  # fmt: skip

    def ask(text: str) -> list[Finding]:
        places = geocoder.geocode(text, exactly_one=False, limit=MOST, addressdetails=True)
        return [read(place.raw) for place in places or ()]

    return ask


def read(raw: dict[str, Any]) -> Finding:
    """Give a place of the answer as a finding."""
    address = raw.get("address") or {}
    lat, lon = float(raw["lat"]), float(raw["lon"])
    level = _level(raw, address)
    south, north, west, east = map(float, raw.get("boundingbox") or (lat, lat, lon, lon))
    return Finding(
        level,
        lat,
        lon,
        radius_m(level, lat, lon, (south, west, north, east)),
        named(*(address.get(kind) for kind in SETTLEMENTS)),
        named(*(address.get(kind) for kind in DISTRICTS)),
        address.get("state") or "",
        next((address[kind] for kind in ROADS if address.get(kind)), ""),
        address.get("house_number") or "",
        str(raw.get("display_name") or ""),
    )


def _level(raw: dict[str, Any], address: dict[str, Any]) -> Level:
    """Give the level of a place: a number that is interpolated, or a point of interest, is near."""
    rank = int(raw.get("place_rank") or 0)
    kind = raw.get("addresstype") or raw.get("type")
    if address.get("house_number"):
        return Level.NEAR if raw.get("type") == _INTERPOLATED else Level.HOUSE
    if kind in (*SETTLEMENTS, *DISTRICTS):
        return Level.SETTLEMENT
    if rank >= _HOUSE_RANK:
        return Level.NEAR
    if rank >= _STREET_RANK or raw.get("class") == "highway":
        return Level.STREET
    return Level.SETTLEMENT if rank >= _SETTLEMENT_RANK else Level.REGION
