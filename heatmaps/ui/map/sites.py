"""Sites on the map: a dot each, with a ray into every direction its sectors look."""

from __future__ import annotations

import math
from dataclasses import dataclass

from heatmaps.ui.map.drawing import Drawing, tooltip

RAY_M = 90.0
"""Length of a ray: long enough to tell directions in a district, short enough not to cross."""

_DEGREE_M = 111_195.0
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class SiteMark:
    """A site: WGS 84 degrees, azimuths in degrees from north, its label a title and lines."""

    lat: float
    lon: float
    azimuths: tuple[float, ...]
    serving: bool
    label: str


def draw_sites(sites: list[SiteMark]) -> Drawing:
    """Give the sites; one where nothing is active is hollow."""
    return Drawing(
        "sites",
        [
            {
                "at": (round(site.lat, _DIGITS), round(site.lon, _DIGITS)),
                "rays": [_end(site, azimuth) for azimuth in site.azimuths],
                "serving": site.serving,
                "label": tooltip(site.label),
            }
            for site in sites
        ],
    )


def _end(site: SiteMark, azimuth: float) -> tuple[float, float]:
    """Give where a ray ends, on a plane about its site."""
    north, east = math.cos(math.radians(azimuth)), math.sin(math.radians(azimuth))
    lat = site.lat + RAY_M * north / _DEGREE_M
    lon = site.lon + RAY_M * east / (_DEGREE_M * math.cos(math.radians(site.lat)))
    return round(lat, _DIGITS), round(lon, _DIGITS)
