import gzip
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.complaints.profiles import COLUMNS, Kind, Profile, load_profile
from heatmaps.complaints.readers import check_file, read_batches
from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.complaints.rows import map_objects
from heatmaps.complaints.validation import Bounds, Intake, validate

gzipped = partial(gzip.compress, mtime=0)  # test ids must not depend on the clock

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PETERSBURG = Bounds(59.6, 29.4, 60.3, 30.8)
BOSTON_SAMPLE = Path(__file__).parents[2] / "data/boston/street_lights_2011_q3.csv.gz"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"external_id": ""}, "no external_id"),
        ({"external_id": "  "}, "no external_id"),
        ({"external_id": "1,23457E+17"}, "external_id '1,23457E+17' was cut by a spreadsheet"),
        ({"external_id": "1.234567890123457e+17"}, "was cut by a spreadsheet"),
        ({"external_id": 1.234567890123457e17}, "was cut by a spreadsheet"),
        ({"external_id": "1.23457E17"}, "was cut by a spreadsheet"),
        ({"external_id": "1E+17"}, "was cut by a spreadsheet"),
        ({"customer_id": "7,7E+09"}, "customer_id '7,7E+09' was cut by a spreadsheet"),
        ({"external_id": True}, "external_id 'true' is no id"),
        ({"external_id": [1]}, "nested"),
        ({"external_id": {}}, "nested"),
        ({"created_at": ""}, "no created_at"),
        ({"created_at": "1970-01-01"}, "created_at '1970-01-01' lies before 2000-01-01"),
        ({"created_at": "1899-12-30 00:00"}, "lies before 2000-01-01"),
        ({"created_at": "1999-12-31T23:59:59Z"}, "lies before 2000-01-01"),
        ({"created_at": "2090-01-01T00:00"}, "ahead of 2026-03-01 12:00 UTC"),
        ({"created_at": "2026-03-02T12:00:01Z"}, "more than a day ahead"),
        ({"created_at": "01.02.2026"}, "created_at '01.02.2026' is not a time"),
        ({"updated_at": "soon"}, "updated_at 'soon' is not a time"),
        ({"closed_at": "0001-01-01"}, "closed_at '0001-01-01' lies before"),
        ({"occurred_at": "2090-01-01"}, "occurred_at"),
        ({"lat": "0", "lon": "0"}, "lat '0', lon '0' are no place"),
        ({"lat": "-0.0", "lon": "0,0"}, "no place"),
        ({"lat": "NaN", "lon": "30.2"}, "lat 'NaN' is not a number"),
        ({"lat": "59.9", "lon": "inf"}, "lon 'inf' is not a number"),
        ({"lat": "north", "lon": "30.2"}, "lat 'north' is not a number"),
        ({"lat": "59.9"}, "half a coordinate"),
        ({"lon": "30.2"}, "half a coordinate"),
        ({"lat": "-120.5", "lon": "37.6"}, "are swapped"),
        ({"lat": "91", "lon": "181"}, "off the globe"),
        ({"lat": "591", "lon": "30"}, "off the globe"),
        ({"lat": "91.5", "lon": "120"}, "off the globe"),
        ({"accuracy_m": "-5"}, "accuracy_m '-5' is below zero"),
        ({"ltv": "-0.01"}, "ltv '-0.01' is below zero"),
        ({"ltv": "nan"}, "ltv 'nan' is not a number"),
        ({"ltv": "1,234"}, "ltv '1,234' is not a number"),
        ({"state": "done"}, "state 'done' is not one of open, closed, withdrawn"),
        ({"channel": "fax"}, "[values.channel]"),
        ({"topic": "weather"}, "topic 'weather'"),
        ({"technology": "6g"}, "technology '6g'"),
        ({"roaming": "perhaps"}, "roaming 'perhaps' is not true or false"),
        ({"critical": "2"}, "critical '2' is not true or false"),
        ({"text": "a\0b"}, "text holds a NUL"),
        ({"external_id": "A\0"}, "holds a NUL"),
        ({"owner": "\ud83d"}, "half a character"),
        ({"external_id": "x" * 129}, "longer than the 128 characters"),
        ({"text": "x" * 20_001}, "longer than the 20,000 characters"),
        ({"lat": "5" * 65, "lon": "1"}, "longer than the 64 characters"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_and_the_others_load(accept, change, said):
    done = accept({}, change, {"external_id": "A3"})
    assert done.complaints.external_id == ["A1", "A3"]
    (refused,) = done.refused
    assert said in refused.reason
    assert refused.reason.endswith(".")
    assert refused.line == 3
    raw = json.loads(refused.raw)
    assert all(raw[name] == value for name, value in change.items())


@pytest.mark.parametrize(
    ("name", "given_text", "value"),
    [
        ("external_id", " A-1 ", "A-1"),
        ("external_id", "7E10", "7E10"),
        ("external_id", "123456789012345678", "123456789012345678"),
        ("external_id", 123456789012345678, "123456789012345678"),
        ("external_id", 7.0, "7"),
        ("text", "📵 нет связи ☎️", "📵 нет связи ☎️"),
        ("text", "<img onerror=alert(1)>`${x}`</script>", "<img onerror=alert(1)>`${x}`</script>"),
        ("text", "x" * 20_000, "x" * 20_000),
        ("state", "CLOSED", "closed"),
        ("state", "", "open"),
        ("address_kind", None, "problem"),
        ("address_kind", "Registration", "registration"),
        ("topic", "", "other"),
        ("channel", "", None),
        ("technology", "5G", "5g"),
        ("roaming", "Да", True),
        ("roaming", "нет", False),
        ("roaming", "", None),
        ("critical", "YES", True),
        ("critical", "", False),
        ("critical", True, True),
        ("ltv", "1 234,50", 1234.5),
        ("ltv", "1\u00a0234.5", 1234.5),
        ("ltv", "12,5", 12.5),
        ("ltv", 0, 0.0),
        ("accuracy_m", "15", 15.0),
        ("source", "", "crm"),
        ("source", "siebel", "siebel"),
    ],
)
def test_a_value_is_read(accept, name, given_text, value):
    done = accept({name: given_text})
    assert done.refused == []
    assert np.asarray(getattr(done.complaints, name), dtype=object).tolist() == [value]


def test_absent_numbers_and_times_are_marked(accept):
    complaints = accept({}).complaints
    assert np.isnan([complaints.lat, complaints.lon, complaints.accuracy_m, complaints.ltv]).all()
    assert complaints.updated_at.tolist() == [ABSENT_TIME]
    assert complaints.flags == [()]


@pytest.mark.parametrize(
    ("lat", "lon", "outcome"),
    [
        ("59.94", "30.31", ()),
        ("59,94", "30,31", ()),
        ("30.31", "59.94", "are swapped"),
        ("55.75", "37.62", ("outside_region",)),
        ("-59.94", "30.31", ("outside_region",)),
        ("120.5", "59.9", "are swapped"),
        ("0", "0", "no place"),
    ],
)
def test_the_region_tells_swapped_from_elsewhere(accept, lat, lon, outcome):
    done = accept({"lat": lat, "lon": lon}, bounds=PETERSBURG)
    if isinstance(outcome, str):
        assert outcome in done.refused[0].reason
    else:
        assert done.complaints.flags == [outcome]


def test_without_a_region_nothing_is_guessed(accept):
    assert accept({"lat": "30.31", "lon": "59.94"}).complaints.lat.tolist() == [30.31]


@pytest.mark.parametrize(
    ("change", "flags"),
    [
        ({"created_at": "2025-11-02T01:30"}, ("fold_hour",)),
        ({"created_at": "2025-03-09T02:30"}, ("gap_hour",)),
        ({"created_at": "2026-02-01"}, ("date_only",)),
        ({"closed_at": "2026-01-31T00:00Z"}, ("closed_before_created",)),
        ({"occurred_at": "2026-02-02T00:00Z"}, ("occurred_after_created",)),
        ({"closed_at": "2026-02-02T00:00Z", "occurred_at": "2026-01-31T00:00Z"}, ()),
        (
            {"closed_at": "2025-11-02T01:30"},
            ("fold_hour", "closed_before_created"),
        ),
    ],
)
def test_doubts_are_flagged_and_the_row_loads(accept, change, flags):
    done = accept(change, profile=Profile(timezone="America/New_York"))
    assert done.complaints.flags == [flags]


def test_a_profile_zone_rules_over_the_callers(accept):
    change = {"created_at": "2026-02-01T10:00"}
    here = accept(change).complaints.created_at[0]
    there = accept(change, profile=Profile(timezone="Asia/Vladivostok")).complaints.created_at[0]
    assert (here - there) / 3.6e9 == 7


@pytest.mark.parametrize(
    ("profile", "argument", "source"),
    [(None, None, "crm"), ("siebel", None, "siebel"), ("siebel", "call-centre", "call-centre")],
)
def test_a_missing_source_is_the_callers_the_profiles_or_crm(accept, profile, argument, source):
    done = accept({}, profile=Profile(source=profile), source=argument)
    assert done.complaints.source == [source]


def test_a_time_up_to_a_day_ahead_loads(accept):
    limit = NOW + timedelta(days=1)
    complaints = accept({"created_at": limit.isoformat()}).complaints
    assert EPOCH + timedelta(microseconds=int(complaints.created_at[0])) == limit


def test_an_id_that_comes_twice_is_given_twice(accept):
    done = accept({"text": "first"}, {"text": "second"})
    assert done.complaints.external_id == ["A1", "A1"]
    assert done.complaints.line.tolist() == [2, 3]


def test_a_row_is_refused_once_for_its_first_fault(accept):
    done = accept({"external_id": "", "created_at": "1970-01-01", "lat": "0", "lon": "0"})
    assert [each.reason for each in done.refused] == ["The row has no external_id; fill it in."]


WILD = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=10),
    st.sampled_from(["0", "nan", "-1", "1e999", "да", "open", "2026-02-01", "59.9", "1_0", "①"]),
    st.floats().map(str),
)
NAMES = [*COLUMNS[Kind.COMPLAINTS], "name", "mood"]


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), WILD), max_size=8))
def test_whatever_comes_rows_in_are_complaints_and_refused(rows):
    batch = map_objects(Profile(), range(1, len(rows) + 1), rows)
    done = validate(batch, Intake(Profile(), NOW, ZoneInfo("Europe/Moscow"), bounds=PETERSBURG))
    assert len(done.complaints) + len(done.refused) == len(rows)
    complaints = done.complaints
    lines = sorted([*complaints.line.tolist(), *(each.line for each in done.refused)])
    assert lines == list(range(1, len(rows) + 1))
    assert not np.isinf([complaints.lat, complaints.lon, complaints.ltv]).any()
    assert (np.isnan(complaints.lat) == np.isnan(complaints.lon)).all()
    assert "\0" not in "".join(filter(None, [*complaints.text, *complaints.address]))


def test_faults_of_rows_and_of_fields_are_told_in_the_order_of_the_file(file, intake):
    path = file(
        "external_id,created_at\n1,1970-01-01\n2\n3,2026-02-01\n,2026-02-01\n5,2026-02-01,6\n"
        "A\0,2026-02-01\n"
    )
    (batch,) = read_batches(check_file(path, Profile()))
    done = validate(batch, intake())
    assert [each.line for each in done.refused] == [2, 3, 5, 6, 7]
    assert done.complaints.line.tolist() == [4]
    assert len(done.complaints) + len(done.refused) + batch.left_out == batch.rows_in == 6


BOSTON = """\
case_enquiry_id,open_dt,closed_dt,case_status,type,location,latitude,longitude,source
101,2011-07-01 01:32:33,2011-07-01 05:06:58,Closed,Street Light Outages,A,42,-71,Employee Generated
102,2011-07-02 01:32:33,,Open,Street Light Outages,2 A St,42.2715,-71.0772,Citizens Connect App
103,2011-07-02 01:32:33,,Open,Pothole Repair (Internal),2 A St,42.2715,-71.0772,Twitter
"""


def test_boston_is_read_by_its_profile(file, intake):
    profile = load_profile("boston311")
    path = file(gzipped(BOSTON.encode()), "boston.csv.gz")
    checked = check_file(path, profile)
    assert checked.dropped == ()
    (batch,) = read_batches(checked)
    done = validate(batch, intake(profile))
    complaints = done.complaints
    assert (len(complaints), len(done.refused), batch.left_out) == (2, 0, 1)
    assert complaints.source == ["boston311"] * 2
    assert complaints.external_id == ["101", "102"]
    assert complaints.topic == ["no_service"] * 2
    assert complaints.state == ["closed", "open"]
    assert complaints.channel == [None, "app"]
    assert complaints.updated_at.tolist() == [ABSENT_TIME] * 2
    opened = EPOCH + timedelta(microseconds=int(complaints.created_at[0]))
    assert opened == datetime(2011, 7, 1, 5, 32, 33, tzinfo=UTC)


def test_the_sample_of_boston_loads_whole(intake):
    profile = load_profile("boston311")
    for batch in read_batches(check_file(BOSTON_SAMPLE, profile)):
        done = validate(batch, intake(profile, bounds=Bounds(42.2, -71.25, 42.45, -70.9)))
        assert done.refused == []
        assert len(done.complaints) + batch.left_out == batch.rows_in
        assert all(a < b for a, b in pairwise(done.complaints.line.tolist()))
