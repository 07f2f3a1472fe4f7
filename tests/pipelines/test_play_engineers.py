"""Engineers at work on a simulated region: days of it on both stores, the demo's weeks on one."""

from __future__ import annotations

import contextlib
import csv
import re
import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from heatmaps.cli.main import app as commands
from heatmaps.desk.lifecycle import PEOPLE_MOVES, RULE_MOVES, Change
from heatmaps.desk.words import OPEN_STATUSES, Cause, Status
from heatmaps.errors import FileError, UsageError
from heatmaps.policy import PACKAGED_POLICY
from heatmaps.simulation import load_region, simulate, write
from heatmaps.store import desk, spots
from heatmaps.store.engine import open_store
from pipelines import play_engineers
from pipelines.find_spots import DETECTOR, RULES, Clockwork

SPB = Path(__file__).parents[2] / "data" / "spb"
UNTIL = datetime.fromisoformat("2026-03-20T15:00:00+03:00")
KEPT = TemporaryDirectory(prefix="heatmaps-play-")  # calibrations, made once for all runs
CLOCK = Clockwork(UNTIL, ZoneInfo("Europe/Moscow"), Path(KEPT.name))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = 8
FEWER_DISKS = {"resolutions": "[9, 8]", "max_ring": "1", "windows_h": "[1, 3, 6, 24]"}


@pytest.fixture(scope="session")
def region():
    return load_region(SPB)


def told(folder: Path, made) -> Path:
    """Write a simulation whose complaints carry their coordinates: no gazetteer is needed."""
    write(made, folder)
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        places = {row["external_id"]: (row["lat"], row["lon"]) for row in csv.DictReader(file)}
    with (folder / "complaints.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["lat"], row["lon"] = places[row["external_id"]]
        row |= {"address": "", "accuracy_m": "15"}
    with (folder / "complaints.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="session")
def folder(region, tmp_path_factory) -> Path:
    made = simulate(region, UNTIL, seed=1, days=DAYS)
    return told(tmp_path_factory.mktemp("simulation"), made)


@pytest.fixture(scope="session")
def quick(tmp_path_factory) -> Path:
    """Give a policy that scans fewer disks: what engineers do hangs on no more."""
    text = PACKAGED_POLICY.read_text(encoding="utf-8")
    for key, fewer in FEWER_DISKS.items():
        text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {fewer}", text)
    path = tmp_path_factory.mktemp("policy") / "quick.toml"
    path.write_text(text, encoding="utf-8")
    return path


def run(url: str, *command: object) -> None:
    words = [str(word) for word in command]
    done = CliRunner().invoke(commands, words, env={"HEATMAPS_DATABASE_URL": url})
    assert done.exit_code == 0, (words, done.output, done.exception)


def take_in(url: str, folder: Path) -> None:
    run(url, "territories", "load", folder / "territories.geojson")
    run(url, "subscribers", "load", folder / "subscribers.csv")
    run(url, "ingest", folder / "complaints.csv")


def prepare(url: str, folder: Path, quick: Path) -> None:
    run(url, "db", "upgrade")
    run(url, "policy", "load", quick)
    take_in(url, folder)


@pytest.fixture(scope="session")
def loaded_sqlite(folder, quick, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("loaded") / "heatmaps.db"
    prepare(f"sqlite:///{path}", folder, quick)
    return str(path)


@pytest.fixture(scope="session")
def loaded_postgis(folder, quick, postgis_databases) -> str:
    url = postgis_databases.make()
    prepare(url, folder, quick)
    return url


@pytest.fixture(params=["sqlite", "postgis"])
def loaded(request, tmp_path):
    """A store of each kind that holds the simulated complaints and no spot yet."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("loaded_sqlite"), tmp_path / "loaded.db")
        url = f"sqlite:///{path}"
    else:
        databases = request.getfixturevalue("postgis_databases")
        url = databases.copy(request.getfixturevalue("loaded_postgis"))
    with contextlib.closing(open_store(url)) as opened:
        yield opened
    if request.param == "postgis":
        databases.drop(url)


def play(store, folder, until=UNTIL, progress=lambda *_: None, **kinds):
    return play_engineers.play(store, folder, until, CLOCK, progress, **kinds)


def everything(store):
    """Every spot whole, and the history of all of them without the numbers of its rows."""
    with store.reading() as connection:
        cases = spots.load_cases(connection)
        history = [
            event for case in cases for event in desk.events(connection, case.detected.spot_id)
        ]
    return cases, history


@pytest.fixture(scope="session")
def whole(loaded_sqlite, folder, tmp_path_factory):
    """What one undisturbed run leaves in SQLite."""
    path = shutil.copy(loaded_sqlite, tmp_path_factory.mktemp("whole") / "whole.db")
    with contextlib.closing(open_store(f"sqlite:///{path}")) as store:
        done = play(store, folder)
        return done, *everything(store)


def people_in(history):
    return [event for event in history if event.actor not in {DETECTOR, RULES}]


def test_a_killed_run_goes_on_to_the_same_end_in_both_stores_and_then_does_nothing(
    loaded, folder, whole
):
    def killed(done, _total):
        if done >= 72:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(loaded, folder, progress=killed)
    with loaded.reading() as connection:
        assert spots.load_cases(connection)
    for stop in (UNTIL - 90 * HOUR, UNTIL - 89 * HOUR, UNTIL):
        play(loaded, folder, stop)
    assert everything(loaded) == whole[1:]
    again = play(loaded, folder)
    assert (again.ticks, again.opened, again.acted) == (0, 0, 0)
    assert everything(loaded) == whole[1:]


@pytest.mark.parametrize("loaded", ["sqlite"], indirect=True)
def test_a_rehearsal_tells_the_same_and_keeps_nothing(loaded, folder, whole):
    assert play(loaded, folder, keep=False) == whole[0]
    assert everything(loaded) == ([], [])


def check_history(cases, history):
    """Every change of a status is one the life cycle knows, made by whom it may be made."""
    statuses = dict.fromkeys((case.work.spot_id for case in cases), Status.NEW)
    opened = {case.work.spot_id: case.detected.opened_at for case in cases}
    for event in history:
        if event.kind != "work" or "status" not in event.detail:
            continue
        before, after = map(Status, event.detail["status"])
        assert statuses[event.spot_id] is before
        moves = RULE_MOVES if event.actor == RULES else PEOPLE_MOVES
        assert after in moves[before]
        assert event.at > opened[event.spot_id]
        statuses[event.spot_id] = after
    assert statuses == {case.work.spot_id: case.work.status for case in cases}


def test_rules_are_never_bypassed_and_people_act_between_ticks(whole):
    done, cases, history = whole
    people = people_in(history)
    assert len(people) == done.acted > 20
    check_history(cases, history)
    for event in people:
        assert event.at.minute or event.at.second
        assert re.fullmatch(r"Смена [1-4], инженер .+-[1-3]", event.actor)
    for case in cases:
        if case.work.status in {Status.RESOLVED, Status.CONFIRMED}:
            assert case.work.cause
            assert case.work.done


@pytest.mark.parametrize("loaded", ["sqlite"], indirect=True)
def test_what_somebody_real_does_in_between_is_known_to_the_engineers(loaded, folder):
    play(loaded, folder, UNTIL - 30 * HOUR)
    with loaded.writing() as connection:
        card = next(c for c in desk.open_cards(connection) if c.work.done is None)
        change = Change(cause=Cause.THIRD_PARTY_SERVICE, done="Проверила сама", owner="Лист")
        now = UNTIL - 30 * HOUR + timedelta(minutes=1)
        desk.change_work(connection, card.work, change, actor="Лист", now=now)
    play(loaded, folder, UNTIL - 29 * HOUR)
    with loaded.reading() as connection:
        told = [event for event in desk.events(connection, card.spot_id) if "done" in event.detail]
    assert (told[0].actor, told[0].at) == ("Лист", now)
    assert [event.detail["done"][0] for event in told[1:2]] == ["Проверила сама"][: len(told) - 1]


@pytest.mark.parametrize("loaded", ["sqlite"], indirect=True)
def test_a_store_of_anybody_else_is_left_alone(loaded, folder, tmp_path):
    real = tmp_path / "real.csv"
    real.write_text("external_id,created_at\n1,2026-03-01T10:00+03:00\n", encoding="utf-8")
    run(str(loaded.engine.url), "ingest", real)
    with pytest.raises(UsageError, match=r"1 of 'crm'.*HEATMAPS_DATABASE_URL"):
        play(loaded, folder)
    assert everything(loaded) == ([], [])


def test_a_folder_that_was_not_taken_in_is_told(store, folder, tmp_path):
    with pytest.raises(UsageError, match=r"holds only 0 of the .* `heatmaps ingest"):
        play(store, folder)
    with pytest.raises(FileError, match="heatmaps simulate"):
        play(store, tmp_path)


@pytest.mark.parametrize("loaded", ["sqlite"], indirect=True)
def test_the_truth_of_another_seed_is_not_taken_for_this_ones(loaded, region, tmp_path):
    other = told(tmp_path, simulate(region, UNTIL, seed=2, days=DAYS))
    with pytest.raises(UsageError, match="holds only"):
        play(loaded, other)


@pytest.fixture(scope="module")
def demo(region, quick, tmp_path_factory):
    """The demo's eight weeks of the whole region as `make demo` plays them, pinned."""
    folder = told(tmp_path_factory.mktemp("demo"), simulate(region, UNTIL))
    url = f"sqlite:///{folder}/heatmaps.db"
    prepare(url, folder, quick)
    with contextlib.closing(open_store(url)) as store:
        play(store, folder)
        return everything(store)


def test_the_demo_leaves_every_status_in_its_histories_and_work_for_every_desk(demo):
    cases, history = demo
    check_history(cases, history)
    reached = {Status(e.detail["status"][1]) for e in history if "status" in e.detail}
    assert set(Status) - reached - {Status.NEW} <= {Status.SUBSIDED, Status.MERGED}
    now = Counter(case.work.status for case in cases)
    assert now[Status.ACKNOWLEDGED] + now[Status.IN_PROGRESS] + now[Status.ON_HOLD] >= 2
    assert len([status for status in OPEN_STATUSES if now[status]]) >= 2
    late = [event for event in history if event.at > UNTIL - timedelta(days=7)]
    assert any(event.kind == "opened" for event in late), "nothing has just come in"
    solved = str(Status.RESOLVED)
    assert any(e.detail.get("status", [None])[-1] == solved for e in late), "nothing is done"
    overdue = [c for c in cases if c.work.status in OPEN_STATUSES and c.work.eta < UNTIL]
    assert overdue


def test_the_demo_is_as_good_and_as_bad_as_an_operator(demo):
    cases, history = demo
    solved = [case for case in cases if case.work.resolved_at]
    assert len(solved) >= 25
    spans = [case.work.resolved_at - case.detected.opened_at for case in solved]
    assert 0.3 <= sum(span <= DAY for span in spans) / len(spans) <= 0.8
    late = sum(case.work.resolved_at > case.work.eta_first for case in solved) / len(solved)
    assert 0.1 < late < 0.7
    causes = Counter(case.work.cause for case in cases if case.work.cause)
    assert len(causes) >= 7
    assert causes[Cause.ORDERED_RESTRICTION] >= 1
    rejected = [case for case in cases if case.work.status is Status.REJECTED]
    assert 1 <= len(rejected) <= 0.25 * len(cases)
    assert all(case.work.done for case in rejected)
    moved = [e for e in people_in(history) if "eta" in e.detail and "status" not in e.detail]
    assert moved
    reopened = [e for e in history if e.detail.get("status", [None, None])[1] == Status.REOPENED]
    assert 1 <= len(reopened) <= 0.5 * len(solved)
