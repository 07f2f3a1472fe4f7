import os
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.complaints.record import ABSENT_TIME, ComplaintBatch, State

TIMES = ("created_at", "updated_at", "occurred_at", "closed_at")
FLOATS = ("lat", "lon", "accuracy_m", "ltv")
REQUIRED = {"source": "crm", "state": "open", "address_kind": "problem", "topic": "other"}
TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=8)

ROW = st.fixed_dictionaries(
    {"external_id": TEXT, "created_at": st.integers(0, 2**51)},
    optional={
        "address": TEXT,
        "city": TEXT,
        "text": TEXT,
        "closed_at": st.integers(0, 2**51),
        "lat": st.floats(-90, 90),
        "roaming": st.booleans(),
        "critical": st.booleans(),
    },
)


def batch(*rows, first_line=2):
    columns = {}
    for each in fields(ComplaintBatch):
        name = each.name
        values = [row.get(name) for row in rows]
        if name == "line":
            columns[name] = np.arange(first_line, first_line + len(rows), dtype=np.int64)
        elif name in TIMES:
            filled = [ABSENT_TIME if value is None else value for value in values]
            columns[name] = np.array(filled, dtype=np.int64)
        elif name in FLOATS:
            columns[name] = np.array(values, dtype=np.float64)
        elif name == "critical":
            columns[name] = np.array(values, dtype=np.bool_)
        elif name == "flags":
            columns[name] = [value or () for value in values]
        elif name != "content_hash":
            columns[name] = [REQUIRED.get(name) if value is None else value for value in values]
    return ComplaintBatch(**columns)


SAMPLE = {
    "external_id": "Ж-17",
    "created_at": 1_770_000_000_000_000,
    "address": "Средний пр. В. О., 41",
    "lat": 59.9432,
    "lon": 30.2738,
    "roaming": False,
    "critical": True,
    "text": "нет связи 📵",
}


@given(st.lists(ROW, max_size=6))
def test_equal_content_gives_the_equal_hash_and_other_content_another(rows):
    given_batch = batch(*rows)
    hashes = given_batch.content_hash.tolist()
    assert hashes == batch(*rows, first_line=900).content_hash.tolist()
    for one, left in zip(rows, hashes, strict=True):
        for other, right in zip(rows, hashes, strict=True):
            assert (left == right) == (_canonical(one) == _canonical(other))


def _canonical(row):
    filled = {name: value for name, value in row.items() if value is not None}
    filled.setdefault("critical", False)
    if "lat" in filled:
        filled["lat"] += 0.0
    return {name: (type(value).__name__, value) for name, value in filled.items()}


def test_hash_is_pinned():
    # Stored fingerprints must outlive a release: another number here makes every complaint of
    # every store an update.
    assert batch(SAMPLE).content_hash.tolist() == [PINNED]


PINNED = 7608931834143235574


def test_hash_does_not_hang_on_the_process():
    code = (
        "import runpy, sys\n"
        f"space = runpy.run_path({__file__!r})\n"
        "print(space['batch'](space['SAMPLE']).content_hash[0])"
    )
    for seed in ("1", "2"):
        done = subprocess.run(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(done.stdout) == PINNED


@pytest.mark.parametrize("name", [n.name for n in fields(ComplaintBatch)])
def test_every_column_but_line_and_flags_counts_in_the_hash(name):
    if name in {"line", "flags", "content_hash"}:
        changed = {**SAMPLE, "flags": ("fold_hour",)}
        assert batch(changed, first_line=7).content_hash[0] == PINNED
        return
    other = {
        "critical": False,
        "roaming": True,
        "state": State.CLOSED,
        **dict.fromkeys(TIMES, 1_771_111_111_111_111),
        **dict.fromkeys(FLOATS, 12.5),
    }.get(name, "other text")
    assert batch({**SAMPLE, name: other}).content_hash[0] != PINNED


def test_a_value_is_not_mistaken_for_the_same_value_of_a_neighbour():
    one, other = {**SAMPLE, "owner": "Ира"}, {**SAMPLE, "transferred_to": "Ира"}
    first, second = batch(one, other).content_hash
    assert first != second


def test_minus_zero_is_zero():
    first, second = batch({**SAMPLE, "lat": 0.0}, {**SAMPLE, "lat": -0.0}).content_hash
    assert first == second


def test_take_gives_rows_in_the_order_asked():
    rows = [{**SAMPLE, "external_id": str(number), "lat": number} for number in range(4)]
    some = batch(*rows).take(np.array([3, 1]))
    assert some.external_id == ["3", "1"]
    assert some.lat.tolist() == [3.0, 1.0]
    assert some.line.tolist() == [5, 3]
    assert some.content_hash.tolist() == batch(*rows).content_hash[[3, 1]].tolist()


def test_no_rows_are_a_batch():
    assert len(batch()) == 0
    assert batch().content_hash.dtype == np.int64


def test_columns_of_unequal_length_are_refused():
    whole = batch(SAMPLE)
    columns = {f.name: getattr(whole, f.name) for f in fields(whole) if f.name != "content_hash"}
    with pytest.raises(ValueError, match="differ in length"):
        ComplaintBatch(**{**columns, "city": []})


def test_a_batch_is_frozen():
    with pytest.raises(FrozenInstanceError):
        batch(SAMPLE).line = np.zeros(1)
