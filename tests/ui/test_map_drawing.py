import json
import re

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.desk.words import Status
from heatmaps.spots.record import Signal
from heatmaps.ui.map.basemap import Territory, base_map
from heatmaps.ui.map.colour import CLASS_COLOURS, PRIORITY_BREAKS, class_of, class_ranges
from heatmaps.ui.map.drawing import (
    coarsened,
    draw_address,
    draw_cells,
    draw_spots,
    look_at_bounds,
    look_at_point,
)
from heatmaps.ui.map.shape import SpotShape

CELL = h3.latlng_to_cell(59.94, 30.3, 9)
SAFE = re.compile(r"(?:[^\W_]|[ .,:;()–—«»№#-]|&#\d+;|\ufffd|<br>|</?b>)*")
SQUARE = {"type": "Polygon", "coordinates": [[[30, 59], [31, 59], [31, 60], [30, 60], [30, 59]]]}


def spot(spot_id=1, priority=10.0, status=Status.NEW, signal=Signal.ACTIVE, label="x"):
    return SpotShape(spot_id, 59.94, 30.3, (CELL,), priority, status, signal, label)


def strings(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from strings(value)


@given(st.text())
def test_no_text_enters_a_drawing_unescaped(text):
    territory = Territory(text, SQUARE)
    drawings = [
        draw_spots([spot(label=text)]),
        draw_address((59.94, 30.3), 50.0, text),
        base_map([territory], text).drawing,
    ]
    for drawing in drawings:
        assert all(SAFE.fullmatch(string) for string in strings(drawing.data))


@pytest.mark.parametrize(
    "drawing",
    [
        draw_spots([spot(), spot(2, 500.0)], selected=2),
        draw_cells(np.array([CELL]), np.array([3])),
        draw_address((59.94, 30.3), 50.0, "Большой, 18"),
        look_at_point((59.94, 30.3)),
        look_at_bounds(((59.0, 30.0), (60.0, 31.0))),
        base_map([Territory("Центр", SQUARE)], "©").drawing,
    ],
    ids=lambda drawing: drawing.function,
)
def test_every_drawing_is_json(drawing):
    assert json.loads(json.dumps(drawing.data))


@pytest.mark.parametrize(
    ("status", "signal", "look"),
    [
        (Status.NEW, Signal.ACTIVE, "open"),
        (Status.REOPENED, Signal.QUIET, "quiet"),
        (Status.RESOLVED, Signal.ACTIVE, "solved"),
        (Status.CONFIRMED, Signal.QUIET, "solved"),
        (Status.REJECTED, Signal.ACTIVE, "closed"),
        (Status.SUBSIDED, Signal.QUIET, "closed"),
    ],
)
def test_look_tells_status_and_signal(status, signal, look):
    (drawn,) = draw_spots([spot(status=status, signal=signal)]).data
    assert drawn["look"] == look


def test_open_and_urgent_spots_are_drawn_last_and_the_selected_one_is_marked():
    shapes = [spot(1, 90.0), spot(2, 5.0), spot(3, 300.0, Status.RESOLVED)]
    drawn = draw_spots(shapes, selected=2).data
    assert [one["number"] for one in drawn] == ["300", "5", "90"]
    assert [one["selected"] for one in drawn] == [False, True, False]


def test_the_first_line_of_a_label_is_its_title():
    (drawn,) = draw_spots([spot(label="Нет связи\nв работе")]).data
    assert drawn["label"] == "<b>Нет связи</b><br>в работе"


@pytest.mark.parametrize(
    ("priority", "level"), [(0, 0), (19.9, 0), (20, 1), (79, 2), (160, 4), (1e9, 4)]
)
def test_a_break_begins_a_class(priority, level):
    assert class_of(priority, PRIORITY_BREAKS) == level


def test_ranges_cover_every_class():
    ranges = class_ranges(PRIORITY_BREAKS)
    assert len(ranges) == len(CLASS_COLOURS)
    assert ranges[0] == (None, 20.0)
    assert ranges[-1] == (160.0, None)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 50)), min_size=1, max_size=60),
    st.integers(1, 20),
)
def test_rolling_up_keeps_every_complaint_and_the_limit(rows, limit):
    disk = np.array(h3.grid_disk(CELL, 3), dtype=np.int64)
    cells = disk[[position for position, _ in rows]]
    counts = np.array([count for _, count in rows])
    kept, sums = coarsened(cells, counts, limit)
    assert kept.size <= limit
    assert np.unique(kept).size == kept.size
    assert sums.sum() == counts.sum()


def test_rolling_up_does_not_darken_the_map():
    parent = h3.cell_to_parent(CELL, 8)
    children = np.array(h3.cell_to_children(parent, 9), dtype=np.int64)
    fine = draw_cells(children, np.full(children.size, 3)).data
    ((_, colour, count),) = draw_cells(children, np.full(children.size, 3), limit=1).data
    assert {row[1] for row in fine} == {colour}
    assert count == 3 * children.size


def test_no_cells_draw_nothing():
    assert draw_cells(np.array([], dtype=np.int64), np.array([], dtype=np.int64)).data == []
