from __future__ import annotations

from datetime import UTC, datetime

import pytest

from heatmaps.errors import FileError
from heatmaps.geocoding.assembly import Assembly
from heatmaps.geocoding.gazetteer import NO_STREET, distance_m
from heatmaps.geocoding.namesakes import Namesakes, Spelling
from heatmaps.geocoding.reading import KnownPlace, Points
from heatmaps.store.gazetteer import Load, data_version, load_gazetteer, merge_staged
from heatmaps.store.staging import Staged

AT = datetime(2026, 11, 20, tzinfo=UTC)
ROWS = (
    ("Город", "Край", "улица Мира", "5 к2", 59.911, 30.311, "Старая улица"),
    ("Город", "Край", "Садовая улица", "5 к2", 59.921, 30.321),
    ("Село", "Край", "", "7", 59.501, 30.901),
)


def saved(store, rows, *, dataset="край", keep=True, shrink=False, moved=False, places=None):  # noqa: PLR0913, as many ways to load
    """Merge rows (city, region, street, house, lat, lon[, aliases]); give merge and changes."""
    namesakes = Namesakes()
    for city, region, _, _, lat, lon, *_ in rows:
        namesakes.add(Spelling(city, region), lat, lon)
    found = namesakes.places()
    points = Points()
    for city, region, street, number, lat, lon, *aliases in rows:
        place = 0 if places else namesakes.position(Spelling(city, region), lat, lon)
        points.add(place, street, number, lat=lat, lon=lon,
                   source="csv", source_id="1", aliases="".join(aliases))  # fmt: skip
    places = places or found
    assembly = Assembly(places)
    with store.staging() as connection:
        staged = Staged(connection)
        staged.put(assembly.houses(points))
        staged.settle()
        load = Load("a.csv", dataset, {"rows": 3}, AT, shrink, moved)
        with store.writing(keep=keep, on=connection):
            return merge_staged(
                connection, staged, assembly.settlements(), assembly.settled(), load
            )


def merged(store, rows, **how):
    return saved(store, rows, **how)[0]


def loaded(store):
    with store.reading() as connection:
        return load_gazetteer(connection)


def numbers(store):
    return loaded(store).houses.number.tolist()


def moved(row, lat):
    return (*row[:4], lat, *row[5:])


def test_what_is_saved_comes_back(store):
    merge = merged(store, ROWS)
    assert (merge.houses_added, merge.streets_added, merge.settlements_added) == (3, 2, 2)
    back = loaded(store)
    assert back.houses.number.tolist() == ["5 к2", "5 к2", "7"]
    assert back.houses.street.tolist() == [0, 1, NO_STREET]
    assert back.houses.settlement.tolist() == [0, 0, 1]
    assert back.houses.lat.tolist() == [59.911, 59.921, 59.501]
    assert back.streets.name.tolist() == ["улица Мира", "Садовая улица"]
    assert back.streets.aliases.tolist() == ["Старая улица", ""]
    assert back.settlements.region.tolist() == ["Край", "Край"]


def test_saving_twice_changes_nothing_and_makes_no_new_version(store):
    first = merged(store, ROWS)
    again, changes = saved(store, ROWS)
    assert (again.houses_added, again.houses_moved, again.houses_unchanged) == (0, 0, 3)
    assert again.version == first.version
    assert not changes


def test_a_moved_house_is_moved_and_counted(store):
    first = merged(store, ROWS)
    rows = [ROWS[0], moved(ROWS[1], 59.9215), moved(ROWS[2], 59.501001)]
    again = merged(store, rows)
    assert (again.houses_added, again.houses_moved, again.houses_unchanged) == (0, 1, 2)
    assert again.version == first.version + 1
    assert loaded(store).houses.lat.tolist() == [59.911, 59.9215, 59.501]


def test_a_dry_run_counts_and_keeps_nothing(store):
    assert merged(store, ROWS, keep=False).houses_added == 3
    assert len(loaded(store).houses) == 0
    with store.reading() as connection:
        assert data_version(connection) == 0


def test_what_a_dataset_no_longer_holds_goes_with_all_that_stood_empty(store):
    merged(store, ROWS)
    again = merged(store, ROWS[:1], shrink=True)
    assert (again.houses_gone, again.streets_gone, again.settlements_gone) == (2, 1, 1)
    assert loaded(store).settlements.name.tolist() == ["Город"]
    assert merged(store, ROWS, shrink=True).houses_added == 2


def test_what_another_dataset_holds_as_well_stays(store):
    merged(store, ROWS)
    assert merged(store, ROWS[:2], dataset="город").houses_unchanged == 2
    again = merged(store, ROWS[2:], shrink=True)
    assert (again.houses_gone, again.streets_gone) == (0, 0)
    assert len(numbers(store)) == 3
    assert merged(store, ROWS[:1], dataset="город", shrink=True).houses_gone == 1
    assert loaded(store).streets.name.tolist() == ["улица Мира"]


def test_a_file_that_lacks_much_of_its_dataset_is_refused_and_changes_nothing(store):
    merged(store, ROWS)
    with pytest.raises(FileError, match=r"lacks 1 of the 3 houses.*--shrink"):
        merged(store, ROWS[:2])
    assert len(numbers(store)) == 3


def test_a_settlement_whose_file_names_no_region_is_the_known_one(store):
    merged(store, ROWS)
    bare = [(row[0], "", *row[2:]) for row in ROWS]
    merge = merged(store, bare)
    assert (merge.settlements_added, merge.houses_added, merge.houses_unchanged) == (0, 0, 3)


def test_a_namesake_far_away_is_another_settlement(store):
    merged(store, ROWS)
    there = [(row[0], "", *row[2:4], row[4] + 5.0, row[5] + 5.0) for row in ROWS]
    assert merged(store, there, dataset="далёкий").settlements_added == 2


def test_a_file_with_a_settlement_under_two_regions_keeps_both(store):
    merged(store, [("Город", "Край", "улица Мира", "1", 59.9, 30.3)])
    both = [
        ("Город", "Край", "улица Мира", "1", 59.9, 30.3),
        ("Город", "Область", "улица Мира", "1", 59.9, 30.3),
    ]
    assert merged(store, both).settlements_added == 1


def test_a_house_on_another_name_of_a_street_stands_on_that_street(store):
    rows = [
        ("Город", "", "улица Мира", "1", 59.9, 30.3, "Старая улица"),
        ("Город", "", "Старая улица", "2", 59.9, 30.3),
        ("Город", "", "Старая улица", "1", 59.95, 30.3),
    ]
    assert merged(store, rows).houses_added == 2
    assert loaded(store).streets.name.tolist() == ["улица Мира"]


def test_a_settlement_that_its_only_file_moves_is_moved(store):
    here = KnownPlace("Город", lat=59.9, lon=30.3, kind="town")
    there = KnownPlace("Город", lat=59.91, lon=30.3, kind="town", aliases="Town")
    row = [("Город", "", "улица Мира", "1", 59.9, 30.3)]
    merged(store, row, places=[here])
    _, changes = saved(store, row, places=[there])
    assert list(changes.settlements.values()) == ["Town"]
    back = loaded(store).settlements
    assert (back.lat[0], back.aliases[0]) == (59.91, "Town")
    reach = distance_m(back.lat, back.lon, 59.9, 30.3)
    assert back.uncertainty_m[0] >= reach[0]


HERE, THERE = (("Город", "Край", "улица Мира", "5", lat, 30.3) for lat in (59.9, 59.95))


def test_datasets_that_place_a_house_differently_do_not_take_turns(store):
    merged(store, [HERE], dataset="а")
    first, changes = saved(store, [THERE], dataset="б")
    assert (first.houses_moved, first.houses_unchanged, first.houses_elsewhere) == (0, 1, 1)
    assert not changes
    for dataset, row in (("а", HERE), ("б", THERE), ("а", HERE)):
        again, changes = saved(store, [row], dataset=dataset)
        assert (again.houses_moved, again.houses_unchanged, again.version) == (0, 1, 1)
        assert not changes
    assert loaded(store).houses.lat.tolist() == [HERE[4]]


@pytest.mark.parametrize("next_one", ["б", "в"])
def test_a_house_let_go_goes_where_the_next_dataset_loaded_that_names_it_says(store, next_one):
    other = ("Город", "Край", "улица Мира", "7", 59.9, 30.3)
    merged(store, [HERE, other], dataset="а")
    for dataset in ("б", "в"):
        merged(store, [THERE], dataset=dataset)
    merged(store, [other], dataset="а", shrink=True)
    assert loaded(store).houses.lat[0] == HERE[4]
    assert merged(store, [THERE], dataset=next_one, moved=True).houses_moved == 1
    merged(store, [HERE, other], dataset="а")
    assert loaded(store).houses.lat.tolist() == [THERE[4], other[4]]
    assert merged(store, [THERE], dataset=next_one).houses_unchanged == 1


def test_a_house_that_all_datasets_let_go_is_gone(store):
    other = ("Город", "Край", "улица Мира", "7", 59.9, 30.3)
    for dataset in ("а", "б", "в"):
        merged(store, [HERE, other], dataset=dataset)
    gone = [
        merged(store, [other], dataset=dataset, shrink=True).houses_gone
        for dataset in ("а", "в", "б")
    ]
    assert gone == [0, 0, 1]
    assert numbers(store) == ["7"]


def test_a_street_let_go_becomes_what_the_next_dataset_says(store):
    wide = ("Город", "Край", "улица Мира", "", 59.95, 30.3)
    merged(store, [HERE, wide], dataset="а")
    reach = loaded(store).streets.uncertainty_m[0]
    assert not saved(store, [HERE], dataset="б")[1]
    merged(store, [("Город", "Край", "улица Лесная", "1", 59.9, 30.3)], dataset="а", shrink=True)
    assert loaded(store).streets.uncertainty_m[0] == reach
    merged(store, [HERE], dataset="б")
    assert loaded(store).streets.uncertainty_m[0] < reach


def test_a_delivery_that_puts_its_houses_far_off_is_refused_unless_they_moved(store):
    rows = [("Город", "Край", "улица Мира", str(n), 56.1 + n / 1e3, 44.1) for n in range(10)]
    places = [KnownPlace("Город", "Край")]
    merged(store, rows, places=places)
    off = [(*row[:4], row[5], row[4]) for row in rows]
    with pytest.raises(FileError, match=r"moves 3 of the 10 houses.*1 km.*1,\d{3} km.*--moved"):
        merged(store, [*off[:3], *rows[3:]], places=places)
    assert loaded(store).houses.lat.tolist() == [row[4] for row in rows]
    assert merged(store, [*off[:2], *rows[2:]], places=places).houses_moved == 2
    assert merged(store, off, moved=True, places=places).houses_moved == 8
