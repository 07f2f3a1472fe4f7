"""Calibrations kept between runs: what chance does in a region takes seconds to find out.

A calibration is a function of the fitted expectation, the zones that are scanned, its first hour,
its seed and the program. A digest of all of these names its file, so one that is found is the
very one that would be made; one that is damaged is made anew.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import h3
import numpy as np
import scipy

from heatmaps import spots
from heatmaps.spots.calibration import Calibration, calibrate
from heatmaps.spots.rhythm import WEEK_H, hours_of_week
from heatmaps.spots.tail import Tail
from heatmaps.whole_file import keep_newest, whole_file

if TYPE_CHECKING:
    from heatmaps.spots.ground import Ground

MOST_KEPT = 50
"""So many of the newest are kept: a store needs one at a time, a new one every four weeks."""

_SUFFIX = ".calibration"
_FOLDER = "calibrations"
_DIGEST_CHARACTERS = 32

_log = logging.getLogger(__name__)


class KeptCalibrations:
    """Calibrations in a folder of `cache_dir`."""

    def __init__(self, cache_dir: Path) -> None:
        self._folder = cache_dir / _FOLDER

    def calibrate(self, ground: Ground, first_h: int, seed: int) -> Calibration:
        """Give `calibrate` of the same, from its file where it lies there whole, else made.

        A folder that cannot be written is warned of, and costs the time of making it.
        """
        path = self._folder / f"{_name(ground, first_h, seed)}{_SUFFIX}"
        kept = _read(path)
        if kept is not None:
            return kept
        made = calibrate(ground, first_h, seed)
        try:
            self._write(path, made)
        except OSError as error:
            _log.warning(
                "The calibration cannot be written to %s (%s), so each run of detection makes it "
                "anew; free that directory or set HEATMAPS_CACHE_DIR to another.",
                self._folder,
                error.strerror or error,
            )
        return made

    def _write(self, path: Path, made: Calibration) -> None:
        """Write a calibration whole or not at all, and remove the oldest of too many."""
        text = json.dumps(asdict(made) | {"peaks": made.peaks.tolist()})
        with whole_file(path) as file:
            file.write((_digest(path.stem + text) + text).encode())
        keep_newest(self._folder, _SUFFIX, MOST_KEPT)


def _read(path: Path) -> Calibration | None:
    """Give a calibration; None where its file is missing, cut short or altered."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    digest, told = text[:_DIGEST_CHARACTERS], text[_DIGEST_CHARACTERS:]
    if digest != _digest(path.stem + told):
        return None
    fields = json.loads(told)
    peaks = np.array(fields["peaks"], dtype=np.float64)
    return Calibration(peaks, fields["days"], Tail(**fields["tail"]))


def _name(ground: Ground, first_h: int, seed: int) -> str:
    """Give a digest of all that the calibration rests on."""
    fit = ground.expectation
    hours = hours_of_week(fit.zone, first_h - WEEK_H, first_h + 2 * WEEK_H)
    arrays = (fit.cell, fit.hourly, fit.evidence, fit.rhythm, fit.stray, ground.windows_h, hours)
    rings = [(lattice.resolution, lattice.max_ring) for lattice in ground.lattices.values()]
    told = (_program(), fit.subscribers, fit.dispersion, fit.own_share, ground.min_customers,
            sorted(rings), first_h, seed,
            [(array.dtype.str, array.shape) for array in arrays])  # fmt: skip
    digest = blake2b(repr(told).encode(), digest_size=_DIGEST_CHARACTERS // 2)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


@cache
def _program() -> str:
    """Give a digest of the code that calibrates: with any change of it all are made anew."""
    code = [
        path.read_text(encoding="utf-8") for path in sorted(Path(spots.__path__[0]).glob("*.py"))
    ]
    return _digest("".join([*code, np.__version__, scipy.__version__, h3.__version__]))


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=_DIGEST_CHARACTERS // 2).hexdigest()
