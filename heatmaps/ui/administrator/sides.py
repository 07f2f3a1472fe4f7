"""The ruling policy and the draft side by side: figures, queue, and spots that come or go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.insight.verdicts import Verdict
from heatmaps.ui.manager.words import NOTHING, hours_in_words
from heatmaps.ui.markup import Html, element, table, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from heatmaps.insight.policy_comparison import Comparison, NamedSpot, Waiting
    from heatmaps.insight.queue_order import QueueOrder
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.spot_words import Reader
    from pipelines.preview_policy import Preview

SHOWN_IN_QUEUE = 20
SHOWN_SPOTS = 100
MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure under the draft, in large, and under the `ruling` policy if that has one.

    `better` colours it.
    """

    title: str
    hint: str
    new: str
    ruling: tuple[str, ...]
    more: tuple[str, ...]
    better: bool | None = None


def show_sides(seen: Preview, names: Mapping[str, str], reader: Reader) -> None:
    """Show all that came of trying a policy; `names` are those of territories by id."""
    _ = reader.translate
    if seen.comparison is None:
        said = _("There is no history to try it on yet: no complaint has a place.")
        st.html(element("p", text(said), css="calm"))
        return
    st.html(_what_was_seen(seen, reader))
    _show_tiles(seen.comparison, _)
    _show_queue(seen.comparison, names, reader)
    _show_spots(_("Open no more"), seen.comparison.gone, names, reader)
    _show_spots(_("Open newly"), seen.comparison.fresh, names, reader)


def _what_was_seen(seen: Preview, reader: Reader) -> Html:
    _ = reader.translate
    said = []
    if seen.first is not None and seen.last is not None:
        hours = _.plural("{n} hour", "{n} hours", seen.hours)
        told = _.plural("{n} complaint", "{n} complaints", seen.complaints)
        span = f"{reader.moment(seen.first)} – {reader.moment(seen.last)}"
        said.append(f"{span}, {hours}, {told}.")
    if seen.hours < seen.days * 24:
        said.append(_("History is shorter than asked for."))
    if seen.same_spots:
        said.append(_("Both open the same spots, so only what they weigh differs."))
    if seen.not_replayed:
        fields = ", ".join(seen.not_replayed)
        said.append(_("A replay does not show what becomes of {fields}.").format(fields=fields))
    head = element("h3", text(_("On history")), css="part")
    return element("section", head, element("p", text(" ".join(said)), css="aside"))


def _show_tiles(comparison: Comparison, _: Translator) -> None:
    tiles = _tiles(comparison, _)
    with st.container(key="policy-tiles"):
        for side, tile in zip(st.columns(len(tiles), gap="xsmall"), tiles, strict=True):
            with side, st.container(border=True, gap=None, height="stretch"):
                st.html(_tile(tile, _))


def _tile(tile: Tile, _: Translator) -> Html:
    css = {True: "value good", False: "value late", None: "value"}[tile.better]
    return element(
        "div",
        element("span", text(tile.title)),
        element("b", text(tile.new), css=css),
        *(element("span", text(_("now: {value}").format(value=each))) for each in tile.ruling),
        *(element("span", text(each)) for each in tile.more),
        css="tile",
        title=tile.hint,
    )


def _tiles(comparison: Comparison, _: Translator) -> list[Tile]:
    ruling, new, delay = comparison.ruling, comparison.new, comparison.delay
    sooner = _("sooner {n}").format(n=_.number(delay.earlier))
    later = _("later {n}").format(n=_.number(delay.later))
    return [
        Tile(
            _("Spots opened"),
            _("Over all hours replayed; nobody works on a replayed spot, so one that turns quiet "
              "ends and may open again."),
            _.number(new.opened), (_.number(ruling.opened),),
            (_arrow(_("wait at the end"), ruling.waiting, new.waiting, _),),
        ),
        Tile(
            _("False alarms"),
            _("Spots that people rejected. What nobody has judged may hold more of them."),
            _.number(new.false), (_.number(ruling.false),),
            (_arrow(_("not judged"), ruling.unjudged, new.unjudged, _),),
            _lower(ruling.false, new.false),
        ),
        Tile(
            _("Real spots"),
            _("Of the spots that people resolved, those that open here too."),
            _of(new.real_found, new.real_known, _), (_of(ruling.real_found, ruling.real_known, _),),
            (), _lower(new.real_found, ruling.real_found),
        ),
        Tile(
            _("Delay"),
            _("From the first complaint to the opening: half of the spots that both open, and "
              "nobody rejected, open no later."),
            hours_in_words(new.delay_h, _), (hours_in_words(ruling.delay_h, _),),
            (sooner, later), _lower(ruling.delay_h, new.delay_h),
        ),
        _order_tile(comparison.order, _),
    ]  # fmt: skip


def _order_tile(order: QueueOrder, _: Translator) -> Tile:
    return Tile(
        _("Order of the queue"),
        _("Kendall's rank correlation of the two queues, mean over days: 1 is the same order, "
          "0 none, −1 the reverse."),
        NOTHING if order.kendall is None else _.number(order.kendall, digits=2).replace("-", MINUS),
        (),
        (_("pairs swapped: {n}").format(n=_of(order.swapped, order.pairs, _)),
         _("same first: {n} days").format(n=_of(order.first, order.busy_days, _))),
    )  # fmt: skip


def _of(count: int, total: int, _: Translator) -> str:
    said = _("{n} of {all}").format(n=_.number(count), all=_.number(total))
    return said.replace(" ", NBSP)


def _arrow(name: str, before: int, after: int, _: Translator) -> str:
    return f"{name}: {_.number(before)}{NBSP}→{NBSP}{_.number(after)}"


def _lower(before: float | None, after: float | None) -> bool | None:
    """Whether it fell, None where it did not change or is not known."""
    if before is None or after is None or before == after:
        return None
    return after < before


def _show_queue(comparison: Comparison, names: Mapping[str, str], reader: Reader) -> None:
    _, queue = reader.translate, comparison.queue
    head = element("h3", text(_("The queue at the last hour")), css="part")
    if not queue:
        said = element("p", text(_("Nobody waits under either policy.")), css="calm")
        st.html(element("section", head, said))
        return
    titles = (_("In line"), _("now"), _("Points"), _("now"), _("Spot"), _("Opened"), _("Verdict"))
    rows = [_waiting(each, names, reader) for each in queue[:SHOWN_IN_QUEUE]]
    shown = element("div", table(titles, rows, css="moves"), css="scrolls")
    st.html(element("section", head, shown))


def _waiting(each: Waiting, names: Mapping[str, str], reader: Reader) -> list[Html]:
    _ = reader.translate
    rank, points = each.new or (None, None)
    was, before = each.ruling or (None, None)
    return [
        element("b", text(rank or NOTHING)),
        element("span", text(_moved(was, rank)), css=_tone(was, rank)),
        text(NOTHING if points is None else _.number(points)),
        text(NOTHING if before is None else _.number(before)),
        text(_title(each.spot, names, _)),
        text(reader.moment(each.spot.opened_at)),
        _verdict(each.spot, _),
    ]


def _moved(was: int | None, rank: int | None) -> str:
    if was is None:
        return NOTHING
    if rank is None or was == rank:
        return str(was)
    return f"{was} {'▲' if rank < was else '▼'}"


def _tone(was: int | None, rank: int | None) -> str:
    if was is None or rank is None or was == rank:
        return ""
    return "rises" if rank < was else "falls"


def _show_spots(
    title: str, spots: Sequence[NamedSpot], names: Mapping[str, str], reader: Reader
) -> None:
    _ = reader.translate
    head = element("h3", text(title), element("small", text(_.number(len(spots)))), css="part")
    if not spots:
        st.html(element("section", head, element("p", text(_("None.")), css="calm")))
        return
    titles = (_("Opened"), _("Complaints"), _("Spot"), _("Verdict"))
    latest = sorted(spots, key=lambda spot: spot.opened_at, reverse=True)[:SHOWN_SPOTS]
    rows = [
        [
            text(reader.moment(spot.opened_at)),
            text(_.number(spot.complaints)),
            text(_title(spot, names, _)),
            _verdict(spot, _),
        ]
        for spot in latest
    ]
    st.html(
        element("section", head, element("div", table(titles, rows, css="ends"), css="scrolls"))
    )


def _title(spot: NamedSpot, names: Mapping[str, str], _: Translator) -> str:
    number = f"№{NBSP}{spot.known_as}" if spot.known_as is not None else ""
    place = names.get(spot.territory_id or "") or _("outside all territories")
    return " · ".join(part for part in (number, _.word("topic", spot.topic), place) if part)


def _verdict(spot: NamedSpot, _: Translator) -> Html:
    if spot.known_as is None:
        return element("span", text(_("never seen")), css="dim")
    if spot.verdict is Verdict.FALSE:
        return element("span", text(_("rejected")), css="late")
    if spot.verdict is Verdict.REAL:
        return element("span", text(_("real")), css="good")
    return element("span", text(_("not judged")), css="dim")
