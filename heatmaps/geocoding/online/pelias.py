"""Pelias, through geopy: https://github.com/pelias/documentation/blob/master/result_quality.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopy.geocoders import Pelias

from heatmaps.geocoding.online.finding import Finding, named, radius_m
from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.geocoding.online.account import Account
    from heatmaps.geocoding.online.provider import Ask

_LEVELS = {
    "address": Level.HOUSE,
    "venue": Level.NEAR,
    "street": Level.STREET,
    "intersection": Level.NEAR,
    "neighbourhood": Level.SETTLEMENT,
    "borough": Level.SETTLEMENT,
    "locality": Level.SETTLEMENT,
    "localadmin": Level.SETTLEMENT,
    "postalcode": Level.SETTLEMENT,
}


def client(account: Account, transport: Callable[..., Any]) -> Ask:
    """Give what asks a Pelias."""
    geocoder = Pelias(account.domain, account.key or None, scheme=account.scheme,
                      timeout=account.timeout_s, user_agent=account.user_agent,
                      adapter_factory=transport)  # fmt: skip

    def ask(text: str) -> list[Finding]:
        return [read(place.raw) for place in geocoder.geocode(text, exactly_one=False) or ()]

    return ask


def read(raw: dict[str, Any]) -> Finding:
    """Give a feature as a finding.

    An address is a house only where it was found as asked and is a point: an interpolated one, a
    fallback to another and the centroid of a larger thing are near.
    """
    told: dict[str, Any] = raw["properties"]
    layer = str(told.get("layer"))
    level = _LEVELS.get(layer, Level.REGION)
    exact = told.get("match_type") == "exact" and told.get("accuracy") == "point"
    if level is Level.HOUSE and not exact:
        level = Level.NEAR
    lon, lat = map(float, raw["geometry"]["coordinates"][:2])
    west, south, east, north = map(float, raw.get("bbox") or (lon, lat, lon, lat))
    return Finding(
        level,
        lat,
        lon,
        radius_m(level, lat, lon, (south, west, north, east)),
        named(told.get("locality"), told.get("localadmin")),
        named(told.get("neighbourhood"), told.get("borough")),
        told.get("region") or "",
        told.get("street") or (told.get("name") if layer == "street" else None) or "",
        told.get("housenumber") or "",
        str(told.get("label") or told.get("name") or ""),
    )
