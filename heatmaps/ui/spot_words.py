"""A spot in the words of the screens, and as a row of a list and a shape on the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.desk.words import Status
from heatmaps.spots.record import Signal
from heatmaps.ui.map.colour import CLASS_COLOURS, CLASS_INKS, PRIORITY_BREAKS, class_of
from heatmaps.ui.map.drawing import look_of
from heatmaps.ui.map.shape import SpotShape
from heatmaps.ui.rows import Row, Tone
from heatmaps.ui.when import age_in_words, moment_in_words, term_in_words

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from heatmaps.desk.card import SpotCard
    from heatmaps.ui.locale import Translator

_TONES: dict[Status, Tone] = {
    Status.NEW: "wait",
    Status.REOPENED: "wait",
    Status.ACKNOWLEDGED: "work",
    Status.IN_PROGRESS: "work",
    Status.RESOLVED: "good",
    Status.CONFIRMED: "good",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: in which language, at what moment, by which clock."""

    translate: Translator
    now: datetime
    zone: tzinfo

    def moment(self, moment: datetime) -> str:
        """Give a moment by the clock: today at 18:40."""
        return moment_in_words(moment, self.now, self.zone, self.translate)

    def term(self, term: datetime) -> str:
        """Give a promised moment by the clock and how far it is: today at 18:40, in 3 hours."""
        return f"{self.moment(term)}, {term_in_words(term, self.now, self.translate)}"

    def past(self, moment: datetime) -> str:
        """Give a past moment by the clock and how long ago it was."""
        return f"{self.moment(moment)}, {age_in_words(moment, self.now, self.translate)}"


def spot_number(card: SpotCard) -> str:
    """Give the number people say to each other."""
    return f"№\N{NO-BREAK SPACE}{card.spot_id}"


def spot_title(card: SpotCard, _: Translator) -> str:
    """Give number and topic."""
    return f"{spot_number(card)} · {_.word('topic', card.topic)}"


def spot_place(card: SpotCard, _: Translator) -> str:
    """Give where it is: the name of its territory."""
    return card.territory_name or _("outside all territories")


def spot_tone(card: SpotCard, now: datetime) -> Tone:
    """Give how much a status asks for somebody."""
    return "late" if card.is_overdue(now) else _TONES.get(card.work.status, "plain")


def spot_row(card: SpotCard, reader: Reader) -> Row:
    """Give the spot as a row, its badge as on the map."""
    _ = reader.translate
    shape = spot_shape(card, reader)
    level = class_of(card.priority, PRIORITY_BREAKS)
    look = look_of(shape)
    hollow = look in {"solved", "closed"}
    return Row(
        id=str(card.spot_id),
        title=_.word("topic", card.topic),
        detail=" · ".join((_news(card, reader), spot_number(card), spot_place(card, _))),
        tag=_.word("status", card.work.status),
        tone=spot_tone(card, reader.now),
        badge="✓" if look == "solved" else str(round(card.priority)),
        fill="" if hollow else CLASS_COLOURS[level],
        ink="" if hollow else CLASS_INKS[level],
        look=look,
    )


def spot_shape(card: SpotCard, reader: Reader) -> SpotShape:
    """Give the spot as the map draws it; its tooltip says what the row says."""
    _ = reader.translate
    label = "\n".join((
        f"{spot_title(card, _)} · {_.word('status', card.work.status)}",
        spot_place(card, _),
        _.plural("{n} customer complained", "{n} customers complained", card.customers_complained),
        _news(card, reader),
    ))  # fmt: skip
    return SpotShape(
        spot_id=card.spot_id,
        lat=card.lat,
        lon=card.lon,
        cells=card.cells,
        priority=card.priority,
        status=card.work.status,
        signal=Signal(card.signal),
        label=label,
    )


def _news(card: SpotCard, reader: Reader) -> str:
    """Give the time that matters most: the term while it is open, else when it ended."""
    work, _ = card.work, reader.translate
    if card.is_open:
        return term_in_words(work.eta, reader.now, _) if work.eta else _("no term yet")
    ended = work.resolved_at or work.closed_at
    return reader.moment(ended) if ended else ""
