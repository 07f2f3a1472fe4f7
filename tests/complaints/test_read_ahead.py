from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from heatmaps.complaints.checked_rows import checked_rows_of
from heatmaps.complaints.profiles import load_profile
from heatmaps.complaints.read_ahead import read_ahead
from heatmaps.complaints.readers import check_file
from heatmaps.complaints.sources import BATCH_ROWS
from heatmaps.complaints.validation import Intake
from heatmaps.errors import FileError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEADER = "external_id,created_at,address,city,lat,lon,customer_id\n"
GOOD = '{number},2026-11-20T10:00+03:00,"7-я линия ВО, д. {number}",Санкт-Петербург,,,C{number}\n'
BAD = "x,never,,,,,\n,2026-11-20T10:00+03:00,,,,,\ntoo,few\n"


@pytest.fixture
def intake():
    return Intake(load_profile("default"), NOW, ZoneInfo("Europe/Moscow"))


@pytest.fixture
def checked(tmp_path, intake):
    def made(rows):
        path = tmp_path / "complaints.csv"
        path.write_text(HEADER + BAD + "".join(GOOD.format(number=n) for n in range(rows)))
        return check_file(path, intake.profile)

    return made


def test_another_process_gives_the_same(checked, intake):
    file = checked(30)
    [here], [there] = checked_rows_of(file, intake), read_ahead(file, intake)
    for field in fields(here.complaints):
        ours, theirs = getattr(here.complaints, field.name), getattr(there.complaints, field.name)
        np.testing.assert_array_equal(ours, theirs, field.name)
    assert there.refused == here.refused
    assert len(there.refused) == 3
    assert there.preview == here.preview
    assert (there.rows.rows_in, there.rows.left_out) == (here.rows.rows_in, here.rows.left_out)
    assert [there.rows.raw(row) for row in range(len(there.rows))] == [
        here.rows.raw(row) for row in range(len(here.rows))
    ]


def test_a_fault_of_the_file_is_raised_here(checked, intake):
    file = checked(30)
    file.path.unlink()
    with pytest.raises(FileError, match="cannot be read: No such file"):
        list(read_ahead(file, intake))


def test_a_reader_that_ends_too_early_is_told(checked, intake, capfd):
    file = checked(30)
    scan = replace(file.source.scan, encoding="of nobody")
    file = replace(file, source=replace(file.source, scan=scan))
    with pytest.raises(FileError, match=r"ended with code 1 .* take the same file in again"):
        list(read_ahead(file, intake))
    assert "of nobody" in capfd.readouterr().err


def test_a_reader_ends_when_nobody_reads_it(tmp_path, intake):
    path = tmp_path / "many.csv"
    rows = (f"{number},2026-11-20T10:00+03:00\n" for number in range(2 * BATCH_ROWS))
    path.write_text("external_id,created_at\n" + "".join(rows))
    batches = read_ahead(check_file(path, intake.profile), intake)
    assert len(next(batches).complaints) == BATCH_ROWS
    batches.close()  # waits for the process, which waits to tell the next rows
    assert next(batches, None) is None
