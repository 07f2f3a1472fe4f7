"""DaData: cleaning of addresses where a secret is given, else suggestions.

https://dadata.ru/api/clean/address/, https://dadata.ru/api/suggest/address/ and, on how exact the
coordinates are, https://dadata.ru/api/geocode/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heatmaps.geocoding.online.finding import Finding, named, radius_m
from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.geocoding.online.account import Account
    from heatmaps.geocoding.online.provider import Ask

MOST = 5
_LEVELS = {
    "0": Level.HOUSE,
    "1": Level.NEAR,
    "2": Level.STREET,
    "3": Level.SETTLEMENT,
    "4": Level.SETTLEMENT,
}
"""By `qc_geo`; 5, and anything else, has no coordinates."""
_CLEAN = "/api/v1/clean/address"
_SUGGEST = "/suggestions/api/4_1/rs/suggest/address"
_FEDERAL_CITY = "город"


def is_answer(document: Any) -> bool:  # noqa: ANN401 - a JSON document
    """Tell whether this is a list of cleaned addresses or holds suggestions."""
    if isinstance(document, list):
        return len(document) == 1 and isinstance(document[0], dict) and "qc_geo" in document[0]
    return isinstance(document, dict) and isinstance(document.get("suggestions"), list)


def client(account: Account, transport: Callable[..., Any]) -> Ask:
    """Give what asks DaData."""
    wire = transport(proxies=None, ssl_context=None)
    base = f"{account.scheme}://{account.domain}"
    headers = {"User-Agent": account.user_agent, "Authorization": f"Token {account.key}"}

    def clean(text: str) -> list[Finding]:
        told = wire.post_json(base + _CLEAN, [text], timeout=account.timeout_s,
                              headers={**headers, "X-Secret": account.secret})  # fmt: skip
        return _findings([(each, each.get("result")) for each in told])

    def suggest(text: str) -> list[Finding]:
        told = wire.post_json(base + _SUGGEST, {"query": text, "count": MOST},
                              timeout=account.timeout_s, headers=headers)  # fmt: skip
        return _findings([(each["data"], each.get("value")) for each in told["suggestions"]])

    return clean if account.secret else suggest


def _findings(told: list[tuple[dict[str, Any], object]]) -> list[Finding]:
    return [read(data, label) for data, label in told if str(data.get("qc_geo")) in _LEVELS]


def read(told: dict[str, Any], label: object) -> Finding:
    """Give an address with coordinates as a finding."""
    level = _LEVELS[str(told["qc_geo"])]
    lat, lon = float(told["geo_lat"]), float(told["geo_lon"])
    region = told.get("region_with_type") or ""
    return Finding(
        level,
        lat,
        lon,
        radius_m(level, lat, lon),
        named(
            told.get("settlement_with_type"),
            told.get("city_with_type"),
            region if told.get("region_type_full") == _FEDERAL_CITY else None,
        ),
        named(told.get("city_district_with_type")),
        region,
        told.get("street_with_type") or "",
        " ".join(named(told.get("house"), told.get("block_type"), told.get("block"))),
        str(label or ""),
    )
