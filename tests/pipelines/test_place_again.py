"""After any loads every address stands where geocoding all of them anew would put it."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import text

from heatmaps.geocoding.index import build_index
from heatmaps.store import complaints
from heatmaps.store.answers import places_of_complaints
from heatmaps.store.complaints import PERSONAL
from heatmaps.store.default_points import default_points
from heatmaps.store.gazetteer import load_gazetteer
from heatmaps.store.policies import seed_policy
from pipelines.import_complaints import Circumstances, import_file
from pipelines.load_region import Wish, load_gazetteer_file
from pipelines.place_complaints import placed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOWNS = {
    "Ленинск": ("Край", 55.0, 37.0), "Мирный": ("Край", 55.5, 37.0), "Заря": ("Край", 55.9, 37.9),
    "Заречный": ("Область", 56.5, 38.0), "Кировск": ("Область", 57.0, 38.5),
    "Кировское": ("Область", 57.5, 38.9), "Новая Заря": ("Край", 58.0, 39.5),
    "село Бор": ("Край", 58.4, 38.0), "деревня Бор": ("Край", 58.9, 39.9),
    "Бор": ("Край", 59.5, 41.0),
}  # fmt: skip
STREETS = (
    "улица Ленина", "проспект Ленина", "улица Мира", "проезд Мира", "проспект Мира",
    "Садовая улица", "Большая Садовая улица", "1-я Советская улица", "2-я Советская улица",
    "улица Гагарина", "улица Гагаринская", "Горная улица", "Горная площадь", "улица Зари",
    "улица Академика Королёва", "улица Королёва", "Lenin Street", "Новая улица", "",
    "улица Л. Толстого", "улица А. Толстого", "улица Толстого",
)  # fmt: skip
NUMBERS = ("1", "2", "3", "5", "5 к2", "5/2", "5А", "7", "9", "12", "14", "23")
ALIASES = {"улица Мира": "Мировая улица", "Горная улица": "Хребтовая улица|Gornaya"}
OTHERS = {"Кировск": "Хибиногорск;Kirovsk"}


def addresses(rng, count):
    """Give addresses as people write them: slips, no city, no type, other scripts, no house."""
    told = []
    for _ in range(count):
        town, street, number = (
            rng.choice([*TOWNS, "Хибиногорск", "Кировс"]),
            rng.choice(STREETS),
            "",
        )
        number = rng.choice([*NUMBERS, "4", "6", "11", "44", ""])
        words = street.split()
        if words and rng.random() < 0.4:
            words = [w for w in words if w not in {"улица", "проспект", "площадь"}]
        if words and rng.random() < 0.3:
            at = rng.randrange(len(words))
            word = words[at]
            spot = rng.randrange(len(word))
            words[at] = word[:spot] + rng.choice(["", "о", word[spot] * 2]) + word[spot + 1 :]
        parts = [" ".join(words), number]
        city = rng.choice(["", town, town])
        inside = rng.random() < 0.5
        if inside and city:
            parts.insert(0, city)
        told.append((", ".join(p for p in parts if p) or "-", "" if inside else city))
    return told


def luck(seed):
    return random.Random(seed)


def houses_of(rng, town):
    region, lat, lon = TOWNS[town]
    streets = rng.sample(STREETS, rng.randint(1, 7))
    return {
        (town, region, street, number): (lat + rng.random() / 50, lon + rng.random() / 50)
        for street in streets
        for number in rng.sample(NUMBERS, rng.randint(1, 6))
    }


def later(rng, known):
    """Give what a newer delivery holds: a few things added, gone, moved, a town come or gone."""
    known = dict(known)
    for _ in range(rng.randint(0, 3)):
        what = rng.random()
        town = rng.choice(list(TOWNS))
        region, lat, lon = TOWNS[town]
        if what < 0.15:
            known = {key: at for key, at in known.items() if key[0] != town}
        elif what < 0.3:
            known |= houses_of(rng, town)
        elif what < 0.45:
            street = rng.choice(STREETS)
            known = {key: at for key, at in known.items() if key[:3:2] != (town, street)}
        elif what < 0.75:
            at = (lat + rng.random() / 50, lon + rng.random() / 50)
            known[town, region, rng.choice(STREETS), rng.choice(NUMBERS)] = at
        elif known:
            known.pop(rng.choice(list(known)))
    return known or houses_of(rng, "Ленинск")


def write(path, known, rng):
    """Write a delivery; sometimes it tells other names of streets and settlements."""
    tells = rng.random() < 0.5
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["city", "region", "street", "house", "lat", "lon", "aliases"])
        for (town, region, street, number), (lat, lon) in known.items():
            others = ALIASES.get(street, "") if tells else ""
            rows.writerow([town, region, street, number, lat, lon, others])
        if tells and any(key[0] in OTHERS for key in known):
            region, lat, lon = TOWNS["Кировск"]
            rows.writerow(["Кировск", region, "", "", lat, lon, OTHERS["Кировск"]])
    return path


def taken_in(store, path, told, rng):
    lines = ["external_id,created_at,address,city,lat,lon,accuracy_m"]
    for n, (address, city) in enumerate(told):
        at = f"{55 + rng.random():.5f},{37 + rng.random():.5f},{rng.choice([10, 60, 3000])}"
        given = at if rng.random() < 0.15 else ",,"
        lines.append(f'{n},2026-11-20T10:00+03:00,"{address}",{city},{given}')
    path.write_text("\n".join(lines), encoding="utf-8")
    with store.writing() as connection:
        seed_policy(connection, NOW)
    with store.reading() as connection:
        index = build_index(load_gazetteer(connection))
    given = Circumstances(NOW, ZoneInfo("Europe/Moscow"), lambda: index)
    assert import_file(store, path, given, lambda *_: None).counts.new == len(told)


def stale(store):
    """Give the addresses that do not stand where they would be put now."""
    with store.reading() as connection:
        rows = complaints.replaceable(connection, PERSONAL.c.address.is_not(None))
        index = build_index(load_gazetteer(connection))
        now = placed(rows, lambda: index, default_points(connection))
        stored = places_of_complaints(connection, rows.id.tolist())
    wrong = []
    for row, address in enumerate(rows.address):
        was = [stored[name][row] for name in ("cell", "location_level", "match_key", "form_key")]
        has = [now.cell[row], now.location_level[row], now.match_key[row], now.form_key[row]]
        figures = [(stored[n][row], getattr(now, n)[row]) for n in ("lat", "lon", "confidence")]
        same = all(a == b or (a is None and np.isnan(b)) for a, b in figures)
        if was != has or not same or rows.normal_form[row] != now.normal_form[row]:
            wrong.append((address, rows.city[row], was, has, figures))
    return wrong


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_loads_all_addresses_stand_as_if_placed_anew(store, tmp_path, seed):
    walk(store, tmp_path, seed, loads=6)


def walk(store, folder, seed, loads):
    rng = luck(seed)
    known = {"a": {}, "b": {}}
    for name, towns in (("a", ["Ленинск", "Мирный", "Заря"]), ("b", ["Кировск", "Ленинск"])):
        for town in towns:
            known[name] |= houses_of(rng, town)
        file = write(folder / f"{name}-20260101.csv", known[name], rng)
        load_gazetteer_file(store, file, NOW)
    taken_in(store, folder / "complaints.csv", addresses(rng, 150), rng)
    assert not stale(store)
    looked = []
    for _ in range(loads):
        name = rng.choice("ab")
        known[name] = later(rng, known[name])
        file = write(folder / f"{name}-latest.csv", known[name], rng)
        loaded = load_gazetteer_file(store, file, NOW, Wish(shrink=True))
        looked.append(loaded.complaints.looked_at)
        assert not stale(store)
    return looked


KNOWN = {
    ("Ленинск", "Край", "улица Мира", "5"): (55.0, 37.0),
    ("Ленинск", "Край", "улица Мира", "40"): (55.001, 37.0),
    ("Ленинск", "Край", "улица Гагарина", "5"): (55.002, 37.0),
    ("Кировск", "Область", "улица Мира", "5"): (57.0, 38.5),
}
TOLD = [
    ("Ленинск, улица Мира, 40", ""), ("Ленинск, улица Мира, 7", ""), ("улица Мира, 7", ""),
    ("улица Гагарина, 5", "Ленинск"), ("Кировск, улица Мира, 5", ""),
    ("Кировск, Лесная улица, 1", ""), ("нет", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("added", "looked", "changed"),
    [
        ({}, 0, 0),
        ({("Ленинск", "Край", "улица Мира", "7"): (55.0005, 37.0)}, 2, 1),
        ({("Ленинск", "Край", "Мирная улица", "1"): (55.0005, 37.0)}, 2, 0),
        ({("Кировск", "Область", "Лесная улица", "1"): (57.01, 38.5)}, 2, 1),
        ({("Кировск", "Край", "улица Мира", "5"): (51.0, 31.5)}, 3, 2),
    ],
)
def test_no_address_is_asked_again_that_the_load_cannot_change(
    store, tmp_path, added, looked, changed
):
    load_gazetteer_file(store, write(tmp_path / "a.csv", KNOWN, luck(0)), NOW)
    taken_in(store, tmp_path / "complaints.csv", TOLD, luck(3))
    file = write(tmp_path / "a.csv", KNOWN | added, luck(0))
    told = load_gazetteer_file(store, file, NOW).complaints
    assert not stale(store)
    assert (told.looked_at, told.placed + told.moved + told.lost) == (looked, changed)


def test_a_new_normal_form_writes_all_keys_anew_and_asks_every_address(store, tmp_path):
    file = write(tmp_path / "a.csv", KNOWN, luck(0))
    version = load_gazetteer_file(store, file, NOW).merge.version
    taken_in(store, tmp_path / "complaints.csv", TOLD, luck(3))
    with store.writing() as connection:
        connection.execute(text("UPDATE gazetteer_load SET norm_version = 0"))
        connection.execute(text("UPDATE house SET key = 'old ' || key"))
        connection.execute(text("UPDATE street SET key = 'old ' || key"))
        connection.execute(text("UPDATE settlement SET key = 'old ' || key"))
    again = load_gazetteer_file(store, file, NOW)
    assert again.merge.houses_unchanged == len(KNOWN)
    assert again.merge.version == version + 1
    assert again.complaints.looked_at == len(TOLD)
    assert load_gazetteer_file(store, file, NOW).complaints.looked_at == 0
