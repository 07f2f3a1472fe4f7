from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from heatmaps.complaints.record import Channel, Language, Place, Technology, Topic
from heatmaps.simulation.wording import Trouble, phrases, word

TOLD_AT = datetime(2026, 3, 20, 18, tzinfo=UTC)


def trouble(topic=Topic.NO_INTERNET, began_h=3.0, **changes):
    facts = {"technology": Technology.G4, "place": Place.INDOOR, "critical": False, "again": False}
    began_at = TOLD_AT - timedelta(hours=began_h)
    return Trouble(topic=topic, told_at=TOLD_AT, began_at=began_at, **(facts | changes))


@pytest.mark.parametrize("topic", Topic)
def test_a_topic_is_told_in_a_dozen_ways(topic):
    assert len(set(phrases()["ru"]["bodies"][topic])) >= 12


@pytest.mark.parametrize("language", Language)
def test_every_phrase_uses_known_slots(language):
    known = phrases()[language]
    groups = [known["bodies"], known.get("indoor", {}), known.get("outside", {})]
    for bodies in groups:
        for topic, sentences in bodies.items():
            assert topic in set(Topic)
            for sentence in sentences:
                slots = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
                assert slots <= {"since", "where", "radio"}
                assert sentence[-1] in ".!?"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("place", [None, *Place])
@pytest.mark.parametrize("technology", [None, *Technology])
def test_every_combination_can_be_worded(language, place, technology):
    rng = np.random.default_rng(1)
    for topic in Topic:
        for began_h in (0.2, 3, 9, 20, 60, 400):
            told = trouble(topic, began_h, place=place, technology=technology)
            text = word(rng, language, Channel.CALL, told)
            assert len(text) > 10
            assert "{" not in text


def test_many_texts_differ():
    rng = np.random.default_rng(1)
    texts = {word(rng, Language.RU, Channel.CHAT, trouble()) for _ in range(300)}
    assert len(texts) > 250


def test_facts_are_told():
    rng = np.random.default_rng(1)
    repeats = phrases()["ru"]["about"]["repeats"]
    critical = phrases()["ru"]["about"]["critical"]
    text = word(rng, Language.RU, Channel.LETTER, trouble(critical=True, again=True))
    assert any(phrase in text for phrase in repeats)
    assert any(phrase in text for phrase in critical)


@pytest.mark.parametrize(
    ("began_h", "group"),
    [
        (0.5, "minutes"),
        (3, "hours"),
        (16, "today"),
        (30, "yesterday"),
        (70, "days"),
        (300, "weeks"),
    ],
)
def test_the_time_told_is_the_time_passed(began_h, group):
    rng = np.random.default_rng(1)
    since = phrases()["ru"]["since"]
    for _ in range(40):
        text = word(rng, Language.RU, Channel.LETTER, trouble(began_h=began_h)).lower()
        for other, said in since.items():
            if other != group:
                assert not any(f" {phrase}" in text for phrase in said)
