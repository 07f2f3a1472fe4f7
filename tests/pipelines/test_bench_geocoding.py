from __future__ import annotations

import sys
from datetime import UTC, datetime

import numpy as np
import pytest

from heatmaps.cli.geocoding_tables import bench_text, labelled_text, wrong_labels_text
from heatmaps.errors import UsageError
from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.gazetteer import text_column
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.result import GeocodeResult, Level
from heatmaps.simulation.dirty_addresses import NO_HOUSE, Kind, Queries, Sampler
from heatmaps.simulation.many_cities import blown_up
from pipelines.bench_geocoding import Asked, Sample, bench, by_trouble, labelled_sets
from pipelines.bench_geocoding.confidence import reliability
from pipelines.bench_geocoding.judging import Judged, judge
from pipelines.bench_geocoding.kinds import ask, ask_mixed
from pipelines.bench_geocoding.labelled import check_set, read_labelled
from pipelines.bench_geocoding.peer import check_addok
from pipelines.load_region import load_gazetteer_file

ROWS = """city,region,street,house,lat,lon
Клин,,улица Гайдара,5 к2,56.3300,36.7300
Клин,,улица Гайдара,7,56.3310,36.7300
Клин,,Ленинградское шоссе,44А,56.3400,36.7400
Дубна,,улица Гайдара,7,56.7400,37.1700
"""
LABELS = """trouble,query,city_hint,settlement,street,house,level,note
clean,"Клин, улица Гайдара, 7",,Клин,улица Гайдара,7,house,
city,"улица Гайдара, 7",Дубна,Дубна,улица Гайдара,7,house,
no city,"улица Гайдара, 7",,,,,ambiguous,
house,"Клин, улица Гайдара",,Клин,улица Гайдара,,street,
wrong label,"Клин, улица Гайдара, 7",,Дубна,улица Гайдара,7,house,
wrong label,"Клин, улица Гайдара, 7",,,,,ambiguous|none,
"""
AT = datetime(2026, 3, 1, tzinfo=UTC)
FAR, NEAR = (57.0, 38.0), (56.33101, 36.7300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    (folder / "gazetteer_ru.csv").write_text(ROWS, encoding="utf-8")
    (folder / "addresses_ru.csv").write_text(LABELS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def gazetteer(folder):
    return read_csv(folder / "gazetteer_ru.csv")[0]


def _row(gazetteer, number):
    return int(np.flatnonzero(gazetteer.houses.number == number)[0])


def _queries(kind, *houses):
    count = len(houses)
    texts = text_column([f"{kind} {i}" for i in range(count)])
    return Queries(kind, texts, text_column([None] * count), np.array(houses, dtype=np.int64))


@pytest.mark.parametrize(
    ("kind", "level", "place", "verdict"),
    [
        (Kind.CLEAN, Level.HOUSE, NEAR, (True, False)),
        (Kind.CLEAN, Level.HOUSE, FAR, (False, True)),
        (Kind.CLEAN, Level.STREET, NEAR, (False, False)),
        (Kind.CLEAN, Level.AMBIGUOUS, None, (False, False)),
        (Kind.STREET_ABSENT, Level.HOUSE, FAR, (False, True)),
        (Kind.STREET_ABSENT, Level.NEAR, FAR, (True, True)),
        (Kind.STREET_ABSENT, Level.SETTLEMENT, FAR, (True, False)),
        (Kind.HOUSE_ABSENT, Level.HOUSE, FAR, (False, True)),
        (Kind.HOUSE_ABSENT, Level.NEAR, FAR, (True, False)),
        (Kind.SEVERAL_FIT, Level.AMBIGUOUS, None, (True, False)),
        (Kind.SEVERAL_FIT, Level.STREET, FAR, (False, True)),
        (Kind.JUNK, Level.SETTLEMENT, FAR, (True, False)),
        (Kind.JUNK, Level.HOUSE, FAR, (False, True)),
    ],
)
def test_an_answer_is_judged_by_the_house_that_was_meant(gazetteer, kind, level, place, verdict):
    meant = _row(gazetteer, "7") if kind.means_a_house else NO_HOUSE
    answer = GeocodeResult(level, *(place or (None, None)), confidence=0.9)
    judged = judge(_queries(kind, meant), [answer], gazetteer)
    assert (judged.right.tolist(), judged.wrong.tolist()) == ([verdict[0]], [verdict[1]])
    assert judged.accepted_wrong.tolist() == [verdict[1]]


def test_what_is_doubted_is_not_accepted(gazetteer):
    answer = GeocodeResult(Level.HOUSE, *FAR, confidence=0.84)
    judged = judge(_queries(Kind.CLEAN, 0), [answer], gazetteer)
    assert judged.wrong.all()
    assert not judged.accepted_wrong.any()


def test_confidence_is_held_against_how_often_it_is_right():
    right = np.array([True, True, False, True])
    house = np.array([True, True, True, False])
    confidence = np.array([0.91, 0.93, 0.55, 0.92])
    no = np.zeros(4, bool)
    judged = Judged(Kind.CLEAN, right, house, house & ~right, no, confidence, no.astype(float))
    low, high = reliability([judged])
    assert (low.houses, low.stated, low.observed) == (1, 0.55, 0.0)
    assert (high.houses, high.stated, high.observed) == (2, pytest.approx(0.92), 1.0)


def test_a_mixed_batch_is_judged_kind_by_kind(gazetteer):
    many = blown_up(gazetteer, 400, 3)
    sampler, index = Sampler(many, 3), build_index(many)
    parts = [sampler.draw(kind, 20) for kind in (Kind.CLEAN, Kind.JUNK)]
    apart = [judge(part, ask(index, part).results, many) for part in parts]
    mixed = ask_mixed(index, parts, many, np.random.default_rng(3))
    right = sum(int(each.right.sum()) for each in apart)
    assert mixed.queries == sum(map(len, parts))
    assert mixed.right == pytest.approx(100 * right / mixed.queries)


def test_labelled_addresses_pass_where_level_and_place_are_right(folder):
    verdicts = check_set(folder, "ru")
    assert [each.right for each in verdicts] == [True, True, True, True, False, False]
    assert [each.guessed for each in verdicts] == [False] * 5 + [True]
    passed = {each.trouble: (each.asked, each.right) for each in by_trouble(verdicts)}
    assert passed["clean"] == (1, 1)
    assert passed["wrong label"] == (2, 0)
    assert "4 of 6 right" in labelled_text("ru", verdicts, by_trouble(verdicts))
    assert wrong_labels_text(verdicts).count("\n") == 1


def test_a_label_of_what_the_gazetteer_does_not_hold_is_told(folder, tmp_path):
    (tmp_path / "gazetteer_ru.csv").write_text(ROWS, encoding="utf-8")
    label = 'x,"Клин, улица Гайдара, 7",,Клин,улица Чехова,7,house,\n'
    (tmp_path / "addresses_ru.csv").write_text(LABELS.splitlines()[0] + "\n" + label, "utf-8")
    with pytest.raises(UsageError, match="улица Чехова"):
        check_set(tmp_path, "ru")


def test_an_unknown_level_is_told_with_its_line(tmp_path):
    path = tmp_path / "addresses_ru.csv"
    path.write_text(LABELS.splitlines()[0] + "\nx,y,,,,,exact,\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 2: level 'exact'"):
        read_labelled(path)


def test_a_missing_set_is_told_and_no_folder_is_none(tmp_path):
    with pytest.raises(UsageError, match="--examples"):
        labelled_sets(tmp_path)
    assert labelled_sets(tmp_path / "none") == {}


def test_a_python_without_addok_is_told_what_to_install():
    with pytest.raises(UsageError, match="pip install addok"):
        check_addok(sys.executable)


def test_the_whole_bench_runs_on_either_store(store, folder):
    load_gazetteer_file(store, folder / "gazetteer_ru.csv", AT)
    heard = []
    asked = Asked(Sample(3, 5, 2), 300)
    measured = bench(store, asked, lambda done, total: heard.append((done, total)))
    report = measured.report
    assert heard[-1] == (len(Kind), len(Kind))
    assert (report.houses, report.settlements) == (300, 4)
    assert {row.kind for row in report.rows} >= {str(Kind.CLEAN), str(Kind.JUNK), "mixed"}
    clean = next(row for row in report.rows if row.kind == Kind.CLEAN)
    assert (clean.queries, clean.right, clean.wrong_accepted) == (3, 100.0, 0.0)
    assert report.start.resident_mb >= report.start.own_mb > 0
    assert sum(each.houses for each in report.evidence) == sum(b.houses for b in report.bins)
    text = bench_text(measured, {}, failures=2)
    assert "300 houses" in text
    assert "run in a checkout" in text


def test_an_empty_store_has_nothing_to_ask(store):
    asked = Asked(Sample(3, 5, 0))
    with pytest.raises(UsageError, match="gazetteer load"):
        bench(store, asked, lambda *_: None)
