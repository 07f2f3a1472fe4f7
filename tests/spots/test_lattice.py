import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.spots.lattice import FLOWER_RADIUS, VOID, Lattice

PENTAGON = h3.get_pentagons(9)[3]
CELLS = {
    "city": h3.latlng_to_cell(59.94, 30.3, 9),
    "pentagon": PENTAGON,
    "by a pentagon": h3.grid_ring(PENTAGON, 2)[0],
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS.keys())
@pytest.mark.parametrize("max_ring", [0, 1, 4])
def test_a_disk_holds_its_rings_in_their_places(cell, max_ring):
    lattice = Lattice(9, max_ring)
    row = lattice.disks(lattice.slots(np.array([cell], dtype=np.int64)))[0]
    for ring in range(max_ring + 1):
        slots = row[lattice.ring_of_column == ring]
        cells = set(lattice.cells[slots[slots != VOID]].tolist())
        assert cells == set(h3.grid_disk(cell, ring)) - set(
            h3.grid_disk(cell, ring - 1) if ring else ()
        )


def test_slots_stay_while_the_lattice_grows():
    lattice = Lattice(8, 2)
    cells = np.array(h3.grid_disk(h3.latlng_to_cell(50, 60, 8), 10), dtype=np.int64)
    early = lattice.slots(cells[:40])
    lattice.disks(early)
    everything = lattice.slots(cells)
    assert (everything[:40] == early).all()
    assert len(set(everything.tolist())) == len(cells)
    assert (lattice.cells[everything] == cells).all()


@pytest.mark.parametrize("levels", range(len(FLOWER_RADIUS)))
def test_a_flower_holds_all_descendants(levels):
    for lat, lon in [(59.9, 30.3), (43.2, 76.9), (0.1, 0.1)]:
        coarse = h3.latlng_to_cell(lat, lon, 9 - levels)
        disk = h3.grid_disk(h3.cell_to_center_child(coarse, 9), FLOWER_RADIUS[levels])
        assert set(h3.cell_to_children(coarse, 9)) <= set(disk)


def test_a_pentagon_asked_for_beside_changes_no_other_neighbourhood():
    pentagon, far = h3.get_pentagons(9)[0], h3.latlng_to_cell(55.75, 37.6, 9)
    alone, beside = Lattice(9, 4), Lattice(9, 4)
    one = alone.disks(alone.slots(np.array([far])))[0]
    other = beside.disks(beside.slots(np.array([pentagon, far])))[1]
    assert alone.cells[one].tolist() == beside.cells[other].tolist()
