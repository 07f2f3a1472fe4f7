from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.complaints.iso_times import read_alike

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a local clock's

OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def since_1970(text):
    moment = datetime.fromisoformat(text)
    start = EPOCH if moment.tzinfo is None else EPOCH.replace(tzinfo=UTC)
    return (moment - start) // timedelta(microseconds=1), moment.tzinfo is not None


@given(st.lists(st.datetimes(timezones=OFFSETS).map(lambda at: at.replace(microsecond=0))))
def test_a_column_of_one_shape_is_read_as_python_reads_each(moments):
    texts = [moment.isoformat() for moment in moments]
    texts = [text for text in texts if len(text) == len("2026-01-31T09:30:00+03:00")]
    read = read_alike(texts)
    if not texts:
        assert read is None
        return
    clock, utc = read
    assert list(zip(clock.tolist(), [utc] * len(texts), strict=True)) == list(
        map(since_1970, texts)
    )


@given(
    st.sampled_from(
        ("2026-10-23", "2026-10-23T12:00:10", "2026-10-23 12:00:10Z", "2024-02-29T23:59:59-03:30")
    ),
    st.integers(0, 24),
    st.characters(max_codepoint=0x500),
)
def test_one_other_character_is_read_as_python_does_or_left_to_it(text, place, letter):
    text = text[:place] + letter + text[place + 1 :]
    try:
        expected = since_1970(text)
    except ValueError:
        expected = None
    alone = read_alike([text])
    if alone is not None:
        assert (int(alone[0][0]), alone[1]) == expected


@pytest.mark.parametrize(
    "text",
    ["2026-10-23", "2026-10-23T12:00:10", "2026-10-23 12:00:10", "2026-10-23T12:00:10Z",
     "2026-10-23T12:00:10+03:00", "0001-01-01T00:00:00-23:59", "9999-12-31T23:59:59+00:00",
     "1969-12-31T23:59:59", "2024-02-29"],
)  # fmt: skip
def test_what_crms_write_is_read(text):
    clock, utc = read_alike([text, text])
    assert (clock.tolist(), utc) == ([since_1970(text)[0]] * 2, since_1970(text)[1])


@pytest.mark.parametrize(
    "texts",
    [[], ["2026-10-2"], ["2026-02-29"], ["2026-13-01"], ["2026-00-10"], ["2026-10-00"],
     ["0000-01-01"], ["2026-10-23T24:00:00"], ["2026-10-23T12:60:00"], ["2026-10-23T12:00:60"],
     ["2026-10-23T12:00:10+24:00"], ["2026-10-23x12:00:10"], ["2026-10-23", "2026-10-23T12:00:10"],
     ["2026-10-23T12:00:1", "02026-10-23T12:00:10"], ["٢٠٢٦-10-23"]],
)  # fmt: skip
def test_the_rest_is_left_to_be_read_one_by_one(texts):
    assert read_alike(texts) is None
