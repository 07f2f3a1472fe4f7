"""Evidence for a cause in words: one short sentence a sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.insight.explanation.record import Evidence
    from heatmaps.ui.locale import Translator, WordKind

_NAMED: dict[str, tuple[WordKind, Callable[[Translator], str]]] = {
    "topics": ("topic", lambda _: _("“{what}” stands out: {n} of the complaints")),
    "technology": ("technology", lambda _: _("{what} stands out: {n} of those that name one")),
    "notice": ("cause", lambda _: _("the notice of the outage names: {what}")),
    "earlier": ("cause", lambda _: _("cause of the last spot there: {what}")),
}
"""Signs whose outcomes are words with fixed values."""

_SAID: dict[str, Callable[[Translator], str]] = {
    "topics.mixed": lambda _: _("no topic stands out"),
    "technology.several": lambda _: _("several technologies suffer alike"),
    "technology.mixed": lambda _: _("no technology stands out"),
    "whereabouts.indoor": lambda _: _("people suffer indoors: {n}"),
    "whereabouts.outdoor": lambda _: _("people suffer outdoors: {n}"),
    "whereabouts.transport": lambda _: _("people suffer under way: {n}"),
    "whereabouts.mixed": lambda _: _("indoors and outdoors alike"),
    "onset.sudden": lambda _: _("complaints came all at once"),
    "onset.even": lambda _: _("complaints come evenly"),
    "onset.growing": lambda _: _("complaints grow by the hour"),
    "hours.evenings": lambda _: _("complaints gather in the evening: {n}"),
    "hours.any_hour": lambda _: _("evenings are no worse than other hours"),
    "works.planned_work": lambda _: _("planned work was on when it began"),
    "works.outage": lambda _: _("a known outage was on when it began"),
    "works.mass_event": lambda _: _("a mass event was on when it began"),
    "works.none": lambda _: _("no works or events were known there"),
    "coverage.outside": lambda _: _("outside predicted coverage: {n} of the complaints"),
    "coverage.edge": lambda _: _("at the edge of coverage: {n} of the complaints"),
    "coverage.inside": lambda _: _("predicted coverage reaches there"),
    "sites.one_sector": lambda _: _("before one sector of one site: {n} of the complaints"),
    "sites.one_site": lambda _: _("around one site: {n} of the complaints"),
    "sites.several": lambda _: _("complaints lie around several sites"),
    "extent.small": lambda _: _("a small zone: {n} km²"),
    "extent.middling": lambda _: _("a zone of {n} km²"),
    "extent.wide": lambda _: _("a wide zone: {n} km²"),
    "region.everywhere": lambda _: _("the whole region complains of it: {n} times the usual"),
    "region.here_only": lambda _: _("the rest of the region is as usual"),
    "place_before.chronic": lambda _: _("the place always complains: {n} times the usual"),
    "place_before.ordinary": lambda _: _("the place is usually no worse than others"),
}
_IN_TIMES = frozenset({"extent", "region", "place_before"})
"""Signs whose figure is a number; of the others it is a share."""


def evidence_in_words(one: Evidence, _: Translator) -> str:
    """Give what a sign says, with the number behind it."""
    figure = ""
    if one.figure is not None:
        share = one.sign not in _IN_TIMES
        figure = percent(one.figure, _) if share else _.number(one.figure, digits=1)
    if one.sign in _NAMED and f"{one.sign}.{one.outcome}" not in _SAID:
        kind, sentence = _NAMED[one.sign]
        return sentence(_).format(what=_.word(kind, one.outcome), n=figure)
    return _SAID[f"{one.sign}.{one.outcome}"](_).format(n=figure)


def percent(share: float, _: Translator) -> str:
    """Give a share in percent."""
    return f"{_.number(round(100 * share))}\N{NO-BREAK SPACE}%"
