"""`--dry-run` does the work and keeps nothing."""

from __future__ import annotations


def test_a_simulation_can_be_tried_without_a_file(anywhere, tmp_path):
    made = tmp_path / "made"
    told = anywhere("simulate", made, "--until", "2026-03-01T00:00Z", "--dry-run", "--json")
    assert told.done().json["complaints"] > 0
    assert not made.exists()


def test_geocoding_can_be_tried_without_a_file(region, tmp_path):
    source = region.file("in.csv", 'address\n"Средний проспект В.О., 1"\n')
    told = region("geocode", source, tmp_path / "out.csv", "--dry-run", "--json").done().json
    assert told["rows"] == 1
    assert not (tmp_path / "out.csv").exists()
