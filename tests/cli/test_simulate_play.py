"""`simulate --play`: a simulated region's past, with engineers at work."""

from __future__ import annotations

import shutil

import pytest

UNTIL = "2026-03-01T12:00+03:00"


@pytest.fixture
def folder(sample, tmp_path):
    """The simulated region's folder, its complaints being those of the last two days."""
    made = shutil.copytree(sample, tmp_path / "demo")
    shutil.copy(made / "recent.csv", made / "complaints.csv")
    return made


@pytest.fixture(scope="module")
def loaded(stores, made, prompt_at, sample) -> str:
    """The URL of a SQLite store that holds the folder's complaints and scans few disks."""
    url = stores.copy(made("quick", "sqlite"))
    prompt_at(sample, url)("ingest", sample / "recent.csv").done()
    return url


@pytest.fixture
def shell(stores, prompt_at, loaded, tmp_path):
    return prompt_at(tmp_path, stores.copy(loaded))


def play(shell, folder, *more: str):
    return shell("simulate", folder, "--play", "--until", UNTIL, *more)


def test_playing_detects_with_engineers_at_work_once(shell, folder):
    before = sorted(path.name for path in folder.iterdir())
    done = play(shell, folder, "--json").done().json
    assert done["ticks"] > 40
    assert done["opened"] > 0
    assert done["acted"] > 0
    actors = {actor for (actor,) in shell.rows("SELECT DISTINCT actor FROM spot_event")}
    assert any(actor.startswith("Смена ") for actor in actors)
    assert {"detector"} <= actors
    assert sorted(path.name for path in folder.iterdir()) == before

    kept = shell.dump()
    again = play(shell, folder).done()
    assert "No full hour to play" in again.out
    assert shell.dump() == kept


def test_a_dry_run_tells_the_same_and_keeps_nothing(shell, folder):
    before = shell.dump()
    told = play(shell, folder, "--dry-run", "--json").done().json
    assert shell.dump() == before
    done = play(shell, folder, "--json").done().json
    assert {**told, "dry_run": False} == done
    assert "dry run" in play(shell, folder, "--dry-run").done().out


def test_it_says_what_was_done_and_detection_may_go_on_without_engineers(shell, folder):
    said = play(shell, folder).done().out
    assert "hours played" in said
    assert "spots opened" in said
    assert "engineers took" in said
    later = shell("detect", "--as-of", "2026-03-01T15:00+03:00", "--json").done().json
    assert later["ticks"] == 3


def test_a_store_with_somebody_elses_complaints_is_refused(shell, folder):
    real = shell.table("real.csv", {"external_id": 1, "created_at": "2026-02-28"})
    shell("ingest", real, "--source", "siebel").done()
    before = shell.dump()
    play(shell, folder).refused("1 of 'siebel'", code=2)
    assert shell.dump() == before


def test_a_folder_that_is_not_loaded_or_no_simulation_is_refused(
    embedded_region, shell, folder, tmp_path
):
    play(embedded_region, folder).refused("only 0 of the", "complaints.csv", code=2)
    (tmp_path / "empty").mkdir()
    play(shell, tmp_path / "empty").refused("complaints.csv", code=1)
    (folder / "truth.csv").write_bytes(b"\xff\xfe\x00")
    play(shell, folder).refused("truth.csv", code=1)


@pytest.mark.parametrize("more", [("--days", "30"), ("--region", ".")], ids=["days", "region"])
def test_playing_makes_nothing_new(shell, folder, more):
    play(shell, folder, *more).refused("--play", code=2)


def test_how_many_days_are_simulated_can_be_told(anywhere, tmp_path):
    told = anywhere("simulate", tmp_path / "made", "--until", UNTIL, "--days", "21", "--json")
    assert told.done().json["since"].startswith("2026-02-08T09:00")
    short = anywhere("simulate", tmp_path / "made", "--until", UNTIL, "--days", "3")
    short.refused("3 days", code=2)
