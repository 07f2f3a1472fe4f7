from __future__ import annotations

import shutil
from collections import Counter

import pytest

from heatmaps.errors import FileError
from heatmaps.simulation.truth import read_truth


@pytest.fixture(scope="module")
def truth(written):
    return read_truth(written)


def test_the_truth_is_read_back(truth, simulation):
    assert truth.told_at == {c.external_id: c.created_at for c in simulation.complaints}
    pairs = zip(simulation.fault_ids, simulation.hole_ids, strict=True)
    behind = Counter(fault_id or hole_id for fault_id, hole_id in pairs)
    del behind[None]
    assert Counter(truth.behind_of.values()) == behind
    for fault in simulation.faults:
        known = truth.known[fault.fault_id]
        assert known.cause is fault.symptom.cause
        assert known.starts_at.timestamp() == fault.starts_at
        assert known.ends_at.timestamp() == fault.ends_at
    assert all(truth.known[hole.hole_id].ends_at is None for hole in simulation.holes)


def test_the_fault_most_complaints_tell_of_is_behind_them(truth, simulation):
    ids = [complaint.external_id for complaint in simulation.complaints]
    by_fault: dict[str | None, list[str]] = {}
    for external_id in ids:
        by_fault.setdefault(truth.behind_of.get(external_id), []).append(external_id)
    chance, (large, second, *_) = (
        by_fault.pop(None),
        sorted(by_fault, key=lambda f: -len(by_fault[f])),
    )
    few, most = by_fault[second][:3], by_fault[large][:5]
    assert truth.behind(few + most + chance[:4]) == truth.known[large]
    assert truth.behind([*chance[:9], *most[:1]]) is None
    assert truth.behind(chance[:40] + most) is None
    assert truth.behind(["of another simulation"] * 5) is None
    assert truth.behind([]) is None


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("truth.csv", None, "cannot be read"),
        ("faults.csv", "fault_id,cause,starts_at,ends_at\nP1,bad luck,2026-01-01,2026-01-02\n",
         "bad luck"),
        ("holes.csv", "name\nx\n", "hole_id"),
        ("complaints.csv", "external_id,created_at\nS1,yesterday\n", "yesterday"),
    ],
    ids=["missing", "cause", "column", "moment"],
)  # fmt: skip
def test_a_folder_that_no_simulation_wrote_is_refused(written, tmp_path, name, text, said):
    folder = shutil.copytree(written, tmp_path / "copy")
    (folder / name).unlink()
    if text is not None:
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=said) as refused:
        read_truth(folder)
    assert name in str(refused.value)
    assert "heatmaps simulate" in str(refused.value)
