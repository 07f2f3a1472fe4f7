"""Yandex, through geopy: https://yandex.com/dev/geocode/doc/en/response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopy.geocoders import Yandex

from heatmaps.geocoding.online.finding import Finding, named, radius_m
from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.geocoding.online.account import Account
    from heatmaps.geocoding.online.provider import Ask

_LEVELS = {
    "exact": Level.HOUSE,
    "number": Level.NEAR,
    "near": Level.NEAR,
    "range": Level.STREET,
    "street": Level.STREET,
}
"""`number` has the house but not its building, `range` only lies between two that are known."""
_OTHER = {
    "street": Level.STREET,
    "locality": Level.SETTLEMENT,
    "district": Level.SETTLEMENT,
}


def is_answer(document: Any) -> bool:  # noqa: ANN401 - a JSON document
    """Tell whether this holds a collection of places."""
    try:
        return isinstance(document["response"]["GeoObjectCollection"]["featureMember"], list)
    except (KeyError, TypeError):
        return False


def client(account: Account, transport: Callable[..., Any]) -> Ask:
    """Give what asks Yandex."""
    geocoder = Yandex(account.key, domain=account.domain, scheme=account.scheme,
                      timeout=account.timeout_s, user_agent=account.user_agent,
                      adapter_factory=transport)  # fmt: skip

    def ask(text: str) -> list[Finding]:
        return [read(place.raw) for place in geocoder.geocode(text, exactly_one=False) or ()]

    return ask


def read(raw: dict[str, Any]) -> Finding:
    """Give a place of the answer as a finding."""
    told: dict[str, Any] = raw["metaDataProperty"]["GeocoderMetaData"]
    parts = [(part["kind"], part["name"]) for part in told["Address"]["Components"]]
    kind = str(told.get("kind"))
    level = _LEVELS.get(str(told.get("precision"))) or _OTHER.get(kind, Level.REGION)
    if level is Level.HOUSE and kind != "house":
        level = Level.NEAR
    lon, lat = map(float, raw["Point"]["pos"].split())
    envelope = (raw.get("boundedBy") or {}).get("Envelope") or {}
    (west, south), (east, north) = (
        map(float, envelope.get(corner, raw["Point"]["pos"]).split())
        for corner in ("lowerCorner", "upperCorner")
    )
    return Finding(
        level,
        lat,
        lon,
        radius_m(level, lat, lon, (south, west, north, east)),
        named(*(name for of, name in parts if of == "locality")),
        named(*(name for of, name in parts if of == "district")),
        next((name for of, name in reversed(parts) if of == "province"), ""),
        next((name for of, name in reversed(parts) if of == "street"), ""),
        next((name for of, name in reversed(parts) if of == "house"), ""),
        str(told.get("text") or ""),
    )
