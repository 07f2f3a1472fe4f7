from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.complaints.times import read_times, to_utc

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
ZONES = [
    "Europe/Moscow",
    "America/New_York",
    "Asia/Almaty",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "UTC",
]


def moment(micros):
    return EPOCH + timedelta(microseconds=int(micros))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-02-01T10:00:00+03:00", "2026-02-01T07:00:00+00:00"),
        ("2026-02-01T10:00:00Z", "2026-02-01T10:00:00+00:00"),
        ("2026-02-01 10:00:00", "2026-02-01T07:00:00+00:00"),
        ("2026-02-01T10:00:00.123456-02:30", "2026-02-01T12:30:00.123456+00:00"),
        ("20260201T1000", "2026-02-01T07:00:00+00:00"),
        ("2026-02-01", "2026-01-31T21:00:00+00:00"),
        ("2010-07-01T10:00", "2010-07-01T06:00:00+00:00"),
        ("2012-07-01T10:00", "2012-07-01T06:00:00+00:00"),
        ("2016-07-01T10:00", "2016-07-01T07:00:00+00:00"),
    ],
)
def test_iso_8601_is_read_in_the_zone_that_the_place_had_then(text, utc):
    times = read_times([None, text], MOSCOW)
    assert times.utc[0] == ABSENT_TIME
    assert moment(times.utc[1]).isoformat() == utc
    assert times.date_only.tolist() == [False, len(text) == 10]
    assert not times.unreadable.any()


@pytest.mark.parametrize(
    "text",
    ["yesterday", "01.02.2026", "2026-13-01", "2026-02-30", "2026-02-01T25:00", "1770000000", "-"],
)
def test_other_texts_are_unreadable_and_leave_the_rest(text):
    times = read_times(["2026-02-01T10:00Z", text, None], MOSCOW)
    assert times.unreadable.tolist() == [False, True, False]
    assert times.utc[1] == ABSENT_TIME
    assert moment(times.utc[0]) == datetime(2026, 2, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00", "9999-12-31T23:59:59", "0001-01-01T00:00+05:00"]
)
def test_the_ends_of_the_calendar_do_no_harm(text):
    read_times([text], MOSCOW)


def test_formats_are_tried_in_order():
    texts = ["01.02.2026 10:00", "2026-02-01T10:00Z", "02/01/2026 10:00 +0300", "?", None]
    formats = ["%d.%m.%Y %H:%M", "%m/%d/%Y %H:%M %z", "iso"]
    times = read_times(texts, MOSCOW, formats)
    hours = [moment(micros).hour for micros in times.utc[:3]]
    assert hours == [7, 10, 7]
    assert {moment(micros).date().isoformat() for micros in times.utc[:3]} == {"2026-02-01"}
    assert times.unreadable.tolist() == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("zone", "local", "utc", "doubt"),
    [
        ("America/New_York", "2011-11-06T01:30", "2011-11-06T05:30", "fold"),
        ("America/New_York", "2011-03-13T02:30", "2011-03-13T07:30", "gap"),
        ("America/New_York", "2011-11-06T00:59:59", "2011-11-06T04:59:59", None),
        ("America/New_York", "2011-11-06T02:00", "2011-11-06T07:00", None),
        ("Europe/Moscow", "2014-10-26T01:15", "2014-10-25T21:15", "fold"),
        ("Europe/Moscow", "2011-03-27T02:15", "2011-03-26T23:15", "gap"),
        ("Asia/Almaty", "2024-02-29T23:30", "2024-02-29T17:30", "fold"),
        ("Australia/Lord_Howe", "2025-04-06T01:45", "2025-04-05T14:45", "fold"),
        ("America/St_Johns", "2010-11-07T00:00:30", "2010-11-07T02:30:30", "fold"),
    ],
)
def test_hours_that_the_clock_repeats_or_skips_are_told(zone, local, utc, doubt):
    times = read_times([local], ZoneInfo(zone))
    assert moment(times.utc[0]).isoformat().startswith(utc)
    assert times.fold.tolist() == [doubt == "fold"]
    assert times.gap.tolist() == [doubt == "gap"]


def test_an_offset_leaves_no_doubt():
    times = read_times(["2011-11-06T01:30-04:00"], ZoneInfo("America/New_York"))
    assert not times.fold.any()


@given(
    st.lists(st.integers(631_152_000, 2_051_222_400), max_size=20),
    st.sampled_from(ZONES),
)
def test_batches_agree_with_the_standard_library(seconds, name):
    zone = ZoneInfo(name)
    local = np.array(seconds, dtype=np.int64) * 1_000_000
    clocks = [moment(micros).replace(tzinfo=None) for micros in local]
    utc, fold, gap = to_utc(local, zone)
    for clock, micros, folded, skipped in zip(clocks, utc, fold, gap, strict=True):
        first, second = clock.replace(tzinfo=zone), clock.replace(tzinfo=zone, fold=1)
        assert moment(micros) == first.astimezone(UTC)
        there_and_back = moment(micros).astimezone(zone).replace(tzinfo=None)
        assert skipped == (there_and_back != clock)
        assert folded == (first.utcoffset() > second.utcoffset())
