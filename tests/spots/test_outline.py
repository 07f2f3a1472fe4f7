"""The outline of a trouble, drawn around a zone that stands out."""

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from heatmaps.spots.outline import Patch, outline, patch_around

CENTRE = h3.latlng_to_cell(55.75, 37.62, 9)
PENTAGON = min(h3.get_pentagons(9))


def patch(ring: int = 2, centre: int = CENTRE) -> Patch:
    found = patch_around(centre, ring, finest=9)
    assert found is not None
    return found


def drawn(around: Patch, customers: list[int], hourly: float = 0.01) -> set[int]:
    """Give the cells named where customers are known to these cells, and so many are expected."""
    usual = np.full(len(around.cell), hourly)
    seats = around.seats(np.array(customers, dtype=np.int64))
    return set(around.cell[outline(around, seats, usual, lambda usual, _: usual)].tolist())


def overlap(named: set[int], true: set[int]) -> float:
    return 2 * len(named & true) / (len(named) + len(true))


def half(cells: list[int]) -> list[int]:
    """Give those east of the centre, and it."""
    _, lon = h3.cell_to_latlng(CENTRE)
    return [cell for cell in cells if cell == CENTRE or h3.cell_to_latlng(cell)[1] > lon + 1e-4]


@pytest.mark.parametrize("ring", [0, 1, 2, 3])
def test_many_customers_draw_the_disk_they_live_in(ring: int) -> None:
    disk = list(h3.grid_disk(CENTRE, ring))
    assert drawn(patch(ring), disk * 20) == set(disk)


def test_customers_of_a_sector_do_not_draw_the_whole_disk() -> None:
    sector = half(list(h3.grid_disk(CENTRE, 3)))
    named = drawn(patch(3), sector * 20)
    assert overlap(named, set(sector)) > overlap(named, set(h3.grid_disk(CENTRE, 3)))
    assert overlap(named, set(sector)) > 0.8


def test_few_customers_name_no_more_than_where_the_disk_ends_and_what_is_near() -> None:
    """Three neighbours in a line: their own ring is likelier than three rings around."""
    line = [CENTRE, *list(h3.grid_ring(CENTRE, 1))[:2]]
    named = drawn(patch(1), line)
    assert set(line) <= named
    assert len(named) < len(h3.grid_disk(CENTRE, 2))


def test_a_customer_known_vaguely_is_only_in_shapes_that_hold_the_whole_cell() -> None:
    around = patch(3)
    vague = h3.cell_to_parent(CENTRE, 8)
    seats = around.seats(np.array([vague, vague, CENTRE], dtype=np.int64))
    whole = np.isin(around.cell, list(h3.cell_to_children(vague, 9))).astype(np.float64)
    part = whole.copy()
    part[np.flatnonzero(whole)[0]] = 0
    assert seats.inside(sparse.csr_array(np.stack([whole, part]))).tolist() == [
        3.0,
        float(part @ seats.count),
    ]


def test_a_small_disk_of_coarse_cells_is_drawn_in_finer_ones() -> None:
    coarse = h3.cell_to_parent(CENTRE, 7)
    assert patch(1, coarse).resolution == 8
    assert patch(2, coarse).resolution == 7
    found = patch_around(coarse, 0, finest=7)
    assert found is not None
    assert found.resolution == 7


def test_the_cells_of_a_patch_are_those_around_its_centre() -> None:
    around = patch(4)
    assert set(around.cell.tolist()) == set(h3.grid_disk(CENTRE, around.radius))


def test_no_patch_is_laid_around_a_pentagon() -> None:
    assert patch_around(PENTAGON, 1, finest=9) is None


def test_where_nobody_lives_costs_nothing_to_name() -> None:
    """A lake in the middle of a trouble is named with it, though nobody complains there."""
    around, disk = patch(2), set(h3.grid_disk(CENTRE, 2))
    lake = set(h3.grid_disk(CENTRE, 1))
    usual = np.where(np.isin(around.cell, list(lake)), 0.0, 0.01)
    seats = around.seats(np.array(sorted(disk - lake) * 20, dtype=np.int64))
    assert set(around.cell[outline(around, seats, usual, lambda usual, _: usual)].tolist()) == disk


@settings(max_examples=40, deadline=None)
@given(
    where=st.lists(st.integers(0, 126), min_size=1, max_size=30),
    lived_in=st.lists(st.booleans(), min_size=127, max_size=127),
)
def test_an_outline_hangs_together_and_is_never_empty(
    where: list[int], lived_in: list[bool]
) -> None:
    around = patch(2)
    assert len(around.cell) == 127
    usual = np.where(lived_in, 0.02, 0.0)
    seats = around.seats(around.cell[where])
    named = around.cell[outline(around, seats, usual, lambda usual, _: usual)].tolist()
    reached, edge = {named[0]}, [named[0]]
    while edge:
        near = set(h3.grid_disk(edge.pop(), 1)) & set(named) - reached
        reached |= near
        edge += near
    assert reached == set(named)
