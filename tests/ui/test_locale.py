import itertools
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import heatmaps.ui
from heatmaps.complaints.record import Channel, Segment, Technology, Topic
from heatmaps.desk.answer import Verdict
from heatmaps.desk.words import Cause, Refusal, Status
from heatmaps.geocoding.result import Level
from heatmaps.insight.course import Pattern
from heatmaps.insight.gap import GapClass
from heatmaps.insight.timeline import Fate, Leg
from heatmaps.insight.weekly_counts import PLANES
from heatmaps.policy import packaged_policy
from heatmaps.region.objects import ObjectKind
from heatmaps.spots.priority import Setting, priority_of
from heatmaps.spots.record import ALL_TOPICS, Signal
from heatmaps.spots.worth import Behind
from heatmaps.ui.agent.unclear import TELLING_FAULTS
from heatmaps.ui.engineer.actions import MOVES, NAMELESS
from heatmaps.ui.engineer.handling import DONE
from heatmaps.ui.locale import LOCALES, translator

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BEHIND = Behind(
    time=np.array([int(NOW.timestamp() * 1e6)] * 2), segment=np.zeros(2, np.int8),
    topic=np.zeros(2, np.int8), ltv_rank=np.array([0.5, np.nan]), customer=np.zeros(2, np.int64),
    critical=np.ones(2, np.bool_),
)  # fmt: skip
SETTING = Setting(NOW, None, 900, dict.fromkeys(ObjectKind, 1))
PRIORITY = priority_of(BEHIND, SETTING, NOW, packaged_policy().priority)
ROUTING = packaged_policy().routing
ROOM = Path(heatmaps.ui.__file__).parent
KEYWORDS = {"_": None, "plural": (1, 2)}
WORDS = {
    "status": Status,
    "signal": Signal,
    "cause": Cause,
    "topic": [*Topic, ALL_TOPICS],
    "technology": Technology,
    "segment": Segment,
    "channel": Channel,
    "level": Level,
    "verdict": Verdict,
    "fault": TELLING_FAULTS,
    "queue": {ROUTING.default_queue, *(rule.queue for rule in ROUTING.rules)},
    "part": [part.name for part in PRIORITY.parts],
    "because": sorted(
        {*ObjectKind, *(number for part in PRIORITY.parts for number in part.because)}
    ),
    "move": [*MOVES, Status.RESOLVED, Status.REJECTED],
    "outcome": [DONE, *Refusal, NAMELESS],
    "gap_class": GapClass,
    "pattern": Pattern,
    "topics": PLANES,
    "fate": Fate,
    "leg": Leg,
}


def catalogue(locale):
    with (ROOM / "locales" / f"{locale}.po").open("rb") as source:
        return read_po(source, locale=locale, abort_invalid=True)


def used_in_the_room():
    found = extract_from_dir(ROOM, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message[2] for message in found}


def texts_of(message):
    return message.string if isinstance(message.string, tuple | list) else (message.string,)


def test_the_extractor_sees_the_texts():
    assert "Customer's address" in used_in_the_room()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_of_the_room_is_in_the_catalogue(locale):
    known = catalogue(locale)
    assert {text for text in used_in_the_room() if known.get(text) is None} == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_translated_with_its_blanks_and_all_plural_forms(locale):
    known = catalogue(locale)
    for message in known:
        if not message.id:
            continue
        assert all(texts_of(message)), message.id
        assert not message.fuzzy
        assert not list(message.check(known)), message.id
        if message.pluralizable:
            assert len(message.string) == known.num_plurals
        source = message.id[0] if message.pluralizable else message.id
        for text in texts_of(message):
            assert text.count("{") == source.count("{"), text


def test_catalogues_hold_the_same_texts():
    keys = [{(m.context, m.id) for m in catalogue(locale)} for locale in LOCALES]
    assert keys[0] == keys[1] == keys[2]


@pytest.mark.parametrize(("locale", "kind"), itertools.product(LOCALES, WORDS), ids=str)
def test_every_word_with_fixed_values_has_a_name_of_its_own(locale, kind):
    known = catalogue(locale)
    assert {value for value in WORDS[kind] if known.get(value, context=kind) is None} == set()
    names = [translator(locale).word(kind, value) for value in WORDS[kind]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "1 жалоба"), (3, "3 жалобы"), (11, "11 жалоб"), (21, "21 жалоба"), (1005, "1 005 жалоб")],
)
def test_russian_plurals(n, text):
    shown = translator("ru").plural("{n} complaint", "{n} complaints", n)
    assert shown.replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("locale", "shown"), [("ru", "12 345,7"), ("kk", "12 345,7"), ("en", "12,345.7")]
)
def test_numbers_follow_the_language(locale, shown):
    assert translator(locale).number(12345.678, digits=1).replace("\xa0", " ") == shown


def test_the_same_word_differs_by_its_kind():
    _ = translator("ru")
    assert _.word("topic", "no_coverage") == "нет покрытия"
    assert _.word("status", "new") == "новое"


def test_an_unknown_language_is_refused():
    with pytest.raises(FileNotFoundError):
        translator("tlh")
