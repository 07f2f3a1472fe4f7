"""The network around a spot: what was planned or broke there, and the nearest sectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.ui.markup import Html, element, table, text
from heatmaps.ui.network_words import event_in_words, metres_in_words

if TYPE_CHECKING:
    from heatmaps.region.sites import NearSector
    from heatmaps.ui.engineer.dossier import Dossier
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.spot_words import Reader

SHOWN_ROWS = 12


def show_works(dossier: Dossier, reader: Reader) -> None:
    """Show works, outages and mass events that overlap the spot, where there are any."""
    if not dossier.works:
        return
    head = element("h3", text(reader.translate("Works and events")), css="part")
    items = (element("li", event_in_words(event, reader)) for event in dossier.works)
    st.html(element("section", head, element("ul", *items, css="works")))


def show_sectors(dossier: Dossier, reader: Reader) -> None:
    """Show the nearest sectors, those of one site and technology in a row with their azimuths."""
    _ = reader.translate
    count = element("small", text(_.number(len(dossier.sectors))))
    head = element("h3", text(_("Sectors nearby")), count, css="part")
    if not dossier.sectors:
        nothing = element("p", text(_("No sector is known nearby.")), css="aside")
        st.html(element("section", head, nothing))
        return
    alike: dict[tuple[str, ...], list[NearSector]] = {}
    for sector in dossier.sectors:
        key = sector.site_id, sector.technology, sector.band or "", sector.status
        alike.setdefault(key, []).append(sector)
    names = (_("Site"), _("Technology"), _("Distance"), _("Azimuth"), _("State"))
    rows = (_row(some, _) for some in list(alike.values())[:SHOWN_ROWS])
    st.html(element("section", head, table(names, rows, css="sectors")))


def _row(sectors: list[NearSector], _: Translator) -> list[Html]:
    first = sectors[0]
    bearings = [
        _("all around") if s.azimuth is None else f"{_.number(s.azimuth)}°" for s in sectors
    ]
    technology = _.word("technology", first.technology)
    return [
        text(f"{first.name} · {first.site_id}" if first.name else first.site_id),
        text(f"{technology} {first.band}" if first.band else technology),
        text(metres_in_words(first.distance_m, _)),
        text(", ".join(dict.fromkeys(bearings))),
        text(_.word("sector", first.status)),
    ]
