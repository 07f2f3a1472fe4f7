from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from heatmaps.complaints.profiles import Profile
from heatmaps.complaints.rows import map_objects
from heatmaps.complaints.validation import Intake, validate

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path):
    """Write a file of text or bytes and give its path."""

    def write(content: str | bytes, name: str = "complaints.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def intake():
    def make(profile: Profile | None = None, **changed):
        known = {"now": NOW, "zone": ZoneInfo("Europe/Moscow"), **changed}
        return Intake(profile or Profile(), **known)

    return make


@pytest.fixture
def accept(intake):
    """Validate rows given as dictionaries over a sound one; give complaints and refused."""

    def run(*changes: dict[str, object], profile: Profile | None = None, **known):
        sound = {"external_id": "A1", "created_at": "2026-02-01T10:00:00+03:00"}
        rows = [{**sound, **change} for change in changes]
        batch = map_objects(profile or Profile(), range(2, 2 + len(rows)), rows)
        done = validate(batch, intake(profile, **known))
        assert len(done.complaints) + len(done.refused) + batch.left_out == len(rows)
        assert all(json.loads(each.raw) for each in done.refused)
        return done

    return run
