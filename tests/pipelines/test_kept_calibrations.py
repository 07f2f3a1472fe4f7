"""Calibrations that lie in a folder are the very ones that would be made."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.policy import packaged_policy
from heatmaps.spots import calibration
from heatmaps.spots.expectation import History, fit_expectation
from heatmaps.spots.ground import Ground, lattices_for
from heatmaps.spots.record import ComplaintColumns, Exposure
from pipelines import kept_calibrations
from pipelines.kept_calibrations import KeptCalibrations

DAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
FIRST_H = DAY // 3600
NONE = np.zeros(0, dtype=np.int64)
NOTHING = ComplaintColumns(NONE, NONE, NONE, NONE.astype(np.int8), NONE, NONE, NONE.astype(np.int8))
POLICY = packaged_policy().detection.model_copy(
    update={"windows_h": (3, 24), "resolutions": (9,), "max_ring": 1}
)


def ground(people=3000.0, policy=POLICY):
    cell = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(59.94, 30.3, 9), 6)), dtype=np.int64)
    exposure = Exposure(cell, np.full(len(cell), people))
    history = History(NOTHING, np.ones(0))
    fit = fit_expectation(exposure, history, DAY * 10**6, policy, ZoneInfo("Europe/Moscow"))
    return Ground(fit, policy, lattices_for(policy))


@pytest.fixture
def made(monkeypatch):
    """How often a calibration was made rather than found; on fewer complaints than usual."""
    monkeypatch.setattr(calibration, "SIMULATED_COMPLAINTS", 60)
    asked = []

    def calibrate(*given):
        asked.append(given)
        return calibration.calibrate(*given)

    monkeypatch.setattr(kept_calibrations, "calibrate", calibrate)
    return asked


def same(one, other):
    return (one.peaks == other.peaks).all() and (one.days, one.tail) == (other.days, other.tail)


def test_what_was_made_once_is_found_to_the_last_digit(tmp_path, made):
    first = KeptCalibrations(tmp_path).calibrate(ground(), FIRST_H, 1)
    again = KeptCalibrations(tmp_path).calibrate(ground(), FIRST_H, 1)
    assert same(first, again)
    assert len(first.peaks) > 5
    assert len(made) == 1


@pytest.mark.parametrize(
    ("changed", "first_h", "seed"),
    [
        (ground(3001.0), FIRST_H, 1),
        (ground(policy=POLICY.model_copy(update={"windows_h": (3, 48)})), FIRST_H, 1),
        (ground(policy=POLICY.model_copy(update={"max_ring": 2})), FIRST_H, 1),
        (ground(policy=POLICY.model_copy(update={"min_customers": 4})), FIRST_H, 1),
        (ground(), FIRST_H + 24, 1),
        (ground(), FIRST_H, 2),
    ],
    ids=["people", "windows", "rings", "customers", "day", "seed"],
)
def test_anything_else_is_made_anew(tmp_path, made, changed, first_h, seed):
    kept = KeptCalibrations(tmp_path)
    kept.calibrate(ground(), FIRST_H, 1)
    found = kept.calibrate(changed, first_h, seed)
    assert len(made) == 2
    assert same(found, calibration.calibrate(changed, first_h, seed))


@pytest.mark.parametrize("harm", ["cut", "altered", "another's", "no text"])
def test_a_damaged_file_is_made_anew_and_mended(tmp_path, made, harm):
    kept = KeptCalibrations(tmp_path)
    first = kept.calibrate(ground(), FIRST_H, 1)
    [file] = tmp_path.rglob("*.calibration")
    text = file.read_text()
    harmed = {
        "cut": text[:-5],
        "altered": text.replace('"days": ', '"days": 9'),
        "another's": "",
        "no text": "",
    }[harm]
    if harm == "another's":
        kept.calibrate(ground(3001.0), FIRST_H, 1)
        [other] = {*tmp_path.rglob("*.calibration")} - {file}
        harmed = other.read_text()
    file.write_bytes(b"\xff\xfe" if harm == "no text" else harmed.encode())
    before = len(made)
    assert same(kept.calibrate(ground(), FIRST_H, 1), first)
    assert len(made) == before + 1
    assert file.read_text() == text


def test_only_the_newest_are_kept(tmp_path, made, monkeypatch):
    monkeypatch.setattr(kept_calibrations, "MOST_KEPT", 2)
    kept = KeptCalibrations(tmp_path)
    for seed in range(4):
        kept.calibrate(ground(), FIRST_H, seed)
    assert len(list(tmp_path.rglob("*.calibration"))) == 2
    kept.calibrate(ground(), FIRST_H, 3)
    assert len(made) == 4


def test_a_folder_that_cannot_be_written_is_warned_of(tmp_path, made, caplog):
    (tmp_path / "file").write_text("in the way")
    kept = KeptCalibrations(tmp_path / "file")
    assert same(kept.calibrate(ground(), FIRST_H, 1), replace(calibration.calibrate(*made[0])))
    assert "HEATMAPS_CACHE_DIR" in caplog.text
