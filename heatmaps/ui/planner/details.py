"""One gap in full: over time, what it lacks, who suffers, spots in it and sites around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.insight.coverage_gaps import spots_in
from heatmaps.insight.gap import GapClass
from heatmaps.store import desk, network, planning
from heatmaps.ui.board import ground
from heatmaps.ui.markup import Html, element, facts, table, text
from heatmaps.ui.network_words import metres_in_words
from heatmaps.ui.planner.course import course_told, show_course
from heatmaps.ui.planner.gap_words import against_expected, gap_number, gap_place, gap_title
from heatmaps.ui.workplace import workplace

if TYPE_CHECKING:
    from heatmaps.desk.card import SpotCard
    from heatmaps.insight.gap import Gap
    from heatmaps.store.planning import Search
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.planner.gap_board import GapBoard
    from heatmaps.ui.spot_words import Reader

SITES_WITHIN_M = 3000.0
SHOWN_SITES, SHOWN_SPOTS = 5, 10


def show_details(gap: Gap, board: GapBoard, reader: Reader) -> None:
    """Show everything there is to know of a gap."""
    _ = reader.translate
    place = gap_place(gap, board.territories, _)
    title = text(f"{gap_number(gap)} · {gap_title(gap, _)} · {place}")
    why = element("p", text(_rule(gap, _)), css="aside")
    course = element("p", text(course_told(gap, board.search, reader)))
    st.html(element("section", element("div", element("h2", title), css="line"), course, why,
                    css="heading"))  # fmt: skip
    left, middle, right = st.columns([4, 4, 5], gap="medium")
    with left:
        _show_sufferers(gap, reader)
    with middle:
        _show_network(gap, reader)
    with right:
        if board.search is not None:
            show_course(gap, board.search, reader)
            _show_spots(gap, board.search, reader)


def _rule(gap: Gap, _: Translator) -> str:
    """Say by which rule it is of its class, with the policy's figures."""
    planning_policy = ground().policy.planning
    missing = _percent(planning_policy.missing_below, _)
    mostly = _percent(planning_policy.mostly, _)
    if gap.gap_class is GapClass.NO_COVERAGE:
        rule = _("The technology complained of is predicted for less than {share} of its cells.")
        return rule.format(share=missing)
    if gap.gap_class is GapClass.CAPACITY:
        rule = _("Covered as predicted, and at least {share} complain of slow internet.")
        return rule.format(share=mostly)
    if gap.gap_class is GapClass.INDOOR:
        rule = _("Covered as predicted, and at least {share} of those who said where were indoors.")
        return rule.format(share=mostly)
    if gap.coverage is None or (gap.technology and gap.technology not in gap.coverage):
        return _("Its predicted coverage was never loaded, so what it lacks cannot be told.")
    return _("Covered as predicted, and neither slow internet nor rooms explain it.")


def _show_sufferers(gap: Gap, reader: Reader) -> None:
    _ = reader.translate
    ltv = _("unknown") if gap.ltv_sum is None else _.number(gap.ltv_sum)
    pairs = [
        (_("Rank"), _.number(gap.rank)),
        (_("Complaints"), against_expected(gap, _)),
        (_("Complained"), _.plural("{n} customer", "{n} customers", gap.customers_complained)),
        (_("Live here"), _live_here(gap, _)),
        (_("Their LTV"), ltv),
        (_("First seen"), reader.moment(gap.first_seen)),
        (_("Last seen"), reader.moment(gap.last_seen)),
        (_("Stands out in"), _.word("topics", gap.topic)),
    ]
    head = element("h3", text(_("Who suffers")), css="part")
    st.html(element("section", head, facts((name, text(value)) for name, value in pairs)))


def _live_here(gap: Gap, _: Translator) -> str:
    if not gap.subscribers > 0:
        return _("no subscribers are loaded; compared with other such places")
    return _.plural("{n} subscriber", "{n} subscribers", round(gap.subscribers))


def _show_network(gap: Gap, reader: Reader) -> None:
    _ = reader.translate
    head = element("h3", text(_("Predicted coverage")), css="part")
    if gap.coverage is None:
        told = element("p", text(_("Predicted coverage was never loaded.")), css="aside")
    else:
        rows = (_share(_.word("technology", t), share, _) for t, share in gap.coverage.items())
        told = element("table", *rows, css="parts")
    with workplace().store.reading() as connection:
        near = network.nearest_sectors(connection, gap.lat, gap.lon, SITES_WITHIN_M)
    sites: dict[str, tuple[str, float, list[str]]] = {}
    for sector in near:
        if sector.status == "active":
            site = sites.setdefault(
                sector.site_id, (sector.name or sector.site_id, sector.distance_m, [])
            )
            word = _.word("technology", sector.technology)
            site[2].extend([word] if word not in site[2] else [])
    listed = [
        [text(name), text(metres_in_words(metres, _)), text(" ".join(sorted(technologies)))]
        for name, metres, technologies in list(sites.values())[:SHOWN_SITES]
    ]
    sites_head = element("h3", text(_("Nearest sites")), css="part")
    if listed:
        around = table((_("Site"), _("Distance"), _("Technology")), listed, css="near")
    elif gap.nearest_site_m is None:
        around = element("p", text(_("No sites are loaded.")), css="aside")
    else:
        away = metres_in_words(gap.nearest_site_m, _)
        around = element("p", text(_("The nearest is {far} away.").format(far=away)), css="aside")
    st.html(element("section", head, told, sites_head, around))


def _share(name: str, share: float, _: Translator) -> Html:
    bar = Html(f'<i style="width:{round(100 * share)}%"></i>')
    return element("tr", element("th", text(name)), element("td", bar, css="bar"),
                   element("td", text(_percent(share, _)), css="points"))  # fmt: skip


def _percent(share: float, _: Translator) -> str:
    return f"{_.number(100 * share)}\N{NO-BREAK SPACE}%"


def _show_spots(gap: Gap, search: Search, reader: Reader) -> None:
    _ = reader.translate
    cards = _spots_of(gap, search)
    head = element("h3", text(_("Spots here")), element("small", text(len(cards))), css="part")
    rows = (
        [
            _link(card),
            text(_.word("topic", card.topic)),
            text(_.word("status", card.work.status)),
            text(reader.moment(card.opened_at)),
        ]
        for card in cards[:SHOWN_SPOTS]
    )
    none = element("p", text(_("No spot formed here: too few at once for an alarm.")), css="aside")
    names = (_("Spot"), _("Topic"), _("Status"), _("Opened"))
    st.html(element("section", head, table(names, rows) if cards else none))


def _link(card: SpotCard) -> Html:
    return Html(f'<a href="engineer?spot={card.spot_id}" target="_self">{card.spot_id}</a>')


def _spots_of(gap: Gap, search: Search) -> list[SpotCard]:
    """Give the spots that touched the gap, the latest first."""
    with workplace().store.reading() as connection:
        zones = planning.load_zones(connection, search.since, search.until)
        [numbers] = spots_in([gap.cells], zones)
        return [desk.card(connection, spot_id) for spot_id in sorted(numbers, reverse=True)]
