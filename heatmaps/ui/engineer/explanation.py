"""Why a spot is there: the suggested cause with its evidence, and the place before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.desk.lifecycle import Change, can_move
from heatmaps.ui.board import SETTLED_S, board
from heatmaps.ui.engineer.actions import take_cause
from heatmaps.ui.engineer.evidence_words import evidence_in_words, percent
from heatmaps.ui.markup import Html, element, text
from heatmaps.ui.workplace import workplace
from pipelines.explain_spot import explain

if TYPE_CHECKING:
    from datetime import datetime

    from heatmaps.desk.card import SpotCard
    from heatmaps.insight.explanation.record import EarlierSpot, Evidence, Explanation, Suggestion
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.spot_words import Reader

TELLING = 0.1
"""Evidence that changes the odds by less than a tenth is not shown."""

SHOWN_EVIDENCE, SHOWN_EARLIER = 7, 5
KEPT = 200
"""Explanations held in memory."""


def read_explanation(card: SpotCard) -> Explanation:
    """Give the explanation as of the last hour of detection, worked out once for all who look."""
    settings, last = workplace().settings, board().last_tick
    return _explanation(settings.database_url, card.spot_id, last, card.work.status_at)


@st.cache_data(ttl=SETTLED_S, max_entries=KEPT, show_spinner=False)
def _explanation(
    url: str,  # noqa: ARG001 - tells one store's from another's
    spot_id: int,
    last_tick: datetime | None,  # noqa: ARG001 - a later hour has more to tell
    status_at: datetime,  # noqa: ARG001 - so has a spot that ended
) -> Explanation:
    place = workplace()
    return explain(place.store, spot_id, place.zone, place.settings.cache_dir)


def show_suggestion(card: SpotCard, told: Explanation, reader: Reader) -> None:
    """Show the cause suggested, what speaks for it, and the button that takes it."""
    _, one = reader.translate, told.suggestion
    if one is None:
        return
    head = element("h3", text(_("Suggested cause")), css="part")
    said = [element("p", *_said(one, _), css="suggested"),
            element("p", text(_checked(one, _)), css="aside")]  # fmt: skip
    listed = [each for each in told.evidence if abs(each.log_odds) >= TELLING][:SHOWN_EVIDENCE]
    evidence = element("ul", *(_evidence(each, _) for each in listed), css="evidence")
    st.html(element("section", head, *said, evidence))
    change = Change(cause=one.cause)
    if one.clear and card.work.cause is None and can_move(card.work, change, reader.now):
        st.button(
            _("Take it: {cause}").format(cause=_.word("cause", one.cause)),
            key="take-cause", on_click=take_cause, args=(card.work, one.cause),
        )  # fmt: skip


def _said(one: Suggestion, _: Translator) -> list[Html]:
    cause = element("b", text(_.word("cause", one.cause)))
    sure = _("confidence {n}").format(n=percent(one.confidence, _))
    unclear = [] if one.clear else [element("span", text(_("nothing clear; likeliest")))]
    others = ", ".join(
        f"{_.word('cause', each.cause)} {percent(each.probability, _)}" for each in one.others
    )
    then = element("span", text(_("then {causes}").format(causes=others)), css="aside")
    return [*unclear, cause, element("span", text(sure), css="mark work"), then]


def _checked(one: Suggestion, _: Translator) -> str:
    if not one.alike:
        return _("no past suggestion to check it by yet")
    checked = _.plural(
        "{right} of {n} suggestion like it was right",
        "{right} of {n} suggestions like it were right",
        one.alike,
    ).replace("{right}", _.number(one.right))
    taught = _.plural(
        "learnt from {n} resolved spot", "learnt from {n} resolved spots", one.learnt_from
    )
    return f"{checked}; {taught}"


def _evidence(one: Evidence, _: Translator) -> Html:
    speaks = "for" if one.log_odds > 0 else "against"
    sign = "+" if one.log_odds > 0 else "\N{MINUS SIGN}"
    weight = element("b", text(f"{sign}{_.number(abs(one.log_odds), digits=1)}"))
    return element("li", weight, element("span", text(evidence_in_words(one, _))), css=speaks)


def show_before(told: Explanation, reader: Reader) -> None:
    """Show what the place looked like before: complaints by week, and earlier spots."""
    _ = reader.translate
    head = element("h3", text(_("The place before")), css="part")
    weeks = " · ".join(_.number(week.complaints) for week in told.weeks) or "—"
    usual = _("complaints by week: {weeks}; usual: {n}").format(
        weeks=weeks, n=_.number(told.week_expected, digits=1)
    )
    listed = [_earlier(each, reader) for each in told.earlier[:SHOWN_EARLIER]]
    spots = element("ul", *listed, css="works") if listed else Html("")
    none = element("p", text(_("No spot was there before.")), css="aside")
    st.html(element("section", head, element("p", text(usual)), spots if listed else none))


def _earlier(spot: EarlierSpot, reader: Reader) -> Html:
    _ = reader.translate
    said = [f"№\N{NO-BREAK SPACE}{spot.spot_id}", reader.moment(spot.opened_at),
            _.word("topic", spot.topic), _.word("status", spot.status)]  # fmt: skip
    if spot.cause:
        said.append(_("cause: {cause}").format(cause=_.word("cause", spot.cause)))
    return element("li", text(" · ".join(said)))
