"""The network in words: events with their times, coverage by technology, sectors nearby."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.region.sites import SectorStatus
from heatmaps.region.technology import Technology
from heatmaps.ui.map.sites import SiteMark
from heatmaps.ui.markup import Html, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from heatmaps.region.events import NetworkEvent
    from heatmaps.region.sites import NearSector
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.spot_words import Reader

METRES_A_KM = 1000


def coverage_in_words(covered: Mapping[str, bool], _: Translator) -> str:
    """Give the technologies predicted to work, then those known to be missing."""
    known = [each for each in Technology if each in covered]
    works, lacks = (
        " ".join(_.word("technology", each) for each in known if covered[each] is wanted)
        for wanted in (True, False)
    )
    if not lacks:
        return works
    missing = _("out of reach: {technologies}").format(technologies=lacks)
    return f"{works} · {missing}" if works else missing


def event_in_words(event: NetworkEvent, reader: Reader) -> Html:
    """Give what, from when to when, and what the network side wrote about it."""
    _ = reader.translate
    said = _("{what}: from {start}").format(
        what=_.word("event", event.kind), start=reader.moment(event.starts_at)
    )
    if event.ends_at is not None:
        said = _("{what}: {start} to {end}").format(
            what=_.word("event", event.kind),
            start=reader.moment(event.starts_at),
            end=reader.moment(event.ends_at),
        )
    if event.text:
        said += f" — {event.text}"
    return text(said)


def metres_in_words(metres: float, _: Translator) -> str:
    """Give a distance in metres, or in kilometres from one on."""
    if metres < METRES_A_KM:
        return _("{n} m").format(n=_.number(round(metres, -1)))
    return _("{n} km").format(n=_.number(metres / METRES_A_KM, digits=1))


def site_marks(sectors: Sequence[NearSector], _: Translator) -> list[SiteMark]:
    """Give the sites of some sectors as marks for the map, in the order of their first sector."""
    by_site: dict[str, list[NearSector]] = {}
    for sector in sectors:
        by_site.setdefault(sector.site_id, []).append(sector)
    return [_mark(some, _) for some in by_site.values()]


def _mark(sectors: list[NearSector], _: Translator) -> SiteMark:
    first = sectors[0]
    technologies = sorted({sector.technology for sector in sectors})
    words = " ".join(_.word("technology", each) for each in technologies)
    lines = [first.name or first.site_id, words, metres_in_words(first.distance_m, _)]
    return SiteMark(
        lat=first.lat,
        lon=first.lon,
        azimuths=tuple(sorted({s.azimuth for s in sectors if s.azimuth is not None})),
        serving=any(sector.status == SectorStatus.ACTIVE for sector in sectors),
        label="\n".join(lines),
    )
