import os

import pytest

from heatmaps.whole_file import PART, keep_newest, whole_file


def _write(path, *pieces, fails=False):
    with whole_file(path) as file:
        file.writelines(pieces)
        if fails:
            raise RuntimeError


def test_the_file_is_seen_only_once_it_is_whole(tmp_path):
    path = tmp_path / "new" / "kept.index"
    with whole_file(path) as file:
        file.write(b"half")
        assert not path.exists()
    assert path.read_bytes() == b"half"
    assert list(path.parent.iterdir()) == [path]


def test_a_writer_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "kept.index"
    _write(path, b"before")
    with pytest.raises(RuntimeError):
        _write(path, b"after", fails=True)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_is_taken_by_a_directory_leaves_nothing_behind(tmp_path):
    path = tmp_path / "kept.index"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        _write(path, b"text")
    assert not list(tmp_path.glob(f"*{PART}"))


def test_a_file_in_writing_keeps_the_front_of_its_name(tmp_path):
    with whole_file(tmp_path / "store-state.index"):
        (part,) = tmp_path.glob(f"store-*{PART}")
    assert not part.exists()


def test_the_newest_files_of_a_suffix_stay(tmp_path):
    for age, name in enumerate(["new.kept", "older.kept", "oldest.kept", "oldest.other"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    keep_newest(tmp_path, ".kept", 2)
    assert {file.name for file in tmp_path.iterdir()} == {"new.kept", "older.kept", "oldest.other"}
