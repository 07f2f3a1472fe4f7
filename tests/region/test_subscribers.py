import json

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.complaints.profiles import Kind, Profile
from heatmaps.complaints.readers import check_file, read_batches
from heatmaps.complaints.rows import map_objects
from heatmaps.region.grid import GRID_RESOLUTION, parents, resolution_of, to_text
from heatmaps.region.subscribers import COARSEST_RESOLUTION, read_subscribers, spread

CELL = h3.latlng_to_cell(59.94, 30.28, 8)
OTHER = h3.latlng_to_cell(55.75, 37.62, 8)
CHILD, SECOND_CHILD = h3.cell_to_children(CELL, 9)[:2]
PROFILE = Profile(kind=Kind.SUBSCRIBERS)


def batch(*rows, first_line=2):
    objects = [{"cell": cell, "subscribers": people} for cell, people in rows]
    return map_objects(PROFILE, range(first_line, first_line + len(rows)), objects)


@pytest.mark.parametrize(
    ("cell", "people", "said"),
    [
        ("", "5", "cell None is no H3 cell"),
        ("8811", "5", "cell '8811' is no H3 cell"),
        ("not hex", "5", "is no H3 cell"),
        ("-" + to_text(CELL), "5", "is no H3 cell"),
        ("f" * 40, "5", "is no H3 cell"),
        (to_text(h3.cell_to_center_child(CELL, 10)), "5", "finer than resolution 9"),
        (to_text(h3.cell_to_parent(CELL, 3)), "5", "coarser than resolution 4"),
        (to_text(CELL), "-1", "subscribers '-1' is no number"),
        (to_text(CELL), "nan", "subscribers 'nan' is no number"),
        (to_text(CELL), "inf", "subscribers 'inf' is no number"),
        (to_text(CELL), "", "subscribers None is no number"),
        (to_text(CELL), "many", "subscribers 'many' is no number"),
        (to_text(OTHER), "5", "came before in the file"),
        (to_text(OTHER).upper(), "5", "came before in the file"),
        (to_text(h3.cell_to_center_child(OTHER, 9)), "5", "lies inside another cell"),
    ],
)
def test_a_row_that_cannot_count_is_refused(cell, people, said):
    done = read_subscribers([batch((to_text(OTHER), "7"), (cell, people))])
    assert done.subscribers.cell.tolist() == [OTHER]
    assert done.subscribers.subscribers.tolist() == [7.0]
    (refused,) = done.refused
    assert refused.line == 3
    assert said in refused.reason
    assert refused.reason.endswith(".")
    assert json.loads(refused.raw) == {"cell": cell, "subscribers": people}


def test_a_cell_is_inside_another_wherever_in_the_file_that_stands():
    done = read_subscribers(
        [
            batch((to_text(CHILD), "1"), (to_text(SECOND_CHILD), "2")),
            batch((to_text(OTHER), "3"), (to_text(CELL), "4"), first_line=4),
        ]
    )
    assert done.subscribers.cell.tolist() == [OTHER, CELL]
    assert [each.line for each in done.refused] == [2, 3]


def test_a_refused_row_stands_in_no_other_rows_way():
    done = read_subscribers([batch((to_text(CELL), "-1"), (to_text(CHILD), "2"))])
    assert done.subscribers.cell.tolist() == [CHILD]


def test_a_file_is_read_through_a_profile(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(f"cell;subscribers;mood\n{to_text(CELL)};12,5\n{to_text(OTHER)};3;\n")
    batches = list(read_batches(check_file(path, PROFILE)))
    done = read_subscribers(batches)
    assert len(done.subscribers.cell) + len(done.refused) == sum(b.rows_in for b in batches) == 2
    assert done.subscribers.cell.tolist() == [OTHER]
    assert "fields" in done.refused[0].reason


def test_no_rows_give_no_subscribers():
    assert len(read_subscribers([]).subscribers.cell) == 0
    cells, people = spread(*[np.zeros(0, dtype=np.int64)] * 3)
    assert len(cells) == len(people) == 0


def test_people_go_where_the_houses_are():
    houses = np.array([CHILD, CHILD, SECOND_CHILD, CHILD, h3.cell_to_center_child(OTHER, 9)])
    cells, people = spread(np.array([CELL]), np.array([100.0]), houses)
    assert dict(zip(cells.tolist(), people.tolist(), strict=True)) == {
        CHILD: 75.0,
        SECOND_CHILD: 25.0,
    }


def test_without_houses_they_are_spread_evenly():
    cells, people = spread(np.array([OTHER, CELL]), np.array([7.0, 14.0]), np.array([CHILD]))
    share = dict(zip(cells.tolist(), people.tolist(), strict=True))
    assert share.pop(CHILD) == 14.0
    assert share == dict.fromkeys(h3.cell_to_children(OTHER, 9), 1.0)


def test_cells_of_the_grid_stay():
    cells, people = spread(np.array([CHILD]), np.array([3.5]), np.array([SECOND_CHILD]))
    assert (cells.tolist(), people.tolist()) == ([CHILD], [3.5])


def test_finer_cells_cannot_be_spread():
    with pytest.raises(ValueError, match="finer than resolution 9"):
        spread(np.array([h3.cell_to_center_child(CELL, 10)]), np.ones(1), np.array([CHILD]))


@pytest.mark.parametrize("resolution", range(COARSEST_RESOLUTION, GRID_RESOLUTION + 1))
def test_children_are_those_of_h3_for_hexagons_and_pentagons(resolution):
    hexagon = h3.latlng_to_cell(59.94, 30.28, resolution)
    for cell in (hexagon, *h3.get_pentagons(resolution)[:2]):
        cells, _ = spread(np.array([cell]), np.ones(1), np.zeros(0, dtype=np.int64))
        assert cells.tolist() == sorted(h3.cell_to_children(cell, GRID_RESOLUTION))


DEGREES = st.tuples(st.floats(50, 60), st.floats(30, 40))


@given(
    st.lists(st.tuples(DEGREES, st.integers(6, 9), st.floats(0, 1e7)), min_size=1, max_size=12),
    st.lists(DEGREES, max_size=30),
    st.randoms(use_true_random=False),
)
def test_spreading_keeps_every_sum(rows, near, random):
    texts = [(to_text(h3.latlng_to_cell(*at, level)), str(people)) for at, level, people in rows]
    given_file = read_subscribers([batch(*texts)]).subscribers
    spots = [*near, *(at for at, _, _ in rows if random.random() < 0.5)]
    houses = np.array([h3.latlng_to_cell(*at, 9) for at in spots], dtype=np.int64)
    cells, people = spread(given_file.cell, given_file.subscribers, houses)
    assert (resolution_of(cells) == GRID_RESOLUTION).all()
    assert (np.diff(cells) > 0).all()
    for cell, total in zip(given_file.cell, given_file.subscribers, strict=True):
        inside = parents(cells, int(resolution_of(np.array([cell]))[0])) == cell
        assert people[inside].sum() == pytest.approx(total, rel=1e-12)
    assert people.sum() == pytest.approx(given_file.subscribers.sum(), rel=1e-12)
