from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.errors import FileError
from heatmaps.region.grid import resolution_of
from heatmaps.region.subscribers import spread
from heatmaps.simulation import load_region
from heatmaps.simulation.region import plane

DATA = Path(__file__).parents[2] / "data"


def test_a_large_city_operator(region):
    assert 300_000 <= region.subscribers.sum() <= 500_000
    assert str(region.zone) == "Europe/Moscow"


def test_cells_never_lie_inside_another(region):
    resolution = resolution_of(region.cell)
    assert set(resolution.tolist()) == {8, 9}
    coarse = set(region.cell[resolution == 8].tolist())
    assert not {h3.cell_to_parent(cell, 8) for cell in region.cell[resolution == 9]} & coarse
    assert len(set(region.cell.tolist())) == region.cell.size


def test_exposure_and_houses_tell_of_the_same_people(region):
    houses = region.houses
    assert houses.subscribers.sum() == pytest.approx(region.subscribers.sum(), abs=region.cell.size)
    exposed = dict(zip(region.cell.tolist(), region.subscribers.tolist(), strict=True))
    for cell in np.unique(houses.cell[houses.subscribers > 0]).tolist():
        own = houses.subscribers[houses.cell == cell].sum()
        assert exposed.get(cell, exposed.get(h3.cell_to_parent(cell, 8), 0)) >= round(own) - 1


def test_spreading_the_exposure_over_houses_gives_each_cell_its_own(region):
    houses = region.houses
    cell, subscribers = spread(region.cell, region.subscribers.astype(float), houses.cell)
    known, position = np.unique(houses.cell, return_inverse=True)
    own = np.bincount(position, houses.subscribers)
    told = dict(zip(cell.tolist(), subscribers.tolist(), strict=True))
    given = [told.get(each, 0.0) for each in known.tolist()]
    assert given == pytest.approx(own.tolist(), abs=1.0)


def test_plane_agrees_with_the_sphere(region):
    houses = region.houses
    middle = float(houses.lat.mean()), float(houses.lon.mean())
    east, north = plane(houses.lat, houses.lon, middle)
    for i in range(0, houses.lat.size, 400):
        point = float(houses.lat[i]), float(houses.lon[i])
        exact = h3.great_circle_distance(middle, point, "m")
        assert np.hypot(east[i], north[i]) == pytest.approx(exact, abs=2.0)


def test_within_gives_the_house_itself_and_its_neighbours(region):
    near = region.houses.within(100, 200.0)
    assert 100 in near
    assert 1 < near.size < 200


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileError, match=r"gazetteer\.csv\.gz cannot be read"):
        load_region(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        (
            "gazetteer.csv.gz",
            gzip.compress(b"city,street\n", mtime=0),
            "lacks the columns house, lat, lon",
        ),
        ("buildings.csv.gz", b"no gzip", "cannot be read"),
        ("buildings.csv.gz", gzip.compress(b"", mtime=0), "lacks the columns"),
        ("population_h3r8.csv.gz", gzip.compress(b"cell\n", mtime=0)[:-6], "cannot be read"),
        ("districts.geojson", b'{"features": []}', "without a parent"),
        ("districts.geojson", b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(tmp_path, name, content, fault):
    folder = tmp_path / "spb"
    shutil.copytree(DATA / "spb", folder)
    (folder / name).write_bytes(content)
    with pytest.raises(FileError, match=fault):
        load_region(folder)


def test_samples_are_small_and_credited():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    files = (path for path in DATA.rglob("*") if path.is_file() and path.parent != DATA)
    samples = [path for path in files if path.parent.name != "__pycache__"]
    assert sum(path.stat().st_size for path in samples) <= 5_000_000
    for path in samples:
        assert f"`{path.relative_to(DATA).as_posix()}`" in readme
