"""Faults of settings, stores, policies, profiles and options: one sentence, nothing written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

READING_AND_WRITING = [
    ("db", "check"),
    ("ingest", "good.csv"),
    ("subscribers", "load", "cells.csv"),
    ("detect", "--as-of", "2026-03-01T12:00+03:00"),
    ("replay", "--from", "2026-02-01", "--to", "2026-02-02", "--out", "spots.csv"),
    ("lookup", "Мира, 5"),
    ("export", "spots", "--out", "spots.csv"),
    ("quarantine", "list"),
    ("quarantine", "replay"),
    ("policy", "show"),
    ("policy", "history"),
    ("geocode", "good.csv", "out.csv"),
]
GOOD = "external_id,created_at,address\n1,2026-02-20T10:00:00+03:00,Мира 5\n"
CELLS = "cell,subscribers\n89110614b5bffff,10\n"


@pytest.fixture
def prompt(anywhere):
    anywhere.file("good.csv", GOOD)
    anywhere.file("cells.csv", CELLS)
    return anywhere


@pytest.mark.parametrize("command", READING_AND_WRITING, ids=lambda c: " ".join(c[:2]))
def test_no_store_names_the_absolute_path_and_makes_none(prompt, command):
    before = set(prompt.folder.iterdir())
    path = str(prompt.folder / "nowhere.db")
    prompt(*command).refused(path, "heatmaps db upgrade", code=1)
    assert set(prompt.folder.iterdir()) == before


def test_a_relative_path_of_the_store_is_told_absolute(prompt):
    told = prompt("db", "check", HEATMAPS_DATABASE_URL="sqlite:///var/heatmaps.db")
    told.refused(str(prompt.folder / "var" / "heatmaps.db"), code=1)
    assert not (prompt.folder / "var").exists()


@pytest.mark.parametrize("command", READING_AND_WRITING[:5], ids=lambda c: " ".join(c[:2]))
def test_an_empty_database_is_no_store(prompt, empty_url, command):
    prompt.at(empty_url)(*command).refused("heatmaps db upgrade", code=1)


def text_file(prompt) -> str:
    return f"sqlite:///{prompt.file('store.db', 'this is a letter, not a store' * 200)}"


def foreign_database(prompt) -> str:
    with sqlite3.connect(prompt.folder / "foreign.db") as connection:
        connection.execute("CREATE TABLE invoices (id INTEGER)")
    return f"sqlite:///{prompt.folder}/foreign.db"


def empty_file(prompt) -> str:
    return f"sqlite:///{prompt.file('empty.db', '')}"


def folder(prompt) -> str:
    (prompt.folder / "store.d").mkdir()
    return f"sqlite:///{prompt.folder}/store.d"


@pytest.mark.parametrize("make", [text_file, foreign_database, empty_file, folder])
@pytest.mark.parametrize("command", READING_AND_WRITING[:4], ids=lambda c: " ".join(c[:2]))
def test_a_store_that_is_no_store(prompt, make, command):
    url = make(prompt)
    path = url.removeprefix("sqlite:///")
    before = Path(path).read_bytes() if make is not folder else b""
    prompt(*command, HEATMAPS_DATABASE_URL=url).refused(path, code=1)
    assert make is folder or Path(path).read_bytes() == before


@pytest.mark.parametrize("make", [text_file, folder])
def test_upgrading_what_is_no_store_is_refused(prompt, make):
    url = make(prompt)
    path = url.removeprefix("sqlite:///")
    before = Path(path).read_bytes() if make is not folder else b""
    prompt("db", "upgrade", HEATMAPS_DATABASE_URL=url).refused(path, code=1)
    assert make is folder or Path(path).read_bytes() == before


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql+psycopg://heatmaps@127.0.0.1:1/heatmaps", "127.0.0.1:1"),
        ("postgresql+psycopg://heatmaps@no-such-host.invalid/heatmaps", "no-such-host.invalid"),
        ("nonsense", "nonsense"),
        ("mysql://heatmaps@127.0.0.1/heatmaps", "mysql"),
        ("oracle+nothing://x", "oracle"),
        ("", "HEATMAPS_DATABASE_URL"),
    ],
)
@pytest.mark.parametrize("command", [("db", "check"), ("db", "upgrade"), ("ingest", "good.csv")])
def test_an_unreachable_or_impossible_store(prompt, url, named, command):
    prompt(*command, HEATMAPS_DATABASE_URL=url).refused(named, code=1)


def test_a_store_newer_than_the_program_is_left_alone(prompt, fresh):
    shell = prompt.at(fresh.url)
    import sqlalchemy as sa

    engine = sa.create_engine(fresh.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    before = shell.dump()
    for command in (("db", "check"), ("db", "upgrade"), ("ingest", "good.csv")):
        shell(*command).refused("9999", code=1)
    assert shell.dump() == before


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HEATMAPS_TIMEZONE", "Mars/Olympus"),
        ("HEATMAPS_TIMEZONE", "+03:00"),
        ("HEATMAPS_TIMEZONE", "/etc/passwd"),
        ("HEATMAPS_TIMEZONE", "../../etc/passwd"),
        ("HEATMAPS_TIMEZONE", "Europe"),
        ("HEATMAPS_LOCALE", "klingon"),
        ("HEATMAPS_LOCALE", "RU"),
    ],
)
@pytest.mark.parametrize(
    "command", [("ingest", "good.csv"), ("db", "check"), ("lookup", "Мира, 5")]
)
def test_a_setting_that_cannot_be(embedded, variable, value, command):
    embedded.file("good.csv", GOOD)
    before = embedded.dump()
    embedded(*command, **{variable: value}).refused(variable, value)
    assert embedded.dump() == before


def edit(old: str, new: str):
    def edited(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edited


POLICY_FAULTS = {
    "unknown key": (edit("min_customers = 3", "min_customers = 3\nmin_cats = 9"), "min_cats"),
    "unknown section": (lambda text: text + "\n[fortune]\nluck = 1\n", "fortune"),
    "negative weight": (edit("complaint_points = 1.0", "complaint_points = -1.0"), "-1.0"),
    "negative segment": (edit("vip = 2.5", "vip = -2.5"), "vip"),
    "negative topic": (edit("no_service = 2.0", "no_service = -2.0"), "no_service"),
    "weight not a number": (edit("growth_points = 10.0", "growth_points = nan"), "growth_points"),
    "weight infinite": (edit("growth_points = 10.0", "growth_points = inf"), "growth_points"),
    "weight a word": (edit("growth_points = 10.0", 'growth_points = "much"'), "much"),
    "unknown segment": (edit("vip = 2.5", "vip = 2.5\nroyal = 3.0"), "royal"),
    "unknown topic": (edit("other = 0.8", "other = 0.8\nnoise = 1.0"), "noise"),
    "missing segment": (edit("vip = 2.5\n", ""), "vip"),
    "missing section": (edit("[lookup]", "[lookup_]"), "lookup"),
    "missing term": (edit("emergency = 8\n", ""), "emergency"),
    "negative term": (edit("emergency = 8", "emergency = -8"), "emergency"),
    "no windows": (lambda t: _line(t, "windows_h", "windows_h = []"), "windows_h"),
    "window of no hours": (lambda t: _line(t, "windows_h", "windows_h = [0, 1]"), "windows_h"),
    "no resolutions": (edit("resolutions = [9, 8, 7]", "resolutions = []"), "resolutions"),
    "resolution 16": (edit("resolutions = [9, 8, 7]", "resolutions = [16]"), "resolutions"),
    "half-life of nothing": (edit("half_life_h = 72.0", "half_life_h = 0"), "half_life_h"),
    "recurrence of nothing": (
        edit("recurrence_days_per_million = 10.0", "recurrence_days_per_million = 0"),
        "recurrence_days_per_million",
    ),
    "rule for an unknown topic": (edit('topic = "no_coverage"', 'topic = "gremlins"'), "gremlins"),
    "rule without a queue": (edit('queue = "coverage_planning"\n', ""), "queue"),
    "not TOML": (lambda text: text + "\nthis is = = not TOML\n", "TOML"),
    "two times the same key": (edit("vip = 2.5", "vip = 2.5\nvip = 2.6"), "TOML"),
    "empty": (lambda _: "", "missing"),
}  # fmt: skip


def _line(text: str, start: str, new: str) -> str:
    lines = text.splitlines()
    assert any(line.startswith(start) for line in lines)
    return "\n".join(new if line.startswith(start) else line for line in lines)


@pytest.mark.parametrize("fault", POLICY_FAULTS)
def test_a_policy_that_cannot_rule(embedded, fault):
    from heatmaps.policy import PACKAGED_POLICY

    spoil, named = POLICY_FAULTS[fault]
    path = embedded.file("mine.toml", spoil(PACKAGED_POLICY.read_text(encoding="utf-8")))
    before = embedded.dump()
    embedded("policy", "load", path).refused("mine.toml", named)
    assert embedded.dump() == before


@pytest.mark.parametrize("fault", ["missing file", "folder", "not UTF-8", "binary"])
def test_a_policy_file_that_cannot_be_read(embedded, fault):
    path = embedded.folder / "mine.toml"
    if fault == "folder":
        path.mkdir()
    elif fault == "not UTF-8":
        path.write_bytes("# веса\n[detection]\n".encode("cp1251"))
    elif fault == "binary":
        path.write_bytes(bytes(range(256)))
    before = embedded.dump()
    embedded("policy", "load", path).refused("mine.toml")
    assert embedded.dump() == before


PROFILE = 'kind = "complaints"\n'
PROFILE_FAULTS = {
    "unknown key": ('flavour = "salt"\n' + PROFILE, "flavour"),
    "unknown column of ours": (PROFILE + '[columns]\nbananas = "open_dt"\n', "bananas"),
    "unknown value of ours": (PROFILE + '[values.topic]\nX = "flying_saucer"\n', "flying_saucer"),
    "values of an unknown column": (PROFILE + '[values.bananas]\nX = "other"\n', "bananas"),
    "unknown default": (PROFILE + '[defaults]\ntopic = "flying_saucer"\n', "flying_saucer"),
    "default of an unknown column": (PROFILE + '[defaults]\nbananas = "x"\n', "bananas"),
    "unknown zone": ('timezone = "Mars/Olympus"\n' + PROFILE, "Mars/Olympus"),
    "unknown encoding": ('encoding = "klingon-8"\n' + PROFILE, "klingon-8"),
    "long delimiter": ('delimiter = "ab"\n' + PROFILE, "delimiter"),
    "of another kind": ('kind = "subscribers"\n', "subscribers"),
    "no kind there is": ('kind = "cats"\n', "cats"),
    "column of a wrong type": (PROFILE + "[columns]\ntopic = 7\n", "topic"),
    "not TOML": ("columns = = 1\n", "TOML"),
    "a required column the file lacks": (
        PROFILE + '[columns]\nexternal_id = "ticket_no"\n',
        "ticket_no",
    ),
}


@pytest.mark.parametrize("fault", PROFILE_FAULTS)
def test_a_profile_that_cannot_be_used(embedded, fault):
    text, named = PROFILE_FAULTS[fault]
    profile = embedded.file("mine.toml", text)
    data = embedded.file("good.csv", GOOD)
    before = embedded.dump()
    embedded("ingest", data, "--profile", profile).refused(named)
    assert embedded.dump() == before


@pytest.mark.parametrize("profile", ["no_such_crm", "no/such/file.toml", "", "..", "default.toml"])
def test_a_profile_that_is_not_there(embedded, profile):
    data = embedded.file("good.csv", GOOD)
    before = embedded.dump()
    embedded("ingest", data, "--profile", profile).refused(f"{profile}")
    assert embedded.dump() == before


def test_an_unknown_profile_is_answered_with_the_known_ones(embedded):
    data = embedded.file("good.csv", GOOD)
    embedded("ingest", data, "--profile", "boston").refused("boston311", "default")


@pytest.mark.parametrize(
    "moment", ["", "nonsense", "2026-13-01", "2026-02-30T10:00", "yesterday", "1e9", "12:00"]
)
@pytest.mark.parametrize("option", ["detect", "replay from", "replay to", "simulate"])
def test_a_moment_that_is_none(embedded, option, moment):
    commands = {
        "detect": ("detect", "--as-of", moment),
        "replay from": ("replay", "--from", moment, "--to", "2026-02-02", "--out", "x.csv"),
        "replay to": ("replay", "--from", "2026-02-01", "--to", moment, "--out", "x.csv"),
        "simulate": ("simulate", "made", "--until", moment),
    }
    flag = {"detect": "--as-of", "replay from": "--from", "replay to": "--to"}
    before = embedded.dump()
    embedded(*commands[option]).refused(flag.get(option, "--until"), moment, code=2)
    assert embedded.dump() == before
    assert not (embedded.folder / "x.csv").exists()
    assert not (embedded.folder / "made").exists()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--from", "2026-02-02", "--to", "2026-02-01"), "2026-02-0"),
        (("--from", "2026-02-01", "--to", "2026-02-02", "--step", "30m"), "30m"),
        (("--from", "2026-02-01", "--to", "2026-02-02", "--step", "0h"), "0h"),
        (("--from", "2026-02-01", "--to", "2026-02-02", "--step=-1h"), "-1h"),
        (("--from", "2026-02-01", "--to", "2026-02-02", "--step", "soon"), "soon"),
    ],
)
def test_a_replay_of_impossible_hours(embedded, options, named):
    embedded("replay", *options, "--out", "x.csv").refused(named, code=2)
    assert not (embedded.folder / "x.csv").exists()


@pytest.mark.parametrize("out", ["spots.bmp", "spots", "spots.csv.zip", "."])
@pytest.mark.parametrize("command", ["export", "replay"])
def test_an_output_of_no_known_format(embedded, command, out):
    options = ("spots",) if command == "export" else ("--from", "2026-02-01", "--to", "2026-02-02")
    embedded(command, *options, "--out", out).refused(out)


@pytest.mark.parametrize("command", ["export", "replay"])
def test_an_output_that_is_a_folder(embedded, command):
    (embedded.folder / "taken.csv").mkdir()
    options = ("spots",) if command == "export" else ("--from", "2026-02-01", "--to", "2026-02-02")
    embedded(command, *options, "--out", "taken.csv").refused("taken.csv")


@pytest.mark.parametrize("command", ["export", "replay", "simulate"])
def test_an_output_below_a_file(embedded, command):
    embedded.file("file", "x")
    commands = {
        "export": ("export", "spots", "--out", "file/x.csv"),
        "replay": ("replay", "--from", "2026-02-01", "--to", "2026-02-02", "--out", "file/x.csv"),
        "simulate": ("simulate", "file/made", "--until", "2026-03-01"),
    }
    embedded(*commands[command]).refused("file")


def test_simulate_without_its_sources(embedded):
    embedded("simulate", "made", "--region", "no/such/region").refused("no/such/region")
    assert not (embedded.folder / "made").exists()


def test_a_database_in_memory_would_keep_nothing(prompt):
    prompt("db", "upgrade", HEATMAPS_DATABASE_URL="sqlite://").refused("sqlite:", code=1)
    prompt("db", "upgrade", HEATMAPS_DATABASE_URL="sqlite:///:memory:").refused("sqlite:", code=1)
