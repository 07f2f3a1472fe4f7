"""What a customer says: sentences put together from `texts.toml`, true to place, radio and time."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from heatmaps.complaints.record import Channel, Place

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np

    from heatmaps.complaints.record import Language, Technology, Topic

_TEXTS = Path(__file__).with_name("texts.toml")
_WRITTEN = frozenset({Channel.EMAIL, Channel.LETTER, Channel.WEB, Channel.OFFICE})
GREETED = 0.35
GREETED_WRITTEN = 0.8
DETAILED = 0.45
ASKED = 0.4
LOWER_CASE = 0.12
_HOUR_S = 3600
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a text is about; `told_at` and `began_at` in the region's own zone."""

    topic: Topic
    technology: Technology | None
    place: Place | None
    told_at: datetime
    began_at: datetime
    critical: bool
    again: bool


@cache
def phrases() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Give every phrase: language, group, key."""
    return tomllib.loads(_TEXTS.read_text(encoding="utf-8"))


def word(rng: np.random.Generator, language: Language, channel: Channel, trouble: Trouble) -> str:
    """Give one complaint's text."""
    known = phrases()[language]
    about = known["about"]
    said = _filled(rng, known, _one(rng, _bodies(known, trouble)), trouble)
    sentences = [_one(rng, about["repeats"])] if trouble.again else []
    sentences.append(said)
    if trouble.critical:
        sentences.append(_one(rng, about["critical"]))
    if rng.random() < DETAILED:
        sentences.append(_one(rng, about["details"]))
    if rng.random() < ASKED:
        sentences.append(_one(rng, about["requests"]))
    if rng.random() < (GREETED_WRITTEN if channel in _WRITTEN else GREETED):
        sentences.insert(0, _one(rng, about["greetings"]))
    text = " ".join(sentences)
    return text.lower() if channel not in _WRITTEN and rng.random() < LOWER_CASE else text


def _bodies(known: dict[str, dict[str, list[str]]], trouble: Trouble) -> list[str]:
    """Give the sentences that fit the topic and where the customer is."""
    outside = trouble.place in {Place.OUTDOOR, Place.TRANSPORT}
    fitting = known.get("outside" if outside else "indoor", {})
    return known["bodies"][trouble.topic] + fitting.get(trouble.topic, [])


def _filled(
    rng: np.random.Generator, known: dict[str, dict[str, list[str]]], body: str, trouble: Trouble
) -> str:
    said = body.format(
        since=_one(rng, known["since"][_how_long(trouble)]),
        where=_one(rng, known["where"][trouble.place or "unknown"]),
        radio=_one(rng, known["radio"][trouble.technology or "unknown"]),
    )
    return said[0].upper() + said[1:]


def _how_long(trouble: Trouble) -> str:
    elapsed = (trouble.told_at - trouble.began_at).total_seconds()
    if elapsed < _HOUR_S:
        return "minutes"
    if elapsed < 6 * _HOUR_S:
        return "hours"
    days = (trouble.told_at.date() - trouble.began_at.date()).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    return "days" if elapsed < 8 * _DAY_S else "weeks"


def _one(rng: np.random.Generator, choices: list[str]) -> str:
    return choices[int(rng.integers(len(choices)))]
