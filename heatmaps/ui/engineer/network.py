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

SHOWN_SECTORS = 12


def show_works(dossier: Dossier, reader: Reader) -> None:
    """Show works, outages and mass events that overlap the spot, where there are any."""
    if not dossier.works:
        return
    head = element("h3", text(reader.translate("Works and events")), css="part")
    items = (element("li", event_in_words(event, reader)) for event in dossier.works)
    st.html(element("section", head, element("ul", *items, css="works")))


def show_sectors(dossier: Dossier, reader: Reader) -> None:
    """Show the nearest sectors with technology, distance and azimuth."""
    _ = reader.translate
    count = element("small", text(_.number(len(dossier.sectors))))
    head = element("h3", text(_("Sectors nearby")), count, css="part")
    if not dossier.sectors:
        st.html(element("section", head, element("p", text(_("No sector is known nearby.")))))
        return
    names = (_("Site"), _("Technology"), _("Distance"), _("Azimuth"), _("State"))
    rows = (_sector(sector, _) for sector in dossier.sectors[:SHOWN_SECTORS])
    st.html(element("section", head, table(names, rows, css="sectors")))


def _sector(sector: NearSector, _: Translator) -> list[Html]:
    bearing = _("all around") if sector.azimuth is None else f"{_.number(sector.azimuth)}°"
    technology = _.word("technology", sector.technology)
    return [
        text(f"{sector.name or sector.site_id} · {sector.sector_id}"),
        text(f"{technology} {sector.band}" if sector.band else technology),
        text(metres_in_words(sector.distance_m, _)),
        text(bearing),
        text(_.word("sector", sector.status)),
    ]
