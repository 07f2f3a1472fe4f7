"""Intake as a user meets it: identity, corrections, spellings of files, dry runs, replay."""

from __future__ import annotations

import json

import pytest

WHEN = "2026-02-20T10:00:00+03:00"


def complaint(number: object, **changed: object) -> dict[str, object]:
    return {"external_id": number, "created_at": WHEN, "lat": "59.9387", "lon": "30.2733"} | changed


def counts(told) -> tuple[int, int, int, int]:
    """Give new, updated, unchanged, quarantined, having shown that they add up."""
    found = told.done().json
    four = tuple(found[name] for name in ("new", "updated", "unchanged", "quarantined"))
    assert found["rows_in"] == sum(four)
    return four


def test_the_same_file_twice_changes_nothing(fresh):
    rows = [complaint(n, text=f"нет связи {n}") for n in range(50)]
    fresh.table("c.csv", *rows)
    assert counts(fresh("ingest", "c.csv", "--json")) == (50, 0, 0, 0)
    before = fresh.dump()
    assert counts(fresh("ingest", "c.csv", "--json")) == (0, 0, 50, 0)
    after = fresh.dump()
    before.pop("intake_run"), after.pop("intake_run")
    assert after == before


def test_newer_content_updates_and_its_history_is_kept(fresh):
    fresh.table("a.csv", complaint(1, topic="other"), complaint(2))
    fresh.table("b.csv", complaint(1, topic="no_internet"), complaint(2))
    fresh("ingest", "a.csv").done()
    assert counts(fresh("ingest", "b.csv", "--json")) == (0, 1, 1, 0)
    assert fresh.rows("SELECT topic FROM complaint WHERE external_id = '1'") == [("no_internet",)]
    assert fresh.count()["complaint_revision"] == 1
    assert fresh.count()["complaint"] == 2


def test_older_content_never_overwrites(fresh):
    new = complaint(1, updated_at="2026-02-21T12:00:00+03:00", topic="no_internet")
    old = complaint(1, updated_at="2026-02-21T08:59:59Z", topic="other")
    fresh.table("new.csv", new)
    fresh.table("old.csv", old)
    fresh("ingest", "new.csv").done()
    assert counts(fresh("ingest", "old.csv", "--json")) == (0, 0, 1, 0)
    assert fresh.rows("SELECT topic FROM complaint") == [("no_internet",)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_within_one_file_the_newest_wins_in_any_order(embedded, order):
    told = [
        complaint(1, updated_at=f"2026-02-21T1{n}:00:00+03:00", topic=topic)
        for n, topic in enumerate(("other", "no_service", "no_internet"))
    ]
    embedded.table("c.csv", *(told[n] for n in order))
    four = counts(embedded("ingest", "c.csv", "--json"))
    assert four[0] == 1
    assert sum(four) == 3
    assert embedded.rows("SELECT topic FROM complaint") == [("no_internet",)]


def test_identity_is_source_and_id(fresh):
    fresh.table("c.csv", complaint(1), complaint(1, source="app"), complaint("01"))
    assert counts(fresh("ingest", "c.csv", "--json")) == (3, 0, 0, 0)
    found = fresh.rows("SELECT source, external_id FROM complaint ORDER BY source, external_id")
    assert found == [("app", "1"), ("crm", "01"), ("crm", "1")]


def test_the_source_option_speaks_for_rows_that_name_none(fresh):
    fresh.table("c.csv", complaint(1), complaint(2, source="app"))
    fresh("ingest", "c.csv", "--source", "billing").done()
    assert fresh.rows("SELECT source FROM complaint ORDER BY external_id") == [
        ("billing",), ("app",),
    ]  # fmt: skip


def test_a_withdrawn_complaint_stays_with_its_history(fresh):
    fresh.table("a.csv", complaint(1, state="open"))
    fresh.table("b.csv", complaint(1, state="withdrawn"))
    fresh("ingest", "a.csv").done()
    assert counts(fresh("ingest", "b.csv", "--json")) == (0, 1, 0, 0)
    assert fresh.rows("SELECT state FROM complaint") == [("withdrawn",)]
    assert fresh.count()["complaint_revision"] == 1


def test_a_complaint_without_a_place_is_accepted_as_unlocated(fresh):
    fresh.table(
        "c.csv",
        complaint(1, lat="", lon=""),
        complaint(2, lat="", lon="", address="где-то в городе"),
        complaint(3),
    )
    told = fresh("ingest", "c.csv", "--json")
    assert counts(told) == (3, 0, 0, 0)
    assert told.json["unlocated"] == 2
    assert len(fresh.rows("SELECT id FROM complaint WHERE cell IS NULL")) == 2


def test_a_column_nobody_knows_is_dropped_and_said(fresh):
    fresh.table("c.csv", complaint(1, shoe_size=43, хобби="рыбалка"))
    said = fresh("ingest", "c.csv").done()
    assert "shoe_size" in said.out + said.err
    assert "хобби" in said.out + said.err
    told = fresh("ingest", "c.csv", "--json").done()
    assert set(told.json["dropped_columns"]) == {"shoe_size", "хобби"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_delimiter_and_encoding_are_recognised(embedded, delimiter, encoding):
    text = "Ёлки; связь, пропала «совсем»"
    embedded.table(
        "c.csv", complaint(1, text=text), complaint(2, text="да"),
        delimiter=delimiter, encoding=encoding,
    )  # fmt: skip
    assert counts(embedded("ingest", "c.csv", "--json")) == (2, 0, 0, 0)
    assert (
        embedded.rows("SELECT text FROM personal ORDER BY text DESC")
        == [("да",), (text,)][:: 1 if text < "да" else -1]
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "open"])
def test_line_ends(embedded, end, closed):
    lines = ["external_id,created_at", f"1,{WHEN}", f"2,{WHEN}"]
    embedded.file("c.csv", end.join(lines) + (end if closed else ""))
    assert counts(embedded("ingest", "c.csv", "--json")) == (2, 0, 0, 0)


def test_encoding_is_judged_by_the_whole_file(embedded):
    """A word in Russian far into a file of CP1251 whose start is plain ASCII."""
    rows = [complaint(n, text="no signal") for n in range(4000)]
    rows[3500]["text"] = "нет связи"
    embedded.table("c.csv", *rows, encoding="cp1251")
    assert counts(embedded("ingest", "c.csv", "--json")) == (4000, 0, 0, 0)
    assert embedded.rows("SELECT count(*) FROM personal WHERE text = 'нет связи'") == [(1,)]


def test_naive_times_are_of_the_set_zone(embedded):
    embedded.table("c.csv", complaint(1, created_at="2026-02-20 10:00:00"))
    embedded("ingest", "c.csv", HEATMAPS_TIMEZONE="Asia/Yekaterinburg").done()
    embedded.table("d.csv", complaint(2, created_at="2026-02-20T05:00:00Z"))
    embedded("ingest", "d.csv").done()
    [(one,), (two,)] = embedded.rows("SELECT created_at FROM complaint ORDER BY external_id")
    assert one == two


def test_a_fold_hour_is_flagged(embedded):
    embedded.table(
        "c.csv",
        complaint("fold", created_at="2025-10-26 02:30:00"),
        complaint("gap", created_at="2025-03-30 02:30:00"),
        complaint("plain", created_at="2025-10-27 02:30:00"),
    )
    counts(embedded("ingest", "c.csv", "--json", HEATMAPS_TIMEZONE="Europe/Berlin"))
    flags = dict(embedded.rows("SELECT external_id, flags FROM complaint"))
    assert flags["fold"]
    assert flags["gap"]
    assert not flags["plain"]


def test_a_dry_run_tells_all_and_keeps_nothing(fresh):
    fresh.table("c.csv", complaint(1), complaint(""), complaint(3, topic="gremlins"))
    before = fresh.dump()
    told = fresh("ingest", "c.csv", "--dry-run", "--json")
    assert counts(told) == (1, 0, 0, 2)
    assert told.json["dry_run"] is True
    assert fresh.dump() == before
    said = fresh("ingest", "c.csv", "--dry-run").done()
    assert "dry run" in (said.out + said.err).lower()
    assert counts(fresh("ingest", "c.csv", "--json")) == (1, 0, 0, 2)


def test_the_counts_are_printed_to_people(fresh):
    fresh.table("c.csv", complaint(1), complaint(2), complaint(""))
    out = fresh("ingest", "c.csv").done().out
    assert "3 rows in = 2 new + 0 updated + 0 unchanged + 1 quarantined" in out


def test_several_files_are_each_counted(fresh):
    fresh.table("a.csv", complaint(1), complaint(2))
    fresh.table("b.csv", complaint(2), complaint(3))
    told = fresh("ingest", "a.csv", "b.csv", "--json").done()
    found = [json.loads(line) for line in told.out.splitlines()]
    assert [(f["file"], f["new"], f["unchanged"]) for f in found] == [
        ("a.csv", 2, 0), ("b.csv", 1, 1),
    ]  # fmt: skip


def test_times_are_stored_in_utc(fresh):
    fresh.table("c.csv", complaint(1, created_at="2026-02-20T01:30:00+05:00"))
    fresh("ingest", "c.csv").done()
    [(found,)] = fresh.rows("SELECT created_at FROM complaint")
    text = str(found) if not isinstance(found, int) else ""
    from datetime import UTC, datetime

    wanted = datetime(2026, 2, 19, 20, 30, tzinfo=UTC)
    if isinstance(found, int):
        assert datetime.fromtimestamp(found / 1e6, UTC) == wanted
    elif isinstance(found, datetime):
        assert (found if found.tzinfo else found.replace(tzinfo=UTC)) == wanted
    else:
        assert text.startswith("2026-02-19")
        assert "20:30" in text


PROFILE = """
kind = "complaints"
source = "helpdesk"
time_formats = ["%d.%m.%Y %H:%M"]
[columns]
external_id = "Номер"
created_at = "Открыта"
topic = "Тема"
[values.topic]
"Нет сети" = "no_service"
"""
MENDED = PROFILE + '"Медленно" = "slow_internet"\n'


def foreign(fresh):
    return fresh.table(
        "c.csv",
        {"Номер": "1", "Открыта": "20.02.2026 10:00", "Тема": "Нет сети"},
        {"Номер": "2", "Открыта": "20.02.2026 11:00", "Тема": "Медленно"},
        {"Номер": "", "Открыта": "20.02.2026 12:00", "Тема": "Нет сети"},
    )


def test_a_profile_of_ones_own(fresh):
    fresh.file("mine.toml", PROFILE)
    told = fresh("ingest", foreign(fresh), "--profile", "mine.toml", "--json")
    assert counts(told) == (1, 0, 0, 2)
    [row] = fresh.rows("SELECT source, external_id, topic FROM complaint")
    assert row == ("helpdesk", "1", "no_service")


def test_quarantine_comes_in_once_the_profile_is_mended(fresh):
    fresh.file("mine.toml", PROFILE)
    fresh("ingest", foreign(fresh), "--profile", "mine.toml").done()
    untouched = fresh("quarantine", "replay", "--json")
    assert untouched.json["quarantined"] == 2
    fresh.file("mine.toml", MENDED)
    before = fresh.dump()
    assert counts(fresh("quarantine", "replay", "--dry-run", "--json")) == (1, 0, 0, 1)
    assert fresh.dump() == before
    assert counts(fresh("quarantine", "replay", "--json")) == (1, 0, 0, 1)
    assert fresh("quarantine", "list", "--json").done().json["total"] == 1
    found = fresh.rows("SELECT external_id, topic FROM complaint ORDER BY external_id")
    assert found == [("1", "no_service"), ("2", "slow_internet")]
    assert counts(fresh("quarantine", "replay", "--json"))[3] == 1
    assert fresh.count()["complaint"] == 2


def test_a_row_that_stays_refused_keeps_its_raw_text(fresh):
    fresh.file("mine.toml", PROFILE)
    fresh("ingest", foreign(fresh), "--profile", "mine.toml").done()
    kept = fresh.rows("SELECT raw_row FROM personal WHERE quarantine_id IS NOT NULL")
    fresh("quarantine", "replay")
    assert fresh.rows("SELECT raw_row FROM personal WHERE quarantine_id IS NOT NULL") == kept
    assert all(raw for (raw,) in kept)


def test_a_released_row_does_not_overwrite_what_is_newer(fresh):
    """The complaint came in properly, and newer, while its faulty row waited."""
    fresh.file("mine.toml", 'kind = "complaints"\n')
    first = complaint(1, topic="Медленно", updated_at="2026-02-20T11:00:00Z")
    fresh.table("a.csv", first, complaint(9))
    fresh.table("b.csv", complaint(1, topic="no_internet", updated_at="2026-02-20T12:00:00Z"))
    fresh("ingest", "a.csv", "--profile", "mine.toml").done()
    fresh("ingest", "b.csv", "--profile", "mine.toml").done()
    fresh.file("mine.toml", 'kind = "complaints"\n[values.topic]\n"Медленно" = "slow_internet"\n')
    assert counts(fresh("quarantine", "replay", "--json")) == (0, 0, 0, 0)
    assert fresh.rows("SELECT topic FROM complaint WHERE external_id = '1'") == [("no_internet",)]


def test_replay_of_an_empty_quarantine(fresh):
    assert counts(fresh("quarantine", "replay", "--json")) == (0, 0, 0, 0)
    assert fresh("quarantine", "list", "--json").done().json == {"total": 0, "rows": []}


def test_replay_without_the_profile_it_needs_says_so(embedded):
    profile = embedded.file("mine.toml", PROFILE)
    embedded("ingest", foreign(embedded), "--profile", "mine.toml").done()
    profile.unlink()
    before = embedded.dump()
    embedded("quarantine", "replay").refused("mine.toml")
    assert embedded.dump() == before


def test_a_row_taken_in_by_a_mended_profile_leaves_quarantine(fresh):
    """Even where the first profile found no identity in it."""
    fresh.file("mine.toml", PROFILE.replace('external_id = "Номер"', 'external_id = "Код"'))
    rows = [{"Номер": str(n), "Код": "", "Открыта": "20.02.2026 10:00"} for n in range(2)]
    fresh.table("c.csv", *rows)
    fresh("ingest", "c.csv", "--profile", "mine.toml")
    assert fresh("quarantine", "list", "--json").done().json["total"] == 2
    fresh.file("mine.toml", PROFILE)
    told = fresh("ingest", "c.csv", "--profile", "mine.toml", "--json").done()
    assert counts(told) == (2, 0, 0, 0)
    assert told.json["released"] == 2
    assert fresh("quarantine", "list", "--json").done().json["total"] == 0


def test_an_old_file_again_releases_no_newer_row(fresh):
    """A correction that waits is not made needless by what was known before it."""
    fresh.table("a.csv", complaint(1))
    fresh.table("b.csv", complaint(1, topic="Медленно", updated_at="2026-02-20T11:00:00Z"))
    fresh("ingest", "a.csv").done()
    fresh("ingest", "b.csv")
    assert fresh("ingest", "a.csv", "--json").done().json["released"] == 0
    good = complaint(1, topic="slow_internet", updated_at="2026-02-20T11:00:00Z")
    fresh.table("c.csv", good)
    assert fresh("ingest", "c.csv", "--json").done().json["released"] == 1


def test_rows_in_quarantine_are_given_up(fresh):
    rows = [complaint(n, topic="Чушь") for n in range(3)]
    fresh.table("c.csv", complaint(9), *rows, complaint(5, created_at="вчера"))
    fresh("ingest", "c.csv").done()
    listed = fresh("quarantine", "list", "--json").done().json["rows"]
    first = listed[0]["id"]
    assert f"{first}: complaints c.csv:3" in fresh("quarantine", "list").done().out
    before = fresh.dump()
    told = fresh("quarantine", "drop", first, "--dry-run", "--json").done().json
    assert (told["dropped"], told["total"]) == (1, 3)
    assert fresh.dump() == before
    told = fresh("quarantine", "drop", first, 999, "--json").done()
    assert (told.json["ids"], told.json["not_found"]) == ([first], [999])
    assert "999" in told.err
    assert fresh("quarantine", "drop", first).code == 1
    told = fresh("quarantine", "drop", "--all", "--reason", "ЧУШЬ", "--json").done().json
    assert (told["dropped"], told["total"]) == (2, 1)
    assert fresh("quarantine", "drop", "--all").done().out.startswith("1 rows dropped, 0 left")
    raw = fresh.rows("SELECT count(raw_row) FROM personal WHERE quarantine_id IS NOT NULL")
    assert raw == [(0,)]
    assert counts(fresh("quarantine", "replay", "--json")) == (0, 0, 0, 0)
    fresh("ingest", "c.csv").done()
    assert fresh("quarantine", "list", "--json").done().json["total"] == 4


@pytest.mark.parametrize("words", [(), (1, "--all"), (1, "--reason", "x"), ("--reason", "x")])
def test_what_to_drop_is_said_in_one_way(embedded, words):
    embedded("quarantine", "drop", *words).refused("--all", code=2)


def test_rows_with_a_lost_profile_stay_and_the_others_are_replayed(fresh):
    """A profile is found from any folder; one that is gone holds up its own rows alone."""
    for name in ("lost", "mine"):
        fresh.file(f"{name}.toml", PROFILE)
        fresh("ingest", foreign(fresh), "--profile", f"{name}.toml", "--source", name).done()
    lost = fresh.folder / "lost.toml"
    lost.unlink()
    fresh.file("mine.toml", MENDED)
    elsewhere = fresh.folder / "elsewhere"
    elsewhere.mkdir()
    away = type(fresh)(elsewhere, fresh.url)
    told = away("quarantine", "replay", "--json").done()
    assert counts(told) == (1, 0, 0, 1)
    [stayed] = told.json["unreadable"]
    assert (stayed["profile"], stayed["rows"]) == (str(lost), 2)
    assert "2 rows stay in quarantine" in told.err
    assert "lost.toml" in told.err
    given = away("quarantine", "replay", "--profile", fresh.folder / "mine.toml", "--json").done()
    assert counts(given) == (1, 0, 0, 2)
    assert given.json["unreadable"] == []
    assert fresh.rows("SELECT DISTINCT profile FROM quarantine WHERE replayed_at IS NULL") == [
        (str(fresh.folder / "mine.toml"),)
    ]


def test_the_boston_sample_runs_through(fresh):
    from pathlib import Path

    sample = Path(__file__).parents[2] / "data" / "boston" / "street_lights_2011_q3.csv.gz"
    told = fresh("ingest", sample, "--profile", "boston311", "--json").done().json
    assert told["rows"] == 4072
    assert told["left_out"] == 2000
    assert told["rows_in"] == 2072
    assert told["new"] + told["updated"] + told["unchanged"] + told["quarantined"] == 2072
    assert told["quarantined"] <= 20
    assert fresh.rows("SELECT DISTINCT source FROM complaint") == [("boston311",)]
    placed = fresh.rows("SELECT count(*) FROM complaint WHERE lat > 42.2 AND lon < -70.9")
    assert placed[0][0] >= 1950  # 115 sit on the default point, which is no place


def test_what_geocoding_finds_goes_with_the_complaint(region):
    region.table(
        "c.csv",
        complaint(1, lat="", lon="", address="Средний проспект В.О., 36", city="Санкт-Петербург"),
        complaint(2, lat="", lon="", address="Сердобольная, 999", city="Санкт-Петербург"),
    )
    assert counts(region("ingest", "c.csv", "--json")) == (2, 0, 0, 0)
    rows = region.rows("SELECT location_level, lat, lon, cell FROM complaint ORDER BY external_id")
    level, lat, lon, cell = rows[0]
    assert level == "house"
    assert (round(lat, 1), round(lon, 1)) == (59.9, 30.3)
    assert cell is not None
    assert rows[1][0] != "house"


def test_where_both_are_given_the_smaller_uncertainty_wins(region):
    address = {"address": "Средний проспект В.О., 36", "city": "Санкт-Петербург"}
    vague = complaint("vague", lat="59.9700", lon="30.3500", accuracy_m="3000", **address)
    exact = complaint("exact", lat="59.9700", lon="30.3500", accuracy_m="1", **address)
    region.table("c.csv", vague, exact)
    region("ingest", "c.csv").done()
    lats = dict(region.rows("SELECT external_id, lat FROM complaint"))
    assert lats["exact"] == pytest.approx(59.97, abs=1e-6)
    assert lats["vague"] != pytest.approx(59.97, abs=1e-3)
