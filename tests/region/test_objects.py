import h3.api.basic_int as h3

from heatmaps.region.objects import ObjectIndex, ObjectKind, VulnerableObject

CELL = h3.latlng_to_cell(59.94, 30.25, 9)
COARSE = h3.cell_to_parent(CELL, 7)
BESIDE = next(cell for cell in h3.grid_ring(COARSE, 1))
MIDDLES = [h3.cell_to_latlng(cell) for cell in h3.cell_to_children(COARSE, 9)]


def objects(kind, points):
    return [VulnerableObject(f"{kind}{n}", kind, None, *at) for n, at in enumerate(points)]


def test_objects_are_counted_by_kind_in_cells_of_any_resolution():
    index = ObjectIndex(
        [
            *objects(ObjectKind.SCHOOL, MIDDLES),
            *objects(ObjectKind.HOSPITAL, [h3.cell_to_latlng(CELL)] * 2),
            *objects(ObjectKind.POLICE, [h3.cell_to_latlng(BESIDE)]),
        ]
    )
    assert index.within([COARSE]) == {ObjectKind.SCHOOL: 49, ObjectKind.HOSPITAL: 2}
    assert index.within([CELL]) == {ObjectKind.SCHOOL: 1, ObjectKind.HOSPITAL: 2}
    assert index.within([CELL, BESIDE])[ObjectKind.POLICE] == 1
    assert index.within([]) == {}
    assert ObjectIndex().within([COARSE]) == {}
