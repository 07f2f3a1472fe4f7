"""Settlements and streets of one name through loads: who is known again, and by which key."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from heatmaps.errors import FileError
from heatmaps.geocoding.aliases import Decision
from heatmaps.geocoding.gazetteer import house_keys, settlement_keys, street_keys
from heatmaps.geocoding.result import Level
from heatmaps.store.aliases import decided, save_decision
from heatmaps.store.gazetteer import load_gazetteer
from pipelines.load_region import Wish, load_gazetteer_file

AT = datetime(2026, 11, 20, tzinfo=UTC)
HERE, THERE = "55,48", "56.5,49"


def load(store, folder, *rows, dataset="а", **how):
    path = folder / "g.csv"
    path.write_text("city,region,street,house,lat,lon\n" + "\n".join(rows), encoding="utf-8")
    return load_gazetteer_file(store, path, AT, Wish(dataset=dataset, **how)).merge


def keys(store, table="settlement"):
    with store.reading() as connection:
        return list(connection.scalars(text(f"SELECT key FROM {table} ORDER BY id")))


def houses(store):
    with store.reading() as connection:
        return len(load_gazetteer(connection).houses)


def bor(place, number=3, name="Бор", region="Край"):
    return f"{name},{region},улица Мира,{number},{place}"


def test_a_namesake_of_another_file_is_another_settlement(store, tmp_path):
    load(store, tmp_path, bor(HERE))
    merge = load(store, tmp_path, bor(THERE), dataset="б")
    assert (merge.settlements_added, merge.houses_added, merge.houses_elsewhere) == (1, 1, 0)
    assert keys(store) == ["бор|край", "бор|край, 56.50° 49.00°"]
    for dataset, place in (("а", HERE), ("б", THERE)):
        again = load(store, tmp_path, bor(place), dataset=dataset)
        assert (again.settlements_added, again.houses_unchanged, again.version) == (0, 1, 2)


def test_a_namesake_that_comes_or_goes_leaves_the_key_of_the_other(store, tmp_path):
    load(store, tmp_path, bor(HERE))
    load(store, tmp_path, bor(HERE), bor(THERE), shrink=True)
    both = ["бор|край", "бор|край, 56.50° 49.00°"]
    assert keys(store) == both
    assert load(store, tmp_path, bor(THERE), shrink=True).houses_gone == 1
    assert keys(store) == both[1:]
    assert load(store, tmp_path, bor(HERE), bor(THERE)).settlements_added == 1
    assert sorted(keys(store)) == ["бор|край, 55.00° 48.00°", both[1]]


def test_a_point_in_a_key_stays_when_the_middle_of_the_houses_moves(store, tmp_path):
    load(store, tmp_path, bor(HERE), bor(THERE))
    before = keys(store)
    grown = [bor(f"55.0{n},48.0{n}", n) for n in range(4, 8)]
    merge = load(store, tmp_path, bor(HERE), *grown, bor(THERE))
    assert (merge.settlements_added, merge.houses_added, merge.houses_gone) == (0, 4, 0)
    assert keys(store) == before


@pytest.mark.parametrize(
    ("first", "later"),
    [("с. Бор", "Бор"), ("Бор", "село Бор"), ("Бор село", "село Бор")],
)
def test_one_that_a_file_tells_less_of_is_known_again(store, tmp_path, first, later):
    load(store, tmp_path, bor(HERE, name=first))
    known = keys(store)
    merge = load(store, tmp_path, bor(HERE, name=later), bor(HERE, 5, name=later), dataset="б")
    assert (merge.settlements_added, merge.houses_unchanged, merge.houses_added) == (0, 1, 1)
    assert keys(store) == known


def test_kinds_told_by_two_files_are_never_mixed(store, tmp_path):
    load(store, tmp_path, bor(HERE, name="село Бор"))
    assert load(store, tmp_path, bor(HERE, name="д. Бор"), dataset="б").houses_added == 1
    assert keys(store) == ["бор|край, село", "бор|край, деревня"]


def test_a_settlement_that_its_only_file_puts_far_off_has_moved(store, tmp_path):
    load(store, tmp_path, bor(HERE))
    with pytest.raises(FileError, match="moves 1 of the 1 houses"):
        load(store, tmp_path, bor(THERE))
    assert load(store, tmp_path, bor(THERE), moved=True).houses_moved == 1
    assert keys(store) == ["бор|край"]


def test_streets_with_other_initials_are_other_streets(store, tmp_path):
    names = ("ул. Л. Толстого", "улица А. Толстого", "улица Толстого", "Л.Толстого ул.")
    rows = [f"Калуга,Край,{name},5,{HERE}" for name in names]
    merge = load(store, tmp_path, *rows)
    assert (merge.streets_added, merge.houses_added) == (3, 3)
    assert load(store, tmp_path, *rows).houses_unchanged == 3
    town = "калуга|край|улица:толстого"
    assert keys(store, "street") == [f"{town} л.", f"{town} а.", town]


NAMES = ("Бор", "село Бор", "д. Бор", "с. Бор", "г. Бор")
PLACES = ((55, 48), (55.01, 48), (55.1, 48.1), (55.3, 48), (56.5, 49), (56.52, 49))


@pytest.mark.parametrize("seed", range(3))
def test_after_any_loads_the_keys_stored_are_what_the_columns_tell(store, tmp_path, seed):
    rng = random.Random(seed)
    for _ in range(4):
        rows = []
        for name in rng.choices(NAMES, k=5):
            lat, lon = rng.choice(PLACES)
            region, street = rng.choice(("Край", "")), rng.choice(("Лесная", "Л. Толстого ул.", ""))
            rows += [f"{name},{region},{street},{n},{lat + n / 1e3},{lon}" for n in range(1, 4)]
        load(store, tmp_path, *rows, dataset=rng.choice("аб"), shrink=True, moved=True)
        with store.reading() as connection:
            now = load_gazetteer(connection)
        for table, told in (("settlement", settlement_keys), ("street", street_keys),
                            ("house", house_keys)):  # fmt: skip
            assert keys(store, table) == list(told(now))
        again = load(store, tmp_path, *rows, dataset="в", shrink=True, moved=True)
        assert (again.settlements_added, again.houses_added) == (0, 0)


def test_decisions_follow_the_places_whose_keys_are_written_anew(store, tmp_path):
    load(store, tmp_path, "село Бор,Край,улица Л. Толстого,5,55,48", "село Бор,Край,,7,55,48")
    told = ("бор|край, село", "улица:толстого л.")
    now = [told[0], "|".join(told), "|".join((*told, "5")), f"{told[0]}||7", None]
    old = ["бор|край", "бор|край|улица:толстого", "бор|край|улица:толстого|5", "бор|край||7", None]
    with store.writing() as connection:
        connection.execute(text("UPDATE gazetteer_load SET norm_version = 3"))
        for table in ("settlement", "street", "house"):
            connection.execute(text(f"UPDATE {table} SET key = replace(replace(key, ', село', ''),"
                                    " ' л.', '')"))  # fmt: skip
        numbers = [
            save_decision(connection, Decision("бор", Level.HOUSE, key=key), "я", AT) for key in old
        ]
    load(store, tmp_path, "село Бор,Край,улица Л. Толстого,5,55,48", "село Бор,Край,,7,55,48")
    with store.reading() as connection:
        assert [decided(connection, number).decision.key for number in numbers] == now
    assert houses(store) == 2
