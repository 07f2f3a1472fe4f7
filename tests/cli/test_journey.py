"""The journey over the simulated region: files in, spots out, what an agent is told."""

from __future__ import annotations

import csv
import shutil
from datetime import datetime, timedelta

import h3
import pytest

STORES = ("sqlite", "postgis")
SINCE, UNTIL = "2026-02-27T12:00+03:00", "2026-03-01T12:00+03:00"
CITY = "Санкт-Петербург"
AT_OPENING = [
    "spot_id", "opened_at", "closed_at", "status", "signal", "cells", "observed", "expected",
    "score", "recurrence_days", "topic", "technology", "territory", "priority",
    "customers_complained", "customers_silent",
]  # fmt: skip
SINCE_THEN = [
    "cells_last", "observed_peak", "priority_last", "acknowledged_at", "resolved_at", "cause",
    "eta", "queue", "policy_version", "lat", "lon",
]  # fmt: skip
STATUS = {
    "new", "acknowledged", "in_progress", "on_hold", "resolved", "confirmed", "reopened",
    "rejected", "merged", "subsided",
}  # fmt: skip
TOPICS = {
    "no_service", "no_coverage", "no_internet", "slow_internet", "voice_quality",
    "dropped_calls", "other", "all",
}  # fmt: skip
# A pinned past may be overdue by now: the clock on the wall decides which is said.
SAID = {
    "works_go_on": "Вижу, что по вашему адресу уже ведутся работы", "overdue": "Приносим извинения",
}  # fmt: skip
FORBIDDEN = (
    "Вы должны", "Вам необходимо", "Я ничем не могу", "Это от меня не зависит", "Вы, наверное",
)  # fmt: skip


@pytest.fixture(scope="module", params=STORES)
def detected(request, made, tmp_path_factory, prompt_at):
    """Give a prompt at a store after detection; read it, do not write to it."""
    return prompt_at(tmp_path_factory.mktemp("detected"), made("detected", request.param))


@pytest.fixture(scope="module")
def spots(detected):
    detected("export", "spots", "--out", "spots.csv").done()
    with (detected.folder / "spots.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def copied(detected, stores, tmp_path, prompt_at):
    """Give a prompt at a copy of the store after detection, to write to."""
    url = stores.copy(detected.url)
    yield prompt_at(tmp_path, url)
    stores.drop(url)


# Simulation


def test_a_pinned_simulation_is_the_same_to_the_byte(sample, anywhere):
    anywhere("simulate", "again", "--until", UNTIL, "--seed", 3).done()
    again = anywhere.folder / "again"
    names = sorted(path.name for path in again.iterdir())
    assert set(names) >= {
        "complaints.csv", "gazetteer.csv", "subscribers.csv", "territories.geojson",
    }  # fmt: skip
    for name in names:
        assert (again / name).read_bytes() == (sample / name).read_bytes(), name


def test_another_seed_is_another_history_at_the_same_addresses(sample, anywhere):
    anywhere("simulate", "other", "--until", UNTIL, "--seed", 4).done()
    other = anywhere.folder / "other"
    assert (other / "complaints.csv").read_bytes() != (sample / "complaints.csv").read_bytes()
    assert (other / "gazetteer.csv").read_bytes() == (sample / "gazetteer.csv").read_bytes()


def test_another_writing_of_the_same_moment_is_the_same_simulation(sample, anywhere):
    anywhere("simulate", "utc", "--until", "2026-03-01T09:00:00Z", "--seed", 3).done()
    made = (anywhere.folder / "utc" / "complaints.csv").read_bytes()
    assert made == (sample / "complaints.csv").read_bytes()


def test_the_simulation_ends_where_it_was_told_and_has_planted_faults(sample):
    with (sample / "complaints.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    moments = [datetime.fromisoformat(row["created_at"]) for row in rows]
    end = datetime.fromisoformat(UNTIL)
    assert max(moments) <= end
    assert max(moments) > end - timedelta(hours=6)
    assert len({row["external_id"] for row in rows}) == len(rows)
    assert "\0" not in "".join(row["text"] for row in rows)
    with (sample / "faults.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) >= 5


def test_a_simulated_stream_is_taken_in_without_loss(detected, sample):
    with (sample / "recent.csv").open(encoding="utf-8", newline="") as file:
        told = sum(1 for _ in csv.DictReader(file))
    assert detected.count()["complaint"] == told
    assert detected.count()["quarantine"] == 0


# Region data


def test_loading_the_region_again_changes_nothing(region, sample):
    before = region.dump()
    for group, name in (
        ("territories", "territories.geojson"), ("gazetteer", "gazetteer.csv"),
        ("subscribers", "subscribers.csv"),
    ):  # fmt: skip
        region(group, "load", sample / name).done()
    after = region.dump()
    for counted in ("gazetteer_load",):
        before.pop(counted), after.pop(counted)
    assert after == before


def test_a_dry_run_of_the_region_keeps_nothing(fresh, sample):
    before = fresh.dump()
    for group, name in (
        ("territories", "territories.geojson"), ("gazetteer", "gazetteer.csv"),
        ("subscribers", "subscribers.csv"),
    ):  # fmt: skip
        fresh(group, "load", sample / name, "--dry-run").done()
    assert fresh.dump() == before


# Export


def test_the_columns_are_those_promised_in_that_order(detected, spots):
    with (detected.folder / "spots.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == AT_OPENING + SINCE_THEN
    assert spots


def test_every_value_of_a_spot_is_of_its_kind(spots, sample):
    assert len({s["spot_id"] for s in spots}) == len(spots)
    for spot in spots:
        cells, last = spot["cells"].split(" "), spot["cells_last"].split(" ")
        assert all(h3.is_valid_cell(cell) and len(cell) == 15 for cell in cells + last)
        assert spot["status"] in STATUS
        assert spot["signal"] in {"active", "quiet"}
        assert spot["topic"] in TOPICS
        assert spot["technology"] in {"", "2g", "3g", "4g", "5g"}
        for name in ("opened_at", "closed_at", "acknowledged_at", "resolved_at", "eta"):
            assert not spot[name] or datetime.fromisoformat(spot[name]).tzinfo is not None, name
        assert int(spot["observed"]) >= 3
        assert int(spot["customers_complained"]) >= 3
        assert int(spot["observed"]) > float(spot["expected"]) > 0
        assert int(spot["observed_peak"]) >= int(spot["observed"])
        assert float(spot["recurrence_days"]) > 0
        assert float(spot["priority"]) > 0
        assert spot["territory"].startswith("spb")
        assert spot["queue"]
        assert spot["policy_version"] == "1"
        assert 59 < float(spot["lat"]) < 61
        assert 29 < float(spot["lon"]) < 31


def test_spots_stand_where_faults_were_planted(spots, sample):
    """A spot that meets no planted fault is chance; chance opens less than faults do."""
    with (sample / "faults.csv").open(encoding="utf-8", newline="") as file:
        faults = list(csv.DictReader(file))
    met = [spot for spot in spots if any(meets(spot, fault) for fault in faults)]
    assert met
    assert len(met) * 2 >= len(spots)


def meets(spot, fault) -> bool:
    fine = {child for cell in spot["cells"].split() for child in h3.cell_to_children(cell, 9)}
    opened = datetime.fromisoformat(spot["opened_at"])
    began = datetime.fromisoformat(fault["starts_at"])
    ended = datetime.fromisoformat(fault["ends_at"])
    return began <= opened <= ended + timedelta(hours=24) and bool(
        fine & set(fault["cells"].split())
    )


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet"])
def test_export_then_read_keeps_ids_and_coordinates(detected, spots, suffix):
    import geopandas

    path = detected.folder / f"spots.{suffix}"
    assert detected("export", "spots", "--out", path, "--json").done().json["spots"] == len(spots)
    frame = geopandas.read_parquet(path) if suffix == "parquet" else geopandas.read_file(path)
    assert frame.crs.to_epsg() == 4326
    assert [str(i) for i in frame["spot_id"]] == [s["spot_id"] for s in spots]
    assert not frame.geometry.isna().any()
    assert frame.geometry.is_valid.all()
    assert set(frame.geom_type) <= {"Polygon", "MultiPolygon"}
    west, south, east, north = frame.total_bounds
    assert 29 < west < east < 31.5
    assert 59 < south < north < 61
    for spot, cells, lat, lon, shape in zip(
        spots, frame["cells"], frame["lat"], frame["lon"], frame.geometry, strict=True
    ):
        assert cells == spot["cells"]
        assert (lat, lon) == pytest.approx((float(spot["lat"]), float(spot["lon"])), abs=1e-6)
        import shapely

        for cell in set(spot["cells"].split()) | set(spot["cells_last"].split()):
            at, along = h3.cell_to_latlng(cell)
            if cell in spot["cells_last"].split():
                assert shape.distance(shapely.Point(along, at)) < 1e-6


def test_exporting_again_gives_the_same_bytes(detected):
    detected("export", "spots", "--out", "one.csv").done()
    detected("export", "spots", "--out", "two.csv").done()
    one, two = (detected.folder / name for name in ("one.csv", "two.csv"))
    assert one.read_bytes() == two.read_bytes()


def test_both_stores_give_the_same_spots(made, prompt_at, tmp_path):
    for kind in STORES:
        shell = prompt_at(tmp_path, made("detected", kind))
        shell("export", "spots", "--out", f"{kind}.csv").done()
    one, two = (tmp_path / f"{kind}.csv" for kind in STORES)
    assert one.read_text(encoding="utf-8") == two.read_text(encoding="utf-8")


def test_an_export_of_no_spots_is_a_table_without_rows(embedded):
    import geopandas

    embedded("export", "spots", "--out", "none.csv").done()
    text = (embedded.folder / "none.csv").read_text(encoding="utf-8")
    assert text.splitlines() == [",".join(AT_OPENING + SINCE_THEN)]
    for suffix in ("geojson", "gpkg", "parquet"):
        path = embedded.folder / f"none.{suffix}"
        embedded("export", "spots", "--out", path).done()
        read = geopandas.read_parquet if suffix == "parquet" else geopandas.read_file
        assert len(read(path)) == 0


# Detection


def test_detecting_again_makes_no_new_ticks(copied):
    before = copied.dump()
    for moment in (UNTIL, "2026-03-01T12:59:59+03:00"):
        assert copied("detect", "--as-of", moment, "--json").done().json["ticks"] == 0
    assert copied.dump() == before


@pytest.mark.parametrize("moment", ["2026-03-01T11:00+03:00", "2026-02-01", "2026-03-01T08:59:59Z"])
def test_detecting_an_earlier_moment_is_refused(copied, moment):
    before = copied.dump()
    copied("detect", "--as-of", moment).refused("replay", code=2)
    assert copied.dump() == before


def test_ticks_are_full_hours_without_a_gap(detected):
    ticks = [tick for (tick,) in detected.rows("SELECT tick_at FROM tick ORDER BY tick_at")]
    assert len(ticks) >= 40
    assert len(set(ticks)) == len(ticks)
    from datetime import UTC

    def hours(tick) -> float:
        if isinstance(tick, int):
            return tick / 3.6e9
        if isinstance(tick, str):
            tick = datetime.fromisoformat(tick)
        return (tick if tick.tzinfo else tick.replace(tzinfo=UTC)).timestamp() / 3600

    steps = [hours(tick) for tick in ticks]
    assert all(step == int(step) for step in steps)
    assert steps == [steps[0] + n for n in range(len(steps))]


def test_a_store_without_complaints_has_nothing_to_detect(embedded):
    told = embedded("detect", "--as-of", UNTIL, "--json")
    if told.code:
        told.refused("ingest")
    else:
        assert told.json["opened"] == 0


def test_replay_finds_the_same_spots_as_detection(made, prompt_at, tmp_path):
    shell = prompt_at(tmp_path, made("detected", "sqlite"))
    shell("export", "spots", "--out", "detected.csv").done()
    before = shell.dump()
    shell("replay", "--from", SINCE, "--to", UNTIL, "--out", "replay.csv").done()
    assert shell.dump() == before
    tables = []
    for name in ("detected.csv", "replay.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            tables.append(list(reader))
            assert list(reader.fieldnames or ()) == AT_OPENING + SINCE_THEN
    compared = ("spot_id", "opened_at", "cells", "observed", "expected", "topic")
    one, two = ([[spot[c] for c in compared] for spot in table] for table in tables)
    assert one == two


def test_replay_leaves_the_store_alone(detected):
    before = detected.dump()
    hours = ("--from", "2026-03-01T10:00+03:00", "--to", UNTIL)
    told = detected("replay", *hours, "--out", "replay.csv", "--json").done()
    assert told.json
    assert detected.dump() == before


# The agent


@pytest.fixture(scope="module")
def house(detected, spots, sample):
    """Give spot, street and house of an address inside one living spot and no other open one."""
    living = [s for s in spots if s["signal"] == "active" and s["status"] == "new"]
    assert living, "the pinned simulation ends amid faults"
    opened = [s for s in spots if not s["closed_at"]]
    covered = {}
    for spot in opened:
        for cell in spot["cells_last"].split():
            covered.setdefault(cell, []).append(spot)
    with (sample / "truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            over = [h3.cell_to_parent(row["cell"], r) for r in (9, 8, 7)]
            found = [spot for cell in over for spot in covered.get(cell, ())]
            if len(found) == 1 and found[0] in living and row["house"].isdigit():
                return found[0], row["street"], row["house"]
    pytest.fail("no address in one living spot alone")


def test_an_address_in_a_living_spot(detected, house):
    _, street, number = house
    before = detected.dump()
    told = detected("lookup", f"{street}, {number}", "--city", CITY, "--json").done().json
    assert SAID[told["verdict"]] in told["sentence"]
    assert told["certain"] is True
    assert told["geocoded"]["level"] == "house"
    assert told["spot"]
    assert not any(words in told["sentence"] for words in FORBIDDEN)
    assert detected.dump() == before
    said = detected("lookup", f"{street}, {number}", "--city", CITY).done().out
    assert told["sentence"] in said


def test_the_spot_told_is_the_spot_exported(detected, house):
    spot, street, number = house
    address = f"{street}, {number}"
    found = detected("lookup", address, "--city", CITY, "--json").done().json["spot"]
    work = found.get("work", found)
    assert str(work["spot_id"]) == spot["spot_id"]
    assert work["status"] == spot["status"]
    assert f"spot {spot['spot_id']}" in detected("lookup", address, "--city", CITY).done().out


def test_cells_leave_as_text(detected, house):
    """As everywhere outside the store; a JSON reader with 53-bit numbers would round them."""
    spot, street, number = house
    told = detected("lookup", f"{street}, {number}", "--city", CITY, "--json").done().json
    assert set(told["spot"]["cells"]) == set(spot["cells_last"].split())


def around(cell: str) -> set[str]:
    """Give the cell, its neighbours of two rings, and all their parents down to resolution 7."""
    near = h3.grid_disk(cell, 2)
    fine = min(h3.get_resolution(cell), 9)
    return {h3.cell_to_parent(c, r) for c in near for r in range(7, fine + 1)}


def test_an_address_outside_every_spot_is_told_the_nearest(detected, spots, sample):
    covered = {cell for spot in spots for cell in spot["cells_last"].split()}
    with (sample / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["house"].isdigit()]
    free = [row for row in rows if not covered & around(row["cell"])]
    assert free
    told = detected("lookup", f"{free[0]['street']}, {free[0]['house']}", "--city", CITY, "--json")
    found = told.done().json
    assert found["verdict"] == "nothing_known"
    assert found["spot"] is None
    assert found["near"], "spots are within ten kilometres of every house of the sample"
    assert found["sentence"]


@pytest.mark.parametrize(
    "address",
    ["йцукен 99999", "?!", "📵", "", "'; DROP TABLE spot; --", "а" * 5000],
    ids=["letters", "marks", "emoji", "nothing", "SQL", "endless"],
)
def test_a_nonsense_address_is_asked_again(detected, address):
    told = detected("lookup", address, "--city", CITY, "--json").done().json
    assert told["verdict"] == "address_unclear"
    assert told["spot"] is None
    assert told["sentence"].startswith("Уточните")


# Small scenes: twenty people of one house complain within an hour


def scene(shell, rows, *, as_of="2026-02-20T14:00+03:00"):
    """Take the rows in, after a first complaint far away, and detect."""
    far = {"external_id": "far", "customer_id": "far", "created_at": "2026-02-20T09:10:00+03:00",
           "lat": "59.83", "lon": "30.37", "topic": "other"}  # fmt: skip
    shell.table("scene.csv", far, *rows)
    shell("ingest", "scene.csv").done()
    return shell("detect", "--as-of", as_of, "--json").done().json


def people(number: int, **changed):
    return [
        {
            "external_id": f"p{n}", "customer_id": f"c{n}", "lat": "59.9387", "lon": "30.2733",
            "created_at": f"2026-02-20T12:{n % 60:02}:00+03:00", "topic": "no_service",
            "address_kind": "problem", "state": "open",
        } | changed
        for n in range(number)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "opens"),
    [
        ({}, True),
        ({"state": "closed"}, True),
        ({"state": "withdrawn"}, False),
        ({"customer_id": "one"}, False),
        ({"address_kind": "registration"}, False),
        ({"address_kind": "home"}, True),
        ({"lat": "", "lon": ""}, False),
        ({"customer_id": ""}, True),
    ],
    ids=lambda value: " ".join(value.values()) or "plain" if isinstance(value, dict) else "",
)
def test_what_makes_a_spot(quick, changed, opens):
    told = scene(quick, people(20, **changed))
    assert (told["opened"] >= 1) is opens, told


def test_a_spot_opens_under_the_packaged_policy(embedded_region):
    assert scene(embedded_region, people(20))["opened"] >= 1


def test_a_policy_may_let_registration_addresses_form_spots(quick):
    key = "count_registration_addresses"
    text = quick("policy", "show").done().out
    said = text.replace(f"{key} = false", f"{key} = true")
    assert said != text
    quick("policy", "load", quick.file("p.toml", said)).done()
    told = scene(quick, people(20, address_kind="registration"))
    assert told["opened"] >= 1
    quick("export", "spots", "--out", "x.csv").done()
    with (quick.folder / "x.csv").open(encoding="utf-8", newline="") as file:
        assert {row["policy_version"] for row in csv.DictReader(file)} == {"3"}


def test_withdrawing_before_detection_takes_the_complaints_out(quick):
    shell = quick
    shell.table("said.csv", *people(20))
    shell("ingest", "said.csv").done()
    assert scene(shell, people(20, state="withdrawn"))["opened"] == 0
    assert shell.count()["complaint_revision"] == 20


def test_late_complaints_enter_the_next_tick_and_no_earlier_one(quick):
    shell = quick
    assert scene(shell, people(2))["opened"] == 0
    ticks = shell.rows("SELECT tick_at FROM tick")
    shell.table("late.csv", *people(20))
    shell("ingest", "late.csv").done()
    shell("detect", "--as-of", "2026-02-20T14:00+03:00").done()
    assert shell.rows("SELECT tick_at FROM tick") == ticks
    assert shell.count()["spot"] == 0
    assert shell("detect", "--as-of", "2026-02-20T15:00+03:00", "--json").done().json["opened"] >= 1
    shell("export", "spots", "--out", "x.csv").done()
    with (shell.folder / "x.csv").open(encoding="utf-8", newline="") as file:
        [opened] = {datetime.fromisoformat(row["opened_at"]) for row in csv.DictReader(file)}
    assert opened == datetime.fromisoformat("2026-02-20T15:00+03:00")


def test_segment_moves_priority_but_not_the_zone(quick, stores, prompt_at, tmp_path):
    """Promise 6: the same complaints of richer customers are the same spot, further up."""
    base = stores.copy(quick.url)
    found = []
    for segment, url in (("mass", quick.url), ("vip", base)):
        shell = prompt_at(tmp_path, url)
        scene(shell, people(20, segment=segment))
        shell("export", "spots", "--out", f"{segment}.csv").done()
        with (tmp_path / f"{segment}.csv").open(encoding="utf-8", newline="") as file:
            found.append(list(csv.DictReader(file)))
    poor, rich = found
    same = ("spot_id", "opened_at", "cells", "observed", "expected", "recurrence_days", "topic")
    assert [[s[c] for c in same] for s in poor] == [[s[c] for c in same] for s in rich]
    assert float(rich[0]["priority"]) > float(poor[0]["priority"])


def test_the_order_of_the_rows_never_changes_the_spots(quick, stores, prompt_at, tmp_path):
    base = stores.copy(quick.url)
    texts = []
    for rows, url in ((people(20), quick.url), (people(20)[::-1], base)):
        shell = prompt_at(tmp_path, url)
        scene(shell, rows)
        shell("export", "spots", "--out", "o.csv").done()
        texts.append((tmp_path / "o.csv").read_text(encoding="utf-8"))
    assert texts[0] == texts[1]


def test_one_file_or_many_give_the_same_spots(quick, stores, prompt_at, tmp_path):
    base = stores.copy(quick.url)
    scene(quick, people(20))
    parts = prompt_at(tmp_path, base)
    for n in range(4):
        parts.table(f"part{n}.csv", *people(20)[n::4])
        parts("ingest", f"part{n}.csv").done()
    scene(parts, people(20))
    for shell in (quick, parts):
        shell("export", "spots", "--out", "o.csv").done()
        shutil.copy(shell.folder / "o.csv", tmp_path / f"{shell.url.rsplit('/', 1)[1]}.csv")
    one, two = (
        (tmp_path / f"{s.url.rsplit('/', 1)[1]}.csv").read_text(encoding="utf-8")
        for s in (quick, parts)
    )
    assert one == two
