"""Photon, through geopy: https://github.com/komoot/photon/blob/master/docs/api-v1.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopy.geocoders import Photon

from heatmaps.geocoding.online.finding import Finding, named, radius_m
from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.geocoding.online.account import Account
    from heatmaps.geocoding.online.provider import Ask

MOST = 5
_LEVELS = {
    "house": Level.HOUSE,
    "street": Level.STREET,
    "locality": Level.SETTLEMENT,
    "district": Level.SETTLEMENT,
    "city": Level.SETTLEMENT,
}


def is_answer(document: Any) -> bool:  # noqa: ANN401 - a JSON document
    """Tell whether this is GeoJSON with features; Pelias answers alike."""
    if not isinstance(document, dict) or (document.get("geocoding") or {}).get("errors"):
        return False
    return isinstance(document.get("features"), list)


def client(account: Account, transport: Callable[..., Any]) -> Ask:
    """Give what asks a Photon."""
    geocoder = Photon(domain=account.domain, scheme=account.scheme, timeout=account.timeout_s,
                      user_agent=account.user_agent, adapter_factory=transport)  # fmt: skip

    def ask(text: str) -> list[Finding]:
        places = geocoder.geocode(text, exactly_one=False, limit=MOST)
        return [read(place.raw) for place in places or ()]

    return ask


def read(raw: dict[str, Any]) -> Finding:
    """Give a feature as a finding; one of type house without a number is a point of interest."""
    told: dict[str, Any] = raw["properties"]
    kind, name = told.get("type"), told.get("name")
    level = _LEVELS.get(str(kind), Level.REGION)
    if level is Level.HOUSE and not told.get("housenumber"):
        level = Level.NEAR
    lon, lat = map(float, raw["geometry"]["coordinates"][:2])
    west, north, east, south = map(float, told.get("extent") or (lon, lat, lon, lat))
    return Finding(
        level,
        lat,
        lon,
        radius_m(level, lat, lon, (south, west, north, east)),
        named(told.get("city"), name if kind == "city" else None),
        named(told.get("district"), told.get("locality"), name if kind == "district" else None),
        told.get("state") or "",
        told.get("street") or (name if kind == "street" else None) or "",
        told.get("housenumber") or "",
        ", ".join(named(told.get("city"), told.get("street"), told.get("housenumber") or name)),
    )
